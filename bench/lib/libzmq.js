/** libzmq's C API as a contender: our own small program, where it can be built. */
import { execFileSync } from "node:child_process";
import { native } from "./children.js";
import { compileC, temporaryFolder } from "./native.js";

/** How to start such a peer, and the library's version; undefined, the reason said aloud, without a compiler or `zmq.h`. */
export function libzmq() {
  const program = compileC("peer.c", temporaryFolder(), "-lzmq");
  if (program === undefined) return undefined;
  const version = execFileSync(program, ["version"], { encoding: "utf8" }).trim();
  return { start: native(program), version };
}

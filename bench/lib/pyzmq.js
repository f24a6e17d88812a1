/** pyzmq as a contender: our own small program, where Python has it. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Peer } from "./children.js";

/** Debian's Python, which has Debian's packages; or another that the environment names. */
const PYTHON = process.env.PYTHON ?? "/usr/bin/python3";
const program = fileURLToPath(new URL("../peers/pyzmq.py", import.meta.url));
const VERSION = "import zmq; print(zmq.__version__)";

/** How to start such a peer, and pyzmq's version; undefined, and the reason said aloud, where there is none. */
export function pyzmq() {
  const { status, stdout } = spawnSync(PYTHON, ["-c", VERSION], { encoding: "utf8" });
  if (status !== 0) {
    console.warn(`SKIPPED: pyzmq: ${PYTHON} has no module zmq`);
    return undefined;
  }
  const start = (role, endpoint) => new Peer("pyzmq", PYTHON, [program, role, ...(endpoint ? [endpoint] : [])]);
  return { start, version: stdout.trim() };
}

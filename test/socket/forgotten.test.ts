/** Sockets that nobody has any more are closed by the garbage collector, and their peers see it: in the addon and in ours. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { Pull, Push } from "../../src/zeromq/index.js";
import { Measured } from "../support/measured.js";
import { closing, until } from "./support.js";

const addon = pathToFileURL(createRequire(import.meta.url).resolve("zeromq")).href;

/** Three sockets, of which one is kept. */
const program = (packageName: string, forgotten: string, kept: string) => `
import * as zmq from "${packageName}";
async function begin() {
  new zmq.Push().connect("${forgotten}");
  const pull = new zmq.Pull();
  await pull.bind("tcp://127.0.0.1:*");
  console.log("bound", pull.lastEndpoint);
  globalThis.kept = new zmq.Push();
  globalThis.kept.connect("${kept}");
}
answers.collect = gc;
await begin();
`;

/** What happens to the peer of one of those sockets. */
function watched<S extends Push | Pull>(socket: S): { socket: S; told: string[] } {
  const told: string[] = [];
  for (const type of ["handshake", "disconnect"] as const) socket.events.on(type, () => told.push(type));
  return { socket: closing(socket), told };
}

async function bound(): Promise<{ socket: Pull; told: string[]; endpoint: string }> {
  const peer = watched(new Pull());
  await peer.socket.bind("tcp://127.0.0.1:*");
  return { ...peer, endpoint: peer.socket.lastEndpoint as string };
}

describe.each([
  ["libzmq", addon],
  ["monocoque", "monocoque/zeromq"],
])("sockets that are forgotten: %s", (_, packageName) => {
  it("are closed, connected or bound, and those that are not are left alone", async () => {
    const ofConnected = await bound();
    const ofKept = await bound();
    const child = await Measured.run(program(packageName, ofConnected.endpoint, ofKept.endpoint));
    const ofBound = watched(new Push());
    ofBound.socket.connect(await child.says("bound"));
    const all = [ofConnected, ofBound, ofKept];
    await until(() => all.every(({ told }) => told.includes("handshake")));
    await until(async () => {
      await child.ask("collect");
      return [ofConnected, ofBound].every(({ told }) => told.includes("disconnect"));
    });
    expect(ofKept.told).toEqual(["handshake"]);
  });
});

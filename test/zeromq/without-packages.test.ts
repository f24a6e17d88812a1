/** Where the optional packages are missing: whoever needs one is told so at the call, and nothing is tried again. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

let folder: string;
// Somewhere else no `node_modules` is above it.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "monocoque-bare-"));
  cpSync("dist", join(folder, "dist"), { recursive: true });
  cpSync("package.json", join(folder, "package.json"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a program prints there that has the package as `zmq`, and `tell` for the outcome of a call. */
function run(program: string): unknown {
  const source = `
    import * as zmq from "./dist/zeromq.js";
    Reflect.set(globalThis, "WebSocket", undefined);
    const outcome = async (call) => {
      try {
        await call();
        return "done";
      } catch ({ code, message }) {
        return [code, message];
      }
    };
    ${program}`;
  const args = ["--no-warnings", "--input-type=module", "-e", source];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", timeout: 100_000 }));
}

it("ws:// says which package it needs, to connect and to bind, and is not reached for again", () => {
  const [connecting, binding, events] = run(`
    const push = new zmq.Push({ linger: 0, reconnectInterval: 1 });
    const events = [];
    for (const type of ["connect:delay", "connect:retry"]) push.events.on(type, () => events.push(type));
    const connecting = await outcome(() => push.connect("ws://127.0.0.1:1/"));
    const binding = await outcome(() => push.bind("ws://127.0.0.1:*/"));
    push.close();
    console.log(JSON.stringify([connecting, binding, events]));`) as unknown[];
  const wanted = ["EPROTONOSUPPORT", 'ws:// needs the "ws" package here: npm install ws'];
  expect(connecting).toEqual(wanted);
  expect(binding).toEqual(wanted);
  expect(events).toEqual([]);
});

it("CURVE says which package it needs, in the message", () => {
  const outcomes = run(`
    const { publicKey, secretKey } = zmq.curveKeyPair();
    const server = new zmq.Pull({ curveServer: true, curveSecretKey: secretKey });
    const client = new zmq.Push({ curveServerKey: publicKey, curvePublicKey: publicKey, curveSecretKey: secretKey });
    const outcomes = [
      await outcome(() => server.bind("tcp://127.0.0.1:*")),
      await outcome(() => server.bindSync("tcp://127.0.0.1:*")),
      await outcome(() => client.connect("tcp://127.0.0.1:1")),
      zmq.capability.curve,
    ];
    console.log(JSON.stringify(outcomes));`) as unknown[];
  const refusal = ["ENOTSUP", expect.stringContaining("libsodium-wrappers")];
  expect(outcomes).toEqual([refusal, refusal, refusal, false]);
});

it("everything else works", () => {
  const heard = run(`
    const [push, pull] = [new zmq.Push(), new zmq.Pull()];
    await pull.bind("tcp://127.0.0.1:*");
    push.connect(pull.lastEndpoint);
    await push.send("by tcp");
    const [message] = await pull.receive();
    push.close();
    pull.close();
    console.log(JSON.stringify(String(message)));`);
  expect(heard).toBe("by tcp");
});

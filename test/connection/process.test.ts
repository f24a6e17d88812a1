/** Processes of their own: they end when their connections have, and no failure is unhandled. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import type net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Pull } from "zeromq";
import { anyEndpoint } from "../support/connections.js";
import { opened } from "../support/libzmq.js";
import { hello, rawListen } from "../support/raw.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

let folder: string;
let scripts = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "monocoque-process-"));
  await mkdir(join(folder, "node_modules"));
  await symlink(root, join(folder, "node_modules/monocoque"), "junction");
});

afterAll(() => rm(folder, { recursive: true }));

/** Runs a script to its own end, which is to come soon; what it printed. Anything unhandled makes it fail. */
async function script(body: string): Promise<string> {
  const path = join(folder, `script-${++scripts}.mjs`);
  await writeFile(path, `import { connect, listen } from "monocoque/node";\n${body}`);
  const { stdout } = await run(process.execPath, ["--unhandled-rejections=strict", path], { timeout: 100_000 });
  return stdout.trim();
}

describe("a process", () => {
  it.each(["tcp", "ipc", "ws"] as const)("ends after close(), and its peer has everything, over %s", async (scheme) => {
    const pull = opened(new Pull());
    await pull.bind(scheme === "ws" ? "ws://127.0.0.1:*/" : (await anyEndpoint(scheme)).replace(/:0$/, ":*"));
    const sent = script(`
      const connection = await connect("${pull.lastEndpoint}", { socketType: "PUSH" });
      for (let i = 0; i < 1000; i++) connection.send(String(i));
      await connection.close();
    `);
    for (let i = 0; i < 1000; i++) expect(String(await pull.receive())).toBe(String(i));
    expect(await sent).toBe("");
  });

  it("ends after a listener and its connections have closed", async () => {
    const printed = await script(`
      for (const endpoint of ["tcp://127.0.0.1:0", "ws://127.0.0.1:0/"]) {
        const listener = await listen(endpoint, { socketType: "PAIR" });
        const client = await connect(listener.endpoint, { socketType: "PAIR" });
        for await (const server of listener) {
          server.send("hello");
          for await (const [text] of client) { console.log(String.fromCharCode(...text)); break; }
          await Promise.all([client.close(), server.close()]);
          break;
        }
        await listener.close();
      }
    `);
    expect(printed).toBe("hello\nhello");
  });

  it("ends after a listener has closed, though a stranger is silent at it", async () => {
    const printed = await script(`
      import { connect as dial } from "node:net";
      for (const endpoint of ["tcp://127.0.0.1:0", "ws://127.0.0.1:0/"]) {
        const listener = await listen(endpoint, { socketType: "PAIR" });
        const stranger = dial(Number(/:(\\d+)/.exec(listener.endpoint)[1]), "127.0.0.1");
        stranger.unref();
        await new Promise((resolve) => stranger.once("connect", resolve));
        for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
        await listener.close();
      }
      console.log("closed");
    `);
    expect(printed).toBe("closed");
  });

  it.each([
    [
      "a refused connection",
      `await connect("tcp://127.0.0.1:1", { socketType: "PUSH" }).catch((e) => console.log(e.code, e.cause.code));`,
      "NOT_REACHED ECONNREFUSED",
    ],
    [
      "an abort",
      `await connect("SILENT", { socketType: "PUSH", signal: AbortSignal.timeout(50) }).catch((e) => console.log(e.name));`,
      "TimeoutError",
    ],
    [
      "a handshake that takes too long",
      `await connect("SILENT", { socketType: "PUSH", handshakeTimeout: 50 }).catch((e) => console.log(e.code));`,
      "HANDSHAKE_TIMEOUT",
    ],
    [
      "an illegal socket type",
      `await connect("PAIR", { socketType: "PUSH" }).catch((e) => console.log(e.code));`,
      "SOCKET_TYPE_MISMATCH",
    ],
    [
      "a peer killed in the middle of a frame",
      `const c = await connect("KILLED", { socketType: "PAIR" });
       for await (const m of c);
       console.log((await c.closed).error.code);`,
      "TRUNCATED",
    ],
    [
      "silence where heartbeats are asked for",
      `const c = await connect("PAIR", { socketType: "PAIR", heartbeat: { interval: 30 } });
       for await (const m of c);
       console.log((await c.closed).error.code);`,
      "HEARTBEAT_TIMEOUT",
    ],
    [
      "an end that nobody awaits",
      `const c = await connect("KILLED", { socketType: "PAIR" });
       c.closed; c.drained; console.log("went on");`,
      "went on",
    ],
  ])("handles %s, and nothing else is unhandled", async (_, body, printed) => {
    const silent = await rawListen(() => {});
    const pair = await rawListen((socket: net.Socket) => socket.write(hello("PAIR")));
    const killed = await rawListen((socket: net.Socket) => {
      socket.write(hello("PAIR"));
      socket.end(new Uint8Array([0, 5, 1, 2]));
    });
    const endpoints = body.replace("SILENT", silent).replace('"PAIR", {', `"${pair}", {`).replace("KILLED", killed);
    expect(await script(endpoints)).toBe(printed);
  });
});

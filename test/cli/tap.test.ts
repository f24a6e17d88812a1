/** `tap` between real libzmq peers: it alters nothing, tells what passes, and records it whole. */
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer, connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import * as zmq from "zeromq";
import { encodeMessage, FrameDecoder } from "../../src/index.js";
import { RecordingReader } from "../../src/inspect/recording.js";
import { opened } from "../support/libzmq.js";
import { objects, run, start } from "./program.js";

const LISTENING = /listening on (\S+)/;
const ANY = "tcp://127.0.0.1:0";

async function recordingFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "monocoque-tap-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "it.tap");
}

/** All that one side sent, by connection. */
async function sentBy(side: "client" | "server", file: string): Promise<Buffer[]> {
  const reader = new RecordingReader();
  const found: Buffer[][] = [];
  const octets = await readFile(file);
  // In pieces, as a reader of a large file has it.
  for (let at = 0; at < octets.length; at += 1000) {
    for (const record of reader.push(octets.subarray(at, at + 1000))) {
      if (record.side !== side || record.octets === undefined) continue;
      found[record.connection] ??= [];
      found[record.connection]?.push(Buffer.from(record.octets));
    }
  }
  expect(reader.unfinished).toBe(0);
  return found.map((pieces) => Buffer.concat(pieces));
}

describe("tap", () => {
  it("passes on every message of two libzmq pushers, and records the identical stream", async () => {
    const file = await recordingFile();
    const pull = opened(new zmq.Pull({ receiveHighWaterMark: 0 }));
    await pull.bind("tcp://127.0.0.1:*");
    const tap = start(["tap", "--listen", ANY, "--to", `${pull.lastEndpoint}`, "--rates", "--record", file]);
    const url = await tap.seen(LISTENING);
    const count = 2000;
    const expected: Buffer[][] = [];
    for (const name of ["a", "b"]) {
      const push = opened(new zmq.Push({ sendHighWaterMark: 0 }));
      push.connect(url);
      const stream: Buffer[] = [];
      for (let i = 0; i < count; i++) {
        const message = [`${name}${i}`, Buffer.alloc(i % 300, i)];
        stream.push(Buffer.from(encodeMessage(message)));
        await push.send(message);
      }
      expected.push(stream);
      // One after the other, so that the first connection is the first pusher's.
      for (let i = 0; i < count; i++) expect(`${(await pull.receive())[0]}`).toBe(`${name}${i}`);
    }
    tap.child.kill("SIGINT");
    expect(await tap.ended).toBe(0);
    const recorded = await sentBy("client", file);
    expect(recorded.length).toBe(2);
    for (const [i, stream] of recorded.entries()) {
      const messages = Buffer.concat(expected[i] as Buffer[]);
      expect(stream.subarray(-messages.length).equals(messages)).toBe(true);
      // In front stand the greeting and READY, and nothing else.
      const first = stream.subarray(64, stream.length - messages.length);
      const commands = Array.from(new FrameDecoder().push(first), (batch) => batch.command(0));
      expect(commands).toEqual([true]);
    }
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("tells both directions frame by frame, as objects", async () => {
    const rep = opened(new zmq.Reply());
    await rep.bind("tcp://127.0.0.1:*");
    const tap = start(["tap", "--listen", ANY, "--to", `${rep.lastEndpoint}`, "--json", "-n", "1"]);
    const req = new zmq.Request({ linger: 0 });
    req.connect(await tap.seen(LISTENING));
    await req.send("what\u001b[2J");
    await rep.receive();
    await rep.send("that");
    await req.receive();
    req.close();
    expect(await tap.ended).toBe(0);
    const told = objects(tap.stdout).filter(({ type }) => type !== "end");
    expect(told.filter(({ side }) => side === "client")).toMatchObject([
      { connection: 0, type: "entry", kind: "greeting", title: "Greeting: ZMTP 3.1, NULL" },
      { kind: "command", name: "READY" },
      { kind: "message", frames: [{ length: 0 }, { length: 8, preview: "77 68 61 74 1b 5b 32 4a" }] },
    ]);
    const names = told.flatMap(({ fields }) => (fields as { name: string }[]).map(({ name }) => name));
    expect(names).toEqual(
      expect.arrayContaining(["zmtp.mechanism", "zmtp.flags", "zmtp.metadata.key", "zmtp.metadata.value", "zmtp.data"]),
    );
    expect(told.filter(({ side }) => side === "server").at(-1)).toMatchObject({
      frames: [
        { length: 0, more: true },
        { length: 4, more: false, preview: "74 68 61 74" },
      ],
    });
  });

  it("passes on what is no ZMTP, and says where it is none", async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const tap = start(["tap", "--listen", ANY, "--to", `tcp://127.0.0.1:${port}`, "--json", "-n", "1"]);
    const client = dial(Number((await tap.seen(LISTENING)).split(":").at(-1)), "127.0.0.1");
    client.end("GET / HTTP/1.1\r\n\r\n");
    const answer: Buffer[] = [];
    for await (const piece of client) answer.push(piece as Buffer);
    expect(Buffer.concat(answer).toString()).toBe("GET / HTTP/1.1\r\n\r\n");
    expect(await tap.ended).toBe(0);
    const faults = objects(tap.stdout).filter(({ kind }) => kind === "fault");
    expect(faults).toMatchObject([
      { side: "client", error: { code: "NOT_ZMTP", offset: 0 } },
      { side: "server", error: { code: "NOT_ZMTP", offset: 0 } },
    ]);
  });

  it("has exit code 3 where no server is, and 4 where no client comes", async () => {
    const tap = start(["tap", "--listen", ANY, "--to", "tcp://127.0.0.1:1", "-n", "1"]);
    const client = dial(Number((await tap.seen(LISTENING)).split(":").at(-1)), "127.0.0.1");
    client.on("error", () => {});
    expect([await tap.ended, tap.stderr]).toEqual([3, expect.stringContaining("the server was not reached")]);
    const { code } = await run(["tap", "--listen", ANY, "--to", "tcp://127.0.0.1:1", "-n", "1", "-t", "0.2"]);
    expect(code).toBe(4);
  });

  it("refuses a damaged recording", async () => {
    expect(() => new RecordingReader().push(Buffer.from("monocoque-tap-2\n"))).toThrow("no recording");
    const damaged = Buffer.concat([Buffer.from("monocoque-tap-1\n"), Buffer.alloc(20, 0xff)]);
    expect(() => new RecordingReader().push(damaged)).toThrow("damaged");
  });
});

/** What a process grows by, seen from outside: a peer that does not read, and a message that does not end. */
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../src/node.js";
import { Measured } from "../support/measured.js";
import { pattern } from "../support/pieces.js";
import { hello, rawDial, rawListen, write } from "../support/raw.js";

const MiB = 1024 * 1024;
/** The engine's own: what code it has compiled, how it grows its heap. */
const SLACK = MiB;
/** The system's view: a young generation, fragments, pages that the engine keeps. */
const RESIDENT_SLACK = 96 * MiB;

/** Growth beyond the first look, in octets. */
async function growth(program: Measured, first: readonly [number, number]): Promise<readonly [number, number]> {
  const octets = (await program.octets()) - first[0];
  return [octets, (await program.resident()) - first[1]];
}

const look = async (program: Measured) => [await program.octets(), await program.resident()] as const;

describe("a peer that does not read, where send() is obeyed", () => {
  const SENDER = (url: string, octets: number, mark: number, tick: string) => `
    import { connect } from "monocoque/node";
    const connection = await connect("${url}", { socketType: "PUSH", highWaterMark: ${mark} });
    const tick = () => new Promise((resolve) => ${tick}(resolve));
    const payload = Buffer.alloc(${octets}, 7);
    // What every program makes with its first messages.
    for (let i = 0; i < 100; i++) { connection.send(payload.toString("latin1")); connection.send(Buffer.from(payload)); await tick(); }
    let sent = 0;
    let waits = 0;
    answers.sent = () => sent;
    answers.stuck = () => waits;
    answers.go = () => { go(); return "gone"; };
    async function go() {
      for (;;) {
        sent++;
        if (!connection.send(Buffer.from(payload))) { waits++; await connection.drained; waits--; }
        else await tick();
      }
    }
    console.log("ready");
  `;

  it.each([
    [20, "one a tick", "setImmediate", MiB],
    [20, "one a turn of promises", "queueMicrotask", MiB],
    [1024, "one a tick", "setImmediate", MiB],
    [65_536, "one a tick", "setImmediate", MiB],
    [20, "one a tick, a mark of 4 MiB", "setImmediate", 4 * MiB],
  ])(
    "%i octets, %s: at most 2 × highWaterMark + 1 MB",
    async (octets, _, tick, mark) => {
      let peer: Socket | undefined;
      const url = await rawListen((socket) => {
        peer = socket.pause();
        socket.write(hello("PULL"));
      });
      const program = await Measured.run(SENDER(url, octets, mark, tick));
      await program.says("ready");
      const first = await look(program);
      await program.ask("go");
      // Until nothing more is accepted, however slowly that comes about.
      let before = "";
      for (let sent = await program.ask("sent"); sent !== before || (await program.ask("stuck")) === "0"; ) {
        before = sent;
        await new Promise((resolve) => setTimeout(resolve, 400));
        sent = await program.ask("sent");
      }
      const [grown, resident] = await growth(program, first);
      expect(Number(before) * octets).toBeGreaterThan(mark / 20);
      expect(grown).toBeLessThan(2 * mark + SLACK);
      expect(resident).toBeLessThan(2 * mark + RESIDENT_SLACK);
      expect(program.errors).toBe("");
      peer?.destroy();
    },
    120_000,
  );
});

describe("a message that never ends", () => {
  const RECEIVER = (limits: string) => `
    import { listen } from "monocoque/node";
    const listener = await listen("tcp://127.0.0.1:0", { socketType: "PULL", ${limits} });
    console.log("at", listener.endpoint);
    let height = 0;
    let first = 0;
    answers.height = () => height;
    for await (const peer of listener) {
      first = measure();
      console.log("met");
      const looks = setInterval(() => { height = Math.max(height, measure() - first); }, 10);
      for await (const message of peer) throw new Error("a message came");
      clearInterval(looks);
      console.log("ended", (await peer.closed).error.code);
    }
  `;

  it.each([
    [
      "frames of 1,000 octets against maxMessageSize",
      "maxMessageSize: 4 * 1024 * 1024, maxFrameSize: 65536",
      1000,
      4 * MiB,
    ],
    ["empty frames against the default of maxMessageFrames", "", 0, 65_536 * 10],
    ["frames of 10 octets against the default of maxMessageFrames", "", 10, 65_536 * 20],
    ["frames of 64 KiB against the default of maxMessageSize", "", 65_536, 64 * MiB],
  ])(
    "%s: the process grows by at most twice the limit",
    async (_, limits, octets, limit) => {
      const program = await Measured.run(RECEIVER(limits));
      const socket = await rawDial(await program.says("at"));
      socket.resume();
      socket.write(hello("PUSH"));
      await program.says("met");
      const frame = encodeFrame(pattern(octets), { more: true });
      const many = Buffer.concat(Array(Math.ceil(100_000 / frame.length)).fill(frame));
      while (socket.writable && !socket.destroyed) await write(socket, many);
      expect(await program.says("ended")).toBe("MESSAGE_TOO_LARGE");
      expect(Number(await program.ask("height"))).toBeLessThan(2 * limit + 2 * SLACK);
      expect(program.errors).toBe("");
    },
    120_000,
  );
});

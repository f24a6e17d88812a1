/**
 * Octets that a socket reads straight into the ring: whatever comes, cut anywhere, is what would have come by the
 * session. Both threads are played by one here, so that chance decides who goes when.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameBatch } from "../../src/codec/batch.js";
import { Link } from "../../src/connection/link.js";
import { type ConnectionOptions, settingsFor } from "../../src/connection/options.js";
import { plainPayload } from "../../src/connection/payload-maker.js";
import { Guests } from "../../src/connection/thread/guests.js";
import { bufferOf, RingReader, ringMemory, scannedMemory } from "../../src/connection/thread/ring.js";
import { RingInbox } from "../../src/connection/thread/ring-inbox.js";
import { INBOUND, OUTBOUND } from "../../src/connection/thread/ring-shapes.js";
import { equipStraight } from "../../src/connection/thread/straight.js";
import type { News } from "../../src/connection/thread/words.js";
import { encodeFrame } from "../../src/index.js";
import { until } from "../socket/support.js";
import { bytes, concat, pattern, same } from "../support/pieces.js";
import { hello } from "../support/raw.js";

const BY = ["WebAssembly", "its twin"] as const;
const COMMAND = concat(bytes(4, 8, 4), new TextEncoder().encode("PING"), bytes(0, 0, 7));

/** Both ends of one connection, and what they said to each other. */
function ends(by: (typeof BY)[number], options: Partial<ConnectionOptions> = {}) {
  const { signal, ...settings } = settingsFor({ socketType: "PULL", ...options });
  const news: News[] = [];
  const turns: (() => void)[] = [];
  const written: Uint8Array[] = [];
  let link!: Link;
  const inbound = by === "WebAssembly" ? scannedMemory(INBOUND) : ringMemory(INBOUND);
  if (by === "WebAssembly") expect(inbound).toBeInstanceOf(WebAssembly.Memory);
  const guests = new Guests(
    async ({ options }, user) => {
      link = new Link(settingsFor(options), { user, makeReception: user.makeReception });
      return link;
    },
    (said) => void news.push(said),
    (act) => void turns.push(act),
    equipStraight,
  );
  const shared = { inbound, outbound: ringMemory(OUTBOUND) };
  guests.obey({ type: "open", id: 1, url: "", options: settings, mechanism: undefined, shared });
  const inbox = new RingInbox(new RingReader(bufferOf(inbound), INBOUND), plainPayload, {
    roomMade: () => guests.obey(1),
    starved() {},
  });
  link.reception.attached({
    write(chunks) {
      written.push(...chunks.map((chunk) => chunk.slice()));
      link.reception.sent(chunks.reduce((sum, { length }) => sum + length, 0));
      return true;
    },
    pause() {},
    resume() {},
    finish() {},
    destroy() {},
  });
  const { landing: region } = link.reception;
  const place = typeof region === "function" ? region : () => region;
  let landing = place();
  return {
    inbox,
    written,
    get straight() {
      return landing.buffer instanceof SharedArrayBuffer;
    },
    /** A socket reads, as much as there is room for at a time, `most` at most. */
    read(octets: Uint8Array, most: number) {
      for (let at = 0; at < octets.length; ) {
        const part = octets.subarray(at, at + Math.min(most, landing.length));
        landing.set(part);
        link.reception.landed(part.length);
        landing = place();
        at += part.length;
      }
    },
    /** The other thread hears what it was told. */
    hear(): Extract<News, { type: "ended" }> | undefined {
      for (const act of turns.splice(0)) act();
      let end: Extract<News, { type: "ended" }> | undefined;
      for (const said of news.splice(0)) {
        if (typeof said === "number") inbox.woken();
        else if (said.type === "large") {
          const { bytes, table, rows, from } = said;
          inbox.addLarge(new FrameBatch(bytes, table, rows, false, from, undefined, true));
        } else if (said.type === "ended") end = said;
      }
      return end;
    },
    close: () => link.destroy(),
  };
}

const MANY = 9000;
/** One message, by the sizes of its frames; a command; very many of the smallest. */
const piece = fc.oneof(
  { weight: 8, arbitrary: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 4 }) },
  { weight: 3, arbitrary: fc.array(fc.integer({ min: 0, max: 50_000 }), { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(fc.integer({ min: 60_000, max: 200_000 }), { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: fc.constant("command" as const) },
  { weight: 1, arbitrary: fc.constant("many" as const) },
);
const reads = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 100, max: 200_000 })), {
  minLength: 1,
  maxLength: 8,
});

describe.each(BY)("scanned by %s", (by) => {
  it("gives each message once, whole and in order, and the fault at its octet", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 25 }),
        reads,
        fc.array(fc.boolean()),
        async (pieces, sizes, pace) => {
          const both = ends(by);
          let seed = 0;
          const expected: Uint8Array[][] = [];
          const octets: Uint8Array[] = [];
          for (const each of pieces) {
            if (each === "command") octets.push(COMMAND);
            const messages = each === "many" ? Array<number[]>(MANY).fill([1]) : each === "command" ? [] : [each];
            for (const sizes of messages) {
              const message = sizes.map((size) => pattern(size, ++seed));
              expected.push(message);
              octets.push(...message.map((payload, i) => encodeFrame(payload, { more: i < message.length - 1 })));
            }
          }
          const stream = concat(...octets);
          const greeted = hello("PUSH");
          both.read(greeted, 10_000);
          both.hear();
          const found: Uint8Array[][] = [];
          let asking = false;
          /** Takes what there is, and asks for more. */
          const take = async () => {
            for (let before = -1; before < found.length; ) {
              before = found.length;
              if (!asking) void ask();
              await undefined;
              await undefined;
            }
          };
          const ask = async () => {
            asking = true;
            const { value } = await both.inbox.nextRun();
            asking = false;
            let message: Uint8Array[] = [];
            for (const { payload, more } of value ?? []) {
              message.push(payload.slice());
              if (more) continue;
              found.push(message);
              message = [];
            }
            expect(message).toEqual([]);
          };
          let at = 0;
          for (let i = 0; at < stream.length; i++) {
            const size = sizes[i % sizes.length];
            // A long stream in tiny reads takes for ever, and shows nothing more.
            const most = stream.length > 20_000 ? Math.max(size, 2000) : size;
            both.read(stream.subarray(at, at + most), most);
            at += most;
            if (pace.length > 0 && !pace[i % pace.length]) continue;
            both.hear();
            await take();
          }
          // Whatever is left comes once there is room for it, and with the next tick.
          for (let i = 0; found.length < expected.length && i < 1000; i++) {
            both.hear();
            await take();
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
          expect(found.length).toBe(expected.length);
          const wrong = expected.findIndex((message, i) => {
            return message.length !== found[i].length || !message.every((payload, j) => same(payload, found[i][j]));
          });
          expect(wrong).toBe(-1);
          both.read(bytes(0x80), 1);
          const end = both.hear();
          expect(end?.error).toMatchObject({ code: "RESERVED_FLAGS", offset: greeted.length + stream.length });
          both.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it("answers a PING between messages, and reads on where it was", async () => {
    const both = ends(by);
    both.read(hello("PUSH"), 1000);
    expect(both.straight).toBe(true);
    both.read(concat(encodeFrame("before"), COMMAND, encodeFrame("behind").subarray(0, 4)), 1000);
    await until(() => Buffer.concat(both.written).includes("PONG\x07"));
    expect(both.straight).toBe(true);
    both.read(encodeFrame("behind").subarray(4), 1000);
    both.hear();
    const texts: string[] = [];
    while (texts.length < 2) {
      const { value } = await both.inbox.nextRun();
      for (const { payload } of value as FrameBatch) texts.push(Buffer.from(payload).toString());
    }
    expect(texts).toEqual(["before", "behind"]);
    both.close();
  });
});

it("does not read straight what a limit could refuse, or what a publisher has to look at", () => {
  for (const options of [{ maxMessageSize: 1000 }, { maxMessageFrames: 10 }, { socketType: "XPUB" }] as const) {
    const both = ends("WebAssembly", options);
    both.read(hello(options.socketType === "XPUB" ? "SUB" : "PUSH"), 1000);
    expect(both.straight).toBe(false);
    both.close();
  }
});

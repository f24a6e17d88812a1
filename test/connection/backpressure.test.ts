/** A fast sender and a slow consumer: what waits stays under the marks, and nothing is lost. */
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { Pull, Push } from "zeromq";
import { type Connection, encodeMessage, overStreams, ZmtpSession } from "../../src/node.js";
import {
  accepted,
  anyEndpoint,
  connected,
  listening,
  meetLibzmq,
  nextMessage,
  nextText,
  pair,
  texts,
  untilTestEnds,
} from "../support/connections.js";
import { opened } from "../support/libzmq.js";
import { heightOf } from "../support/memory.js";
import { bytes, concat, pattern, same } from "../support/pieces.js";
import { hello, rawDial, rawListen } from "../support/raw.js";
import { transforms } from "../support/streams.js";

const KiB = 1024;
const MiB = 1024 * KiB;
const MARK = 256 * KiB;
const MARKS = { highWaterMark: MARK, receiveHighWaterMark: MARK };
const PUSH = { socketType: "PUSH", ...MARKS } as const;
const PULL = { socketType: "PULL", ...MARKS } as const;
const schemes = ["tcp", "ipc", "ws"] as const;

/** What the marks, the system's buffers and garbage not yet collected may come to, in MiB. */
const BOUND = 128;

/** Until nothing more fits: false, and no draining for a while. */
async function fill(connection: Connection, message: Uint8Array): Promise<number> {
  for (let count = 1; ; count++) {
    if (connection.send(message)) continue;
    const full = new Promise<false>((resolve) => setTimeout(resolve, 150, false));
    if (!(await Promise.race([connection.drained.then(() => true), full]))) return count;
  }
}

describe("send()", () => {
  it.each(schemes)("%s: says false over the mark, and drained resolves when the peer reads", async (scheme) => {
    const [ours, theirs] = await pair(await anyEndpoint(scheme), PUSH, PULL);
    expect(await ours.drained).toBeUndefined();
    expect(ours.send("small")).toBe(true);
    expect(ours.send(new Uint8Array(16 * MiB))).toBe(false);
    await nextText(theirs);
    await nextMessage(theirs);
    await ours.drained;
    expect(ours.send("small again")).toBe(true);
  });

  it.each([0, 1])("with a mark of %i always says false, and drained still resolves", async (highWaterMark) => {
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", { ...PUSH, highWaterMark }, PULL);
    for (let i = 0; i < 3; i++) {
      expect(ours.send(`${i}`)).toBe(false);
      await ours.drained;
    }
    for (let i = 0; i < 3; i++) expect(await nextText(theirs)).toEqual([`${i}`]);
  });

  it.each([0, 1])("a receive mark of %i still lets everything through", async (receiveHighWaterMark) => {
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", PUSH, { ...PULL, receiveHighWaterMark });
    for (let i = 0; i < 100; i++) ours.send(`${i}`);
    for (let i = 0; i < 100; i++) expect(await nextText(theirs)).toEqual([`${i}`]);
    ours.send("more");
    expect(await nextText(theirs)).toEqual(["more"]);
  });
});

it.each(["sockets", "streams"])("keeps nothing of what has left, over %s", async (kind) => {
  const [a, b] = transforms();
  const signal = untilTestEnds();
  const [ours, theirs] =
    kind === "sockets"
      ? await pair("tcp://127.0.0.1:0", PUSH, PULL)
      : await Promise.all([overStreams(a, { ...PUSH, signal }), overStreams(b, { ...PULL, signal })]);
  const payload = pattern(32 * KiB);
  const count = (3 * BOUND * MiB) / payload.length;
  const received = (async () => {
    let messages = 0;
    for await (const batch of theirs.batches()) {
      messages += batch.length;
      if (messages === count) break;
    }
  })();
  const height = await heightOf(async () => {
    for (let i = 0; i < count; i++) if (!ours.send(payload)) await ours.drained;
    await received;
  });
  expect(height).toBeLessThan(BOUND);
});

describe("a consumer that does not read", () => {
  it.each(schemes)("%s: holds a sender that never stops, and loses nothing when it reads again", async (scheme) => {
    const [ours, theirs] = await pair(await anyEndpoint(scheme), PUSH, PULL);
    const payload = pattern(10_000);
    let sent = 0;
    const height = await heightOf(async () => {
      sent = await fill(ours, payload);
    });
    expect(height).toBeLessThan(BOUND);
    ours.send("the last");
    for (let i = 0; i < sent; i++) if (!same((await nextMessage(theirs))[0], payload)) throw new Error(`message ${i}`);
    expect(await nextText(theirs)).toEqual(["the last"]);
  });

  it("streams: the same", async () => {
    const [a, b] = transforms();
    const signal = untilTestEnds();
    const [ours, theirs] = await Promise.all([
      overStreams(a, { ...PUSH, signal }),
      overStreams(b, { ...PULL, signal }),
    ]);
    const payload = pattern(10_000);
    const sent = await fill(ours, payload);
    expect(sent * payload.length).toBeLessThan(2 * MiB);
    for (let i = 0; i < sent; i++) if (!same((await nextMessage(theirs))[0], payload)) throw new Error(`message ${i}`);
  });

  it.each(schemes)("%s: of a libzmq that never stops", async (scheme) => {
    const theirs = opened(new Push({ sendHighWaterMark: 10, sendTimeout: 200 }));
    const connection = await meetLibzmq(scheme, "binds", PULL, theirs);
    let sent = 0;
    const height = await heightOf(async () => {
      // A buffer of its own each: it is libzmq's until it has left.
      for (; ; sent++) {
        const message = Buffer.alloc(10_000, sent);
        try {
          await theirs.send(message);
        } catch {
          break;
        }
      }
    });
    expect(height).toBeLessThan(BOUND);
    for (let i = 0; i < sent; i++) {
      const [payload] = await nextMessage(connection);
      if (payload.length !== 10_000 || payload[0] !== (i & 255)) throw new Error(`message ${i} of ${sent}`);
    }
  });

  it.each(schemes)("%s: a libzmq that does not read", async (scheme) => {
    const theirs = opened(new Pull({ receiveHighWaterMark: 10 }));
    const connection = await meetLibzmq(scheme, "binds", PUSH, theirs);
    const payload = pattern(10_000);
    let sent = 0;
    const height = await heightOf(async () => {
      sent = await fill(connection, payload);
    });
    expect(height).toBeLessThan(BOUND);
    for (let i = 0; i < sent; i++) if (!same((await theirs.receive())[0], payload)) throw new Error(`message ${i}`);
  });

  it("of empty messages, a million: what a row costs is counted", async () => {
    let peer: Socket | undefined;
    const url = await rawListen((socket) => {
      peer = socket;
      socket.write(hello("PUSH"));
    });
    const connection = await connected(url, PULL);
    const empties = Buffer.alloc(2_000_000);
    const height = await heightOf(async () => {
      peer?.write(empties);
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    expect(height).toBeLessThan(BOUND);
    let frames = 0;
    for await (const batch of connection.batches()) {
      frames += batch.length;
      if (frames === 1_000_000) break;
    }
  });
});

describe("a peer that asks and does not listen", () => {
  it("PINGs without end, whose PONGs it never reads: memory stays bounded", async () => {
    const listener = await listening("tcp://127.0.0.1:0", PULL);
    const socket = await rawDial(listener.endpoint);
    socket.pause();
    socket.write(hello("PUSH"));
    await accepted(listener);
    const session = new ZmtpSession({ socketType: "PUSH" });
    expect([...session.receive(hello("PULL"))].at(-1)).toMatchObject({ type: "HandshakeComplete" });
    const pings = Buffer.concat(Array(10_000).fill(session.ping({ context: pattern(16) })));
    const written = () => new Promise<boolean>((resolve) => socket.write(pings, () => resolve(true)));
    const stuck = () => new Promise<boolean>((resolve) => setTimeout(resolve, 500, false));
    const height = await heightOf(async () => {
      for (let i = 0; i < 60 && (await Promise.race([written(), stuck()])); i++);
    });
    expect(height).toBeLessThan(BOUND);
  });
});

describe("large payloads", () => {
  it.each(["tcp", "ipc"] as const)("%s: 1 GiB in frames of 1 MiB, in flat memory", async (scheme) => {
    const [ours, theirs] = await pair(await anyEndpoint(scheme), { socketType: "PUSH" }, { socketType: "PULL" });
    const payload = pattern(MiB);
    let octets = 0;
    const send = async () => {
      for (let i = 0; i < 1024; i++) if (!ours.send(payload)) await ours.drained;
      await ours.close();
    };
    const receive = async () => {
      for await (const batch of theirs.batches()) {
        for (let i = 0; i < batch.length; i++) octets += batch.end(i) - batch.start(i);
      }
    };
    const height = await heightOf(() => Promise.all([send(), receive()]));
    expect(octets).toBe(1024 * MiB);
    expect(height).toBeLessThan(128);
  });

  it("of 64 KiB and more leave from where they lie", async () => {
    const chunks: Uint8Array[] = [];
    const writable = new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk) });
    const hellos = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(hello("PULL")) });
    const ours = await overStreams({ readable: hellos, writable }, { ...PUSH, signal: untilTestEnds() });
    const left = async () => {
      while (ours.bufferedAmount > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    // Our READY may still be on its way.
    await left();
    chunks.length = 0;
    const large = pattern(64 * KiB, 1);
    const small = pattern(64 * KiB - 1, 2);
    ours.send(["a", large, "b", small]);
    await left();
    expect(chunks.some(({ buffer }) => buffer === large.buffer)).toBe(true);
    expect(chunks.some(({ buffer }) => buffer === small.buffer)).toBe(false);
    expect(same(concat(...chunks), encodeMessage(["a", large, "b", small]))).toBe(true);
  });

  it("may be views into a larger buffer", async () => {
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", PUSH, PULL);
    const whole = pattern(MiB);
    ours.send([whole.subarray(7, 70_007), "between", whole.subarray(100_000, 400_000)]);
    const [first, between, second] = await nextMessage(theirs);
    expect(texts([between])).toEqual(["between"]);
    expect(same(first, whole.subarray(7, 70_007)) && same(second, whole.subarray(100_000, 400_000))).toBe(true);
  });

  it("that are announced and never come cost no memory", async () => {
    const header = bytes(2, 0, 0, 0, 0, 3, 0xc0, 0, 0);
    expect(new DataView(header.buffer).getBigUint64(1)).toBe(BigInt(60 * MiB));
    const url = await rawListen((socket) => {
      socket.write(concat(hello("PUSH"), header, pattern(1000)));
    });
    const height = await heightOf(async () => {
      await connected(url, { ...PULL, maxFrameSize: 64 * MiB });
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    expect(height).toBeLessThan(32);
  });
});

/** Tests that mutants asked for: each was a change of the codec that no other test noticed. */
import { describe, expect, it } from "vitest";
import { engineOf } from "../../src/codec/engine.js";
import { admit } from "../../src/codec/frame.js";
import { joinBatches } from "../../src/codec/join.js";
import { HEADROOM, WINDOW_SIZE } from "../../src/codec/layout.js";
import { runOf } from "../../src/codec/message-run.js";
import { areSmall } from "../../src/codec/owned-chunk.js";
import { framesOf, ownOctets } from "../../src/codec/payload.js";
import { Unread } from "../../src/codec/unread.js";
import { encodeFrame, encodeGreeting, type FrameBatch, FrameDecoder, FrameEncoder } from "../../src/index.js";
import { join, writeFrame } from "../oracle/framing.js";
import { codecs } from "../support/codecs.js";
import { pattern, same } from "../support/pieces.js";

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("the $name codec", ({ codec }) => {
  it("is the one whose memory a decoder uses", () => {
    const [batch] = new FrameDecoder({ codec }).push(writeFrame(Uint8Array.of(1, 2, 3)));
    const { window } = codec as unknown as { window: Uint8Array };
    expect(batch.bytes.buffer).toBe(window.buffer);
  });

  it("forwards a batch as it came, headers that are longer than need be included", () => {
    const stream = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 1, 7, 0, 1, 8);
    const [batch] = new FrameDecoder({ codec }).push(stream);
    expect([...new FrameEncoder({ codec }).batch(batch).flush()]).toEqual([...stream]);
  });

  it("is the one that gathers for an encoder", () => {
    const engine = codec as unknown as { gather(first: number, count: number): number };
    const { gather } = engine;
    let gathered = 0;
    Object.assign(engine, {
      gather(first: number, count: number) {
        gathered += count - first;
        return gather(first, count);
      },
    });
    try {
      const frames = [1, 2, 3].map((octet) => writeFrame(Uint8Array.of(octet)));
      const stream = Uint8Array.from(frames.flatMap((frame) => [...frame]));
      for (const batch of new FrameDecoder({ codec }).push(stream)) {
        const some = batch.filter((_, i) => i !== 1);
        expect([...new FrameEncoder({ codec }).batch(some as NonNullable<typeof some>).flush()]).toEqual([
          0, 1, 1, 0, 1, 3,
        ]);
      }
      expect(gathered).toBe(2);
    } finally {
      Object.assign(engine, { gather });
    }
  });

  /** How often the engine scans while `act` goes on. */
  function scans(act: () => void): number {
    const engine = engineOf(codec);
    const { scan } = engine;
    let count = 0;
    Object.assign(engine, {
      scan(...range: Parameters<typeof scan>) {
        count++;
        return scan(...range);
      },
    });
    try {
      act();
    } finally {
      Object.assign(engine, { scan });
    }
    return count;
  }

  it.each([
    ["small frames", 30, 2000, true],
    ["small frames, few of them", 30, 20, false],
    ["larger frames", 1000, 200, false],
  ])("scans owned chunks itself where that is quicker, and only in WebAssembly: %s", (_, size, count, quicker) => {
    const frame = writeFrame(pattern(size));
    const chunk = () => join(...Array<Uint8Array>(count).fill(frame));
    const decoder = new FrameDecoder({ codec });
    // How the next ones are scanned follows from those before.
    [...decoder.takeOwned(chunk())];
    let frames = 0;
    const times = scans(() => {
      for (const batch of decoder.takeOwned(chunk())) frames += batch.length;
    });
    expect(frames).toBe(count);
    expect(times > 0).toBe(quicker && codec.name === "wasm");
  });

  it("reads owned chunks of small frames that are larger than its window", () => {
    const decoder = new FrameDecoder({ codec });
    const frame = writeFrame(pattern(100));
    const count = Math.ceil(WINDOW_SIZE / frame.length) + 10;
    const chunk = new Uint8Array(count * frame.length);
    for (let at = 0; at < chunk.length; at += frame.length) chunk.set(frame, at);
    [...decoder.takeOwned(frame.slice())];
    let frames = 0;
    for (const batch of decoder.takeOwned(chunk)) frames += batch.length;
    expect(frames).toBe(count);
  });

  it("gives a frame that came in many owned pieces as owned", () => {
    const frame = writeFrame(pattern(9000));
    const decoder = new FrameDecoder({ codec });
    const batches: FrameBatch[] = [];
    for (const piece of [frame.slice(0, 4000), frame.slice(4000), frame.slice()]) {
      batches.push(...decoder.takeOwned(piece));
    }
    expect(batches.map((batch) => [batch.length, batch.toOwned() === batch])).toEqual([
      [1, true],
      [1, true],
    ]);
  });

  it("copies a run with its headers, those that are longer than need be included", () => {
    const stream = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 1, 7, 0, 1, 8);
    const [batch] = new FrameDecoder({ codec }).takeOwned(stream.slice());
    expect([...(batch.copy().run ?? [])]).toEqual([...stream]);
  });

  it("takes a greeting of any minor version for one of ZMTP 3", () => {
    const engine = engineOf(codec);
    for (const minor of [0, 1, 2, 255]) {
      const greeting = encodeGreeting();
      greeting[11] = minor;
      engine.greeting.set(greeting);
      expect(engine.judge(0, 64)).toBe(64);
    }
  });

  it("copies a batch that is less than an eighth of its chunk, and no larger one", () => {
    const chunk = new Uint8Array(8 * 32);
    chunk.set(writeFrame(pattern(30)));
    chunk.set(writeFrame(pattern(222), { command: true }), 32);
    const [eighth] = new FrameDecoder({ codec }).takeOwned(chunk);
    expect(eighth.bytes.buffer).toBe(chunk.buffer);
  });

  it("commits nothing of a reserve of nothing", () => {
    const decoder = new FrameDecoder({ codec });
    expect(decoder.reserve(0).length).toBe(0);
    expect([...decoder.commit(0)]).toEqual([]);
  });

  it("refuses a commit without reserve behind what it has laid in its window itself", () => {
    const decoder = new FrameDecoder({ codec });
    const frames = writeFrame(pattern(5));
    decoder.push(frames);
    // Another takes the window, so that what waits is laid there anew.
    [...new FrameDecoder({ codec }).push(frames)];
    expect(decoder.nextBatch()?.length).toBe(1);
    expect(() => decoder.commit(1)).toThrow("reserve");
  });

  it("takes of an owned chunk no more to what waits than one frame lacks", () => {
    const unread = new Unread(engineOf(codec));
    unread.add(pattern(3), 0, undefined);
    unread.wait(4);
    unread.addOwned(pattern(50, 2).slice(), 0);
    unread.load();
    unread.wait(9);
    expect([unread.state, unread.tail.length, unread.length]).toEqual(["backlog", 9, 53]);
  });

  it("holds nothing that is owned once all of that waits with the rest", () => {
    const unread = new Unread(engineOf(codec));
    unread.add(pattern(3), 0, undefined);
    unread.wait(4);
    unread.addOwned(pattern(5, 2).slice(), 0);
    unread.load();
    unread.wait(8);
    expect([unread.state, unread.tail.length, unread.length, unread.owned]).toEqual(["backlog", 8, 8, false]);
  });

  it("lays a new chunk behind all that its headroom holds", () => {
    const unread = new Unread(engineOf(codec));
    unread.add(pattern(HEADROOM), 0, undefined);
    unread.wait(HEADROOM + 1);
    unread.add(pattern(10, 2), 0, undefined);
    expect([unread.state, unread.to - unread.at]).toEqual(["window", HEADROOM + 10]);
    expect(same(unread.bytes.subarray(unread.at, unread.to), join(pattern(HEADROOM), pattern(10, 2)))).toBe(true);
  });

  it("joins runs as they came, headers that are longer than need be included", () => {
    const stream = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 1, 7, 0, 1, 8);
    const [run] = new FrameDecoder({ codec }).push(stream);
    const joined = joinBatches([run, run]);
    expect([...joined.bytes]).toEqual([...stream, ...stream]);
    expect(Array.from(joined, ({ payload }) => [...payload])).toEqual([[7], [8], [7], [8]]);
  });
});

it("frames are small below 160 octets each, headers included", () => {
  expect([areSmall(10, 1599), areSmall(10, 1600)]).toEqual([true, false]);
});

describe("a message as a run", () => {
  it.each([[["one"]], [["one", "", "three"]]])("has MORE on each frame but the last: %j", (texts) => {
    const run = runOf(texts.map((text) => new TextEncoder().encode(text)));
    const frames = Array.from(run, ({ payload, more }) => [new TextDecoder().decode(payload), more]);
    expect(frames).toEqual(texts.map((text, i) => [text, i < texts.length - 1]));
  });
});

describe("an encoder's memory", () => {
  it("for the next octets is about as much as the last ones took, whatever it could be", () => {
    const encoder = new FrameEncoder();
    for (let i = 0; i < 3; i++) {
      expect(encoder.frame("few").flush().buffer.byteLength).toBeLessThanOrEqual(1024);
    }
  });

  it("of half a MiB is used again, and more is not", () => {
    for (const [size, again] of [
      [512 * 1024, true],
      [512 * 1024 + 1, false],
    ] as const) {
      const encoder = new FrameEncoder();
      const octets = encoder.octets(new Uint8Array(size)).flush();
      expect(octets.buffer.byteLength).toBe(size);
      encoder.recycle(octets);
      expect(encoder.octets(new Uint8Array(size)).flush().buffer === octets.buffer).toBe(again);
    }
  });
});

describe("the frames of a message", () => {
  it("that is a string is that string: it is written where it leaves, and not before", () => {
    expect(framesOf("text")).toEqual(["text"]);
    const frames = ["text", new Uint8Array(2)];
    expect(framesOf(frames)).toBe(frames);
    expect(framesOf(["text", new DataView(new ArrayBuffer(2))])).toEqual(["text", new Uint8Array(2)]);
  });
});

it("a batch of its own octets goes stale as well, once it is expired", () => {
  const [batch] = new FrameDecoder().takeOwned(encodeFrame("mine"));
  batch.expire();
  expect(() => batch.toOwned()).toThrow("later decode");
});

describe("an owned payload", () => {
  it("is a copy of the octets, or a string's UTF-8", () => {
    const octets = Uint8Array.of(1, 2, 3);
    const own = ownOctets(octets);
    octets.fill(9);
    expect([...own]).toEqual([1, 2, 3]);
    expect([...ownOctets("é")]).toEqual([0xc3, 0xa9]);
  });
});

describe("a frame that came whole", () => {
  const limits = { maxFrameSize: 10, commandsOnly: false };

  it.each([true, false])("may be as long as the limit, and no longer; command: %s", (command) => {
    expect(admit(10, command, limits)).toBeUndefined();
    expect(() => admit(11, command, limits)).toThrow(expect.objectContaining({ code: "FRAME_TOO_LARGE" }));
  });

  it("is refused as a message before the handshake is over, and as a command is not", () => {
    const early = { ...limits, commandsOnly: true };
    expect(admit(1, true, early)).toBeUndefined();
    expect(() => admit(1, false, early)).toThrow(expect.objectContaining({ code: "UNEXPECTED_MESSAGE" }));
  });
});

it("a run is not copied into a table that is too small for it", () => {
  const decoder = new FrameDecoder();
  const frames = (count: number) => Array.from({ length: count }, (_, i) => writeFrame(Uint8Array.of(i, i)));
  const pushed = (count: number) => decoder.push(join(...frames(count)));
  const [few] = pushed(6);
  const stale = few.copyInto(undefined);
  const [many] = pushed(10);
  const copy = many.copyInto(stale);
  expect(Array.from(copy, ({ payload }) => [...payload])).toEqual(Array.from({ length: 10 }, (_, i) => [i, i]));
});

it("a run is copied into the memory of one that is over, rows and octets", () => {
  const decoder = new FrameDecoder();
  const [first] = decoder.push(join(encodeFrame("a"), encodeFrame("b")));
  const stale = first.copyInto(undefined);
  const [rows, octets] = [stale.rows.buffer, stale.bytes.buffer];
  const [second] = decoder.push(join(encodeFrame("c"), encodeFrame("d")));
  const copy = second.copyInto(stale);
  expect(copy.rows.buffer).toBe(rows);
  expect(copy.bytes.buffer).toBe(octets);
  expect(Array.from(copy, ({ payload }) => String.fromCharCode(...payload))).toEqual(["c", "d"]);
});

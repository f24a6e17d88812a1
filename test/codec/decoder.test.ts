import { describe, expect, it } from "vitest";
import { LargeFrame } from "../../src/codec/large-frame.js";
import { encodeFrame, encodeMessage, FrameDecoder, ZmtpError } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { alike, bytes, concat, cut, decodeAll, ownFrames, pattern, same } from "../support/pieces.js";
import { referenceDecode } from "../support/reference.js";

const long = (length: number, flags = 2): Uint8Array => {
  const header = new Uint8Array(9);
  header[0] = flags;
  new DataView(header.buffer).setBigUint64(1, BigInt(length));
  return header;
};

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("FrameDecoder, $name", ({ codec }) => {
  const decoder = (maxFrameSize?: number) => new FrameDecoder({ codec, maxFrameSize });

  it("decodes every kind of frame, cut at every octet", () => {
    const stream = concat(
      encodeFrame(""),
      encodeFrame(pattern(1), { more: true }),
      encodeFrame(pattern(255)),
      encodeFrame(pattern(256)),
      long(3, 3),
      bytes(7, 8, 9),
      long(0),
      encodeFrame("\x04PING\0\0", { command: true }),
      encodeFrame(pattern(300), { command: true }),
      encodeMessage(["a", "", "b"]),
      ...Array.from({ length: 20 }, (_, i) => encodeFrame(pattern(4, i + 1))),
    );
    const wanted = referenceDecode(stream, 1000);
    expect(wanted.frames.length).toBe(31);
    expect(decodeAll(decoder(), [stream])).toEqual(wanted);
    expect(decodeAll(decoder(), cut(stream, [1]))).toEqual(wanted);
    for (let at = 1; at < stream.length; at++) {
      const { frames, error } = decodeAll(decoder(), [stream.subarray(0, at), stream.subarray(at)]);
      if (error !== undefined || !alike(frames, wanted.frames))
        expect([at, frames, error]).toEqual([at, wanted.frames, undefined]);
    }
  });

  it("puts a run of messages in one batch and a command in one of its own", () => {
    const stream = concat(encodeMessage(["a", "b"]), encodeFrame("\x01X", { command: true }), encodeFrame("c"));
    const shapes = Array.from(decoder().push(stream), (batch) => [batch.length, batch.command(0), batch.more(0)]);
    expect(shapes).toEqual([
      [2, false, true],
      [1, true, false],
      [1, false, false],
    ]);
  });

  it("delivers the frames before a fault, then stays failed", () => {
    const faulty = decoder();
    const good = encodeFrame("good");
    const found: number[] = [];
    expect(() => {
      for (const batch of faulty.push(concat(good, good, bytes(0x08), good))) found.push(batch.length);
    }).toThrow(expect.objectContaining({ code: "RESERVED_FLAGS", offset: 12, section: "RFC 37, Framing" }));
    expect(found).toEqual([2]);
    expect(() => faulty.push(good)).toThrow(ZmtpError);
    expect(() => faulty.reserve()).toThrow(ZmtpError);
    expect(() => [...faulty]).toThrow(ZmtpError);
  });

  it.each([
    ["each reserved bit", [0x10], "RESERVED_FLAGS", 0],
    ["MORE on a command", [0x05], "COMMAND_WITH_MORE", 0],
    ["MORE on a long command", [0x07], "COMMAND_WITH_MORE", 0],
    ["the top bit of a length", [0x02, 0x80], "ILLEGAL_LENGTH", 1],
    ["a length over the limit at its first octet", [0x02, 0x01], "FRAME_TOO_LARGE", 1],
    ["a length over 2^32 that is small in its low half", [0x02, 0, 0, 0, 1], "FRAME_TOO_LARGE", 4],
    ["a length one over the limit", [0x02, 0, 0, 0, 0, 0, 0, 1, 1], "FRAME_TOO_LARGE", 8],
    ["a command over the limit", [0x06, 0, 0, 0, 0, 0, 0, 1, 1], "FRAME_TOO_LARGE", 8],
  ])("refuses %s as soon as it is there", (_, octets, code, offset) => {
    const error = { code, offset };
    expect(decodeAll(decoder(256), [Uint8Array.from(octets)])).toEqual({ frames: [], error });
    expect(decodeAll(decoder(256), cut(Uint8Array.from(octets), [1]))).toEqual({ frames: [], error });
    expect(decodeAll(decoder(256), [concat(Uint8Array.from(octets), pattern(600))]).error).toEqual(error);
  });

  it("holds short frames to a limit below 255", () => {
    expect(decodeAll(decoder(10), [encodeFrame(pattern(10))]).frames.length).toBe(1);
    expect(decodeAll(decoder(10), [encodeFrame(pattern(11))]).error).toEqual({ code: "FRAME_TOO_LARGE", offset: 1 });
    expect(decodeAll(decoder(0), [encodeFrame("")]).frames.length).toBe(1);
  });

  it("takes whole numbers up to 2^31-1 as a limit, and names the option for anything else", () => {
    expect(decodeAll(decoder(0x7fffffff), [bytes(2, 0, 0, 0, 0, 0x80)]).error?.code).toBe("FRAME_TOO_LARGE");
    for (const limit of [-1, 1.5, 1e12, 2 ** 31, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => decoder(limit)).toThrow(RangeError);
      expect(() => decoder(limit)).toThrow("maxFrameSize is a whole number of octets from 0 to 2147483647");
    }
    for (const limit of ["1mb", "1024", true, null, {}, 10n]) {
      expect(() => decoder(limit as never)).toThrow(TypeError);
      expect(() => decoder(limit as never)).toThrow("maxFrameSize is a whole number of octets from 0 to 2147483647");
    }
  });

  it("spends no memory on a claim", () => {
    const claimed = new LargeFrame(0, 9, 64 * 1024 * 1024);
    expect(claimed.capacity).toBe(0);
    claimed.fill(pattern(1000), 0, 1000);
    expect(claimed.capacity).toBeLessThanOrEqual(4000);
    const claimant = decoder();
    expect([...claimant.push(long(64 * 1024 * 1024))]).toEqual([]);
    // The header alone.
    expect(claimant.pending).toBe(9);
  });

  it("assembles frames larger than its memory as their octets arrive", () => {
    const payloads = [pattern(3_000_000, 3), pattern(131_200, 4), pattern(1_200_000, 5)];
    const stream = concat(
      ...payloads.flatMap((payload) => [encodeFrame("between"), encodeFrame(payload, { more: true })]),
    );
    for (const size of [65_536, 100_003, 999_999, stream.length]) {
      const { frames, error } = decodeAll(decoder(), cut(stream, [size]));
      expect(error).toBeUndefined();
      expect(frames.map(({ more }) => more)).toEqual([false, true, false, true, false, true]);
      expect(payloads.every((payload, i) => same(frames[2 * i + 1].payload, payload))).toBe(true);
    }
  });

  it("moves a frame that trickles in no more often than it must", () => {
    const payload = pattern(100_000);
    expect(same(decodeAll(decoder(), cut(encodeFrame(payload), [1])).frames[0].payload, payload)).toBe(true);
  });

  it("splits a chunk with more frames than a table holds into batches", () => {
    const stream = new Uint8Array(2 * 100_000);
    const lengths = Array.from(decoder().push(stream), ({ length }) => length);
    expect(lengths.length).toBeGreaterThan(1);
    expect(lengths.reduce((a, b) => a + b)).toBe(100_000);
  });

  it("takes in chunks of any size, and lets them be reused at once", () => {
    const payloads = Array.from({ length: 3000 }, (_, i) => pattern(i % 1500, i));
    const stream = concat(...payloads.map((payload) => encodeFrame(payload)));
    const busy = decoder();
    const chunk = stream.slice();
    busy.push(chunk);
    chunk.fill(0xff);
    const found = Array.from(busy, ownFrames).flat();
    expect(found.length).toBe(payloads.length);
    expect(found.every(({ payload }, i) => same(payload, payloads[i]))).toBe(true);
  });

  it("loses nothing to an iteration that is not started or is broken off", () => {
    const stream = concat(...Array.from({ length: 40 }, (_, i) => encodeFrame(String(i), { command: i % 3 === 0 })));
    const lazy = decoder();
    const found: string[] = [];
    for (const chunk of cut(stream, [7])) {
      lazy.push(chunk);
      for (const batch of lazy) {
        found.push(...ownFrames(batch).map(({ payload }) => new TextDecoder().decode(payload)));
        break;
      }
    }
    for (const batch of lazy) found.push(...ownFrames(batch).map(({ payload }) => new TextDecoder().decode(payload)));
    expect(found).toEqual(Array.from({ length: 40 }, (_, i) => String(i)));
  });

  it("reads from its own memory after reserve and commit", () => {
    const stream = concat(encodeFrame(pattern(500)), encodeFrame(pattern(200_000)), encodeFrame("end"));
    const wanted = referenceDecode(stream, 1e6);
    const reading = decoder();
    const frames = [];
    for (const chunk of cut(stream, [1, 5000, 70_000])) {
      const region = reading.reserve(70_000);
      expect(region.length).toBe(70_000);
      region.set(chunk);
      for (const batch of reading.commit(chunk.length)) frames.push(...ownFrames(batch));
    }
    expect(alike(frames, wanted.frames)).toBe(true);
  });

  it("refuses a commit without a reserve, or after another decoder ran", () => {
    const one = decoder();
    expect(() => one.commit(1)).toThrow("reserve");
    one.reserve();
    [...decoder().push(encodeFrame("x"))];
    expect(() => one.commit(1)).toThrow("reserve");
    expect(() => one.commit(-1)).toThrow(RangeError);
  });

  it("lets decoders take turns in the middle of each other's chunks", () => {
    const stream = concat(
      ...Array.from({ length: 30 }, (_, i) => encodeFrame(pattern(i * 9), { command: i % 4 === 3 })),
    );
    const wanted = referenceDecode(stream, 1e6).frames;
    const decoders = Array.from({ length: 5 }, () => ({ decoder: decoder(), frames: [] as unknown[] }));
    const chunks = [...cut(stream, [211])];
    for (const chunk of chunks) for (const each of decoders) each.decoder.push(chunk);
    for (let more = true; more; ) {
      more = false;
      for (const { decoder, frames } of decoders) {
        const { value } = decoder.next();
        if (value === undefined) continue;
        frames.push(...ownFrames(value));
        more = true;
      }
    }
    for (const { frames } of decoders) expect(frames).toEqual(wanted);
  });

  it("says how much of a frame it holds", () => {
    const half = decoder();
    expect(half.pending).toBe(0);
    [...half.push(encodeFrame("hello").subarray(0, 4))];
    expect(half.pending).toBe(4);
    [...half.push(encodeFrame("hello").subarray(4))];
    expect(half.pending).toBe(0);
    [...half.push(concat(long(300_000), pattern(1000)))];
    expect(half.pending).toBe(1009);
  });
});

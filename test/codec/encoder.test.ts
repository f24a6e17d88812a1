import { describe, expect, it } from "vitest";
import { encodeFrame, encodeMessage, type FrameBatch, FrameDecoder, FrameEncoder } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { bytes, concat, decodeAll, pattern, same, text } from "../support/pieces.js";
import { referenceDecode } from "../support/reference.js";

describe("encodeFrame and encodeMessage", () => {
  it("write the header that the RFC asks for", () => {
    expect(encodeFrame("")).toEqual(bytes(0, 0));
    expect(encodeFrame("a", { more: true })).toEqual(bytes(1, 1, 97));
    expect(encodeFrame("a", { command: true })).toEqual(bytes(4, 1, 97));
    expect(encodeFrame(pattern(255)).subarray(0, 2)).toEqual(bytes(0, 255));
    expect(encodeFrame(pattern(256), { more: true }).subarray(0, 9)).toEqual(bytes(3, 0, 0, 0, 0, 0, 0, 1, 0));
    expect(encodeFrame(pattern(256), { command: true }).subarray(0, 9)).toEqual(bytes(6, 0, 0, 0, 0, 0, 0, 1, 0));
    expect(encodeFrame(pattern(0x012345)).subarray(0, 9)).toEqual(bytes(2, 0, 0, 0, 0, 0, 1, 0x23, 0x45));
  });

  it("put MORE on all frames but the last", () => {
    expect(encodeMessage(["a", "b", "c"])).toEqual(bytes(1, 1, 97, 1, 1, 98, 0, 1, 99));
    expect(encodeMessage("a")).toEqual(bytes(0, 1, 97));
    expect(encodeMessage(bytes(5))).toEqual(bytes(0, 1, 5));
  });

  it("refuse a message without frames and a command with MORE", () => {
    expect(() => encodeMessage([])).toThrow(TypeError);
    expect(() => encodeFrame("", { more: true, command: true })).toThrow(TypeError);
  });
});

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("FrameEncoder, $name", ({ codec }) => {
  const encoder = () => new FrameEncoder({ codec });

  it("encodes as encodeFrame does, around every boundary", () => {
    for (const length of [0, 1, 15, 16, 17, 63, 64, 254, 255, 256, 257, 1023, 1024, 65_535, 65_536]) {
      for (const more of [false, true]) {
        expect(same(encoder().frame(pattern(length), more).flush(), encodeFrame(pattern(length), { more }))).toBe(true);
      }
    }
  });

  it("counts a string's octets, not its units", () => {
    const units = ["a", "é", "€", "😀", "\ud800"];
    for (const unit of units) {
      for (const count of [0, 1, 16, 47, 48, 49, 84, 85, 86, 127, 128, 254, 255, 256, 400, 5000]) {
        for (const prefix of ["", "x"]) {
          const string = prefix + unit.repeat(count);
          const { frames } = referenceDecode(encoder().frame(string).flush(), 1e6);
          expect(frames.length).toBe(1);
          expect(same(frames[0].payload, new TextEncoder().encode(string))).toBe(true);
        }
      }
    }
    expect(
      encoder()
        .frame(`${"x".repeat(253)}é`)
        .flush()
        .subarray(0, 2),
    ).toEqual(bytes(0, 255));
    expect(
      encoder()
        .frame(`${"x".repeat(254)}é`)
        .flush()
        .subarray(0, 9),
    ).toEqual(bytes(2, 0, 0, 0, 0, 0, 0, 1, 0));
  });

  it("gathers until it is flushed, and never touches what it flushed", () => {
    const gathering = encoder();
    gathering.message(["a", pattern(300)]).frame("b");
    expect(gathering.length).toBe(3 + 309 + 3);
    const flushed = gathering.flush();
    const copy = flushed.slice();
    expect(gathering.length).toBe(0);
    expect(gathering.flush().length).toBe(0);
    for (let i = 0; i < 5000; i++) gathering.frame(pattern(100, i));
    expect(same(flushed, copy)).toBe(true);
    expect(flushed.length).toBe(315);
  });

  it("writes into what was given back, and into nothing else", () => {
    const encoding = encoder();
    const given = encoding.frame(pattern(2000)).flush();
    encoding.recycle(given);
    const kept = encoding.frame("first").flush();
    expect(kept.buffer).toBe(given.buffer);
    const next = encoding.frame("second").flush();
    expect(next.buffer).not.toBe(given.buffer);
    encoding.recycle(new Uint8Array(new ArrayBuffer(100), 50));
    expect(encoding.frame("third").flush()).toEqual(encodeFrame("third"));
    expect([kept, next]).toEqual([encodeFrame("first"), encodeFrame("second")]);
  });

  it("forwards a batch as it came, and an owned one", () => {
    const stream = concat(...Array.from({ length: 100 }, (_, i) => encodeMessage([String(i), pattern(i * 7)])));
    const [borrowed, owned] = [encoder(), encoder()];
    for (const batch of new FrameDecoder({ codec }).push(stream)) {
      borrowed.batch(batch);
      owned.batch(batch.toOwned());
    }
    expect(same(borrowed.flush(), stream)).toBe(true);
    expect(same(owned.flush(), stream)).toBe(true);
  });

  it("frames what was filtered anew, with the shortest header", () => {
    const longHeader = concat(bytes(2, 0, 0, 0, 0, 0, 0, 0, 3), bytes(1, 2, 3));
    const stream = concat(
      longHeader,
      encodeFrame("drop"),
      encodeMessage([pattern(256), ""]),
      encodeFrame(pattern(70_000)),
    );
    const keep = (batch: FrameBatch, i: number) => i !== 1 && batch.length === 5;
    const wanted = concat(bytes(0, 3, 1, 2, 3), encodeMessage([pattern(256), ""]), encodeFrame(pattern(70_000)));
    for (const owned of [false, true]) {
      const out = encoder();
      for (const batch of new FrameDecoder({ codec }).push(stream)) {
        const some = (owned ? batch.toOwned() : batch).filter(keep);
        if (some) out.batch(some);
      }
      expect(same(out.flush(), wanted)).toBe(true);
    }
  });

  it("frames filtered batches larger than the output region, and frames larger than it", () => {
    const payloads = [...Array.from({ length: 900 }, (_, i) => pattern(i % 800, i)), pattern(300_000), pattern(20)];
    const stream = concat(encodeFrame("drop"), ...payloads.map((payload) => encodeFrame(payload)));
    const out = encoder();
    for (const batch of new FrameDecoder({ codec }).push(stream)) {
      const some = batch.filter((b, i) => text(b.payload(i)) !== "drop");
      if (some) out.batch(some);
    }
    const { frames, error } = decodeAll(new FrameDecoder({ codec }), [out.flush()]);
    expect(error).toBeUndefined();
    expect(frames.length).toBe(payloads.length);
    expect(frames.every(({ payload }, i) => same(payload, payloads[i]))).toBe(true);
  });

  it("keeps a command a command", () => {
    const stream = encodeFrame("\x04PING\0\0", { command: true });
    for (const batch of new FrameDecoder({ codec }).push(stream)) {
      expect(encoder().batch(batch).flush()).toEqual(stream);
      expect(encoder().batch(batch.toOwned()).flush()).toEqual(stream);
      const filtered = batch.filter(() => true);
      expect(filtered && encoder().batch(filtered).flush()).toEqual(stream);
    }
  });
});

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

  it("writes into what was given back, once, and into nothing else", () => {
    const encoding = encoder();
    const given = encoding.frame(pattern(2000)).flush();
    encoding.recycle(given);
    encoding.recycle(given);
    const kept = encoding.frame("first").flush();
    expect(kept.buffer).toBe(given.buffer);
    encoding.recycle(given);
    const next = encoding.frame("second").flush();
    expect(next.buffer).not.toBe(given.buffer);
    expect([kept, next]).toEqual([encodeFrame("first"), encodeFrame("second")]);
  });

  it("leaves alone what it never gave, and parts of what it gave", () => {
    const encoding = encoder();
    const foreign = [new Uint8Array(5000), new Uint8Array(new ArrayBuffer(5000), 50), encoder().frame("x").flush()];
    const whole = encoding.frame(pattern(3000)).flush();
    for (const bytes of [...foreign, whole.subarray(0), whole.slice()]) encoding.recycle(bytes);
    const flushed = Array.from({ length: 6 }, () => encoding.frame("frame").flush().buffer);
    for (const { buffer } of [...foreign, whole]) expect(flushed).not.toContain(buffer);
  });

  it("does not need what was given back to be large enough", () => {
    const encoding = encoder();
    encoding.recycle(encoding.frame("small").flush());
    const large = encoding.frame(pattern(50_000, 3)).flush();
    expect(same(large, encodeFrame(pattern(50_000, 3)))).toBe(true);
    encoding.recycle(large);
    encoding.frame(pattern(200, 4));
    for (let i = 0; i < 900; i++) encoding.frame(pattern(100, i));
    const { frames } = referenceDecode(encoding.flush(), 1000);
    expect(frames.length).toBe(901);
    expect(frames.findIndex(({ payload }, i) => i > 0 && !same(payload, pattern(100, i - 1)))).toBe(-1);
  });

  it("makes room for payloads written in place, around every boundary", () => {
    for (const length of [0, 1, 64, 255, 256, 1024, 70_000]) {
      for (const more of [false, true]) {
        const writing = encoder().frame("before");
        const at = writing.room(length, more);
        writing.bytes.set(pattern(length, 5), at);
        writing.frame("after");
        const wanted = concat(encodeFrame("before"), encodeFrame(pattern(length, 5), { more }), encodeFrame("after"));
        expect(same(writing.flush(), wanted)).toBe(true);
      }
    }
    const writing = encoder();
    const values = [];
    for (let i = 0; i < 3000; i++) {
      const at = writing.room(12);
      const { view } = writing;
      expect(view.buffer).toBe(writing.bytes.buffer);
      view.setFloat64(at, i / 3);
      view.setInt32(at + 8, -i);
      values.push([i / 3, -i]);
    }
    const { frames } = referenceDecode(writing.flush(), 100);
    const read = frames.map(({ payload }) => {
      const view = new DataView(payload.buffer, payload.byteOffset);
      return [view.getFloat64(0), view.getInt32(8)];
    });
    expect(read).toEqual(values.map(([value, i]) => [value, i === 0 ? 0 : i]));
    for (let i = 0; i < 2; i++) {
      const at = writing.room(4);
      writing.view.setUint32(at, i + 7);
      const flushed = writing.flush();
      expect(flushed).toEqual(bytes(0, 4, 0, 0, 0, i + 7));
      writing.recycle(flushed);
    }
  });

  it("makes no room for what is no length", () => {
    for (const length of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
      expect(() => encoder().room(length)).toThrow(RangeError);
      expect(() => encoder().room(length)).toThrow("length is a whole number of octets from 0 to 2147483647");
    }
    for (const length of ["64", undefined, null, 64n]) expect(() => encoder().room(length as never)).toThrow(TypeError);
  });

  it("takes octets that are encoded already", () => {
    const once = encodeMessage(["topic", pattern(300, 2)]);
    const many = [encoder(), encoder().frame("before")].map((each) => each.octets(once).frame("after").flush());
    expect(many[0]).toEqual(concat(once, encodeFrame("after")));
    expect(many[1]).toEqual(concat(encodeFrame("before"), once, encodeFrame("after")));
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

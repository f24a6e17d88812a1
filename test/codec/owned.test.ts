/**
 * Chunks that become the decoder's: what comes of them is owned and lies in them, and keeps little more alive than
 * itself.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, encodeMessage, type FrameBatch, FrameDecoder, FrameEncoder } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { bytes, concat, cut, ownFrames, pattern, same, text } from "../support/pieces.js";
import { referenceDecode } from "../support/reference.js";
import { runs } from "../support/runs.js";

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("owned chunks, $name", ({ codec }) => {
  const decoder = () => new FrameDecoder({ codec });
  /** All batches, kept as they came; `other` decodes in between, so that what is borrowed shows. */
  const kept = (chunks: Iterable<Uint8Array>) => {
    const taking = decoder();
    const batches: FrameBatch[] = [];
    for (const chunk of chunks) {
      for (const batch of taking.takeOwned(chunk)) batches.push(batch.toOwned());
      [...decoder().push(encodeFrame("other"))];
    }
    return batches;
  };

  it("gives batches that lie in the chunk, need no copy and stay", () => {
    for (const size of [16, 64, 150, 300, 4000]) {
      const chunk = concat(...Array.from({ length: 40 }, (_, i) => encodeFrame(pattern(size, i))));
      const taking = decoder();
      // Twice, for the way it is scanned follows from the chunk before.
      for (const again of [chunk.slice(), chunk.slice()]) {
        const [batch] = [...taking.takeOwned(again)];
        expect(batch.toOwned()).toBe(batch);
        expect(batch.bytes.buffer).toBe(again.buffer);
        expect(Array.from(batch, ({ payload }, i) => same(payload, pattern(size, i)))).toEqual(Array(40).fill(true));
      }
      const [batch] = [...decoder().takeOwned(chunk)];
      expect(batch.bytes.buffer).toBe(chunk.buffer);
      [...decoder().push(encodeFrame("other"))];
      expect(Array.from(batch, ({ payload }, i) => same(payload, pattern(size, i)))).toEqual(Array(40).fill(true));
      expect(batch.payload(7).buffer).toBe(chunk.buffer);
      const forwarded = new FrameEncoder({ codec }).batch(batch).flush();
      expect(same(forwarded, chunk)).toBe(true);
    }
  });

  it("gives a Buffer's octets as a Uint8Array, wherever in its memory they lie", () => {
    const memory = new Uint8Array(100);
    class Special extends Uint8Array {}
    const chunk = new Special(memory.buffer, 50, 30);
    chunk.set(encodeFrame(pattern(28, 5)));
    const [batch] = decoder().takeOwned(chunk);
    expect(batch.bytes.constructor).toBe(Uint8Array);
    expect([batch.bytes.buffer, batch.bytes.byteOffset]).toEqual([memory.buffer, 50]);
    expect(batch.payload(0)).toEqual(pattern(28, 5));
  });

  it("decodes any stream, cut anywhere, as the RFC reads, each batch owned by then", () => {
    const size = fc.oneof(fc.nat(20), fc.nat(300), fc.constantFrom(0, 255, 256, 5000, 70_000));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(size, fc.constantFrom(0, 0, 1, 4)), { minLength: 1, maxLength: 30 }),
        fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 70_000 })), {
          minLength: 1,
          maxLength: 5,
        }),
        (shapes, sizes) => {
          const stream = concat(
            ...shapes.map(([length, flags], i) =>
              encodeFrame(pattern(length, i + 1), { more: flags === 1, command: flags === 4 }),
            ),
          );
          const chunks = Array.from(cut(stream, stream.length > 20_000 ? [4001, ...sizes] : sizes), (c) => c.slice());
          const found = kept(chunks).flatMap((batch) => [...batch]);
          const wanted = referenceDecode(stream, 1e6).frames;
          expect(found.map(({ payload, more, command }) => [payload.length, more, command])).toEqual(
            wanted.map(({ payload, more, command }) => [payload.length, more, command]),
          );
          expect(found.findIndex(({ payload }, i) => !same(payload, wanted[i].payload))).toBe(-1);
        },
      ),
      { numRuns: runs(60) },
    );
  });

  it("copies only the frame that two chunks share", () => {
    const stream = concat(...Array.from({ length: 30 }, (_, i) => encodeFrame(pattern(1000, i))));
    const chunks = [stream.slice(0, 10_500), stream.slice(10_500)];
    const batches = kept(chunks);
    expect(batches.map(({ length }) => length)).toEqual([10, 1, 19]);
    expect(batches.map((batch) => chunks.findIndex(({ buffer }) => buffer === batch.bytes.buffer))).toEqual([0, -1, 1]);
    expect(batches[1].bytes.buffer.byteLength).toBe(1000);
    expect(batches.flatMap((batch) => [...batch]).map(({ payload }) => payload)).toEqual(
      Array.from({ length: 30 }, (_, i) => pattern(1000, i)),
    );
  });

  it("copies a batch that would keep more than eight times its octets alive", () => {
    const chunk = concat(encodeFrame("\x01X", { command: true }), encodeMessage(["small", pattern(90)]), bytes(0, 200));
    const [command, run] = kept([concat(chunk, pattern(150))]);
    expect(command.bytes.buffer.byteLength).toBe(4);
    expect(run.bytes.buffer.byteLength).toBe(chunk.length + 150);
    expect(text(run.payload(0))).toBe("small");
    const [small] = kept([concat(encodeFrame("tiny"), encodeFrame("\x01X", { command: true }), bytes(2), pattern(0))]);
    expect(text(small.payload(0))).toBe("tiny");
    const large = concat(encodeFrame("tiny"), encodeFrame(pattern(2000), { command: true }));
    const batches = kept([large]);
    expect(batches[0].bytes.buffer.byteLength).toBe(6);
    expect(batches[0].length).toBe(1);
    expect(batches[1].bytes.buffer).toBe(large.buffer);
  });

  it("does not reuse the memory of a chunk that others have frames in", () => {
    const chunk = concat(encodeMessage([pattern(50, 1)]), encodeFrame("\x01X", { command: true }), encodeFrame("kept"));
    const [first, , second] = [...decoder().takeOwned(chunk)];
    first.lend().expire();
    const [borrowed] = decoder().push(encodeFrame(pattern(20, 9)));
    const copy = borrowed.copyInto(first);
    expect(copy.bytes.buffer).not.toBe(chunk.buffer);
    expect(text(second.payload(0))).toBe("kept");
  });

  it("locates a fault behind them, and keeps to the limits", () => {
    const taking = new FrameDecoder({ codec, maxFrameSize: 100 });
    const good = encodeFrame(pattern(60, 2));
    const found: number[] = [];
    expect(() => {
      for (const chunk of [good.slice(0, 30), concat(good.subarray(30), good, bytes(0, 101))]) {
        for (const batch of taking.takeOwned(chunk)) found.push(batch.length);
      }
    }).toThrow(expect.objectContaining({ code: "FRAME_TOO_LARGE", offset: 125 }));
    expect(found).toEqual([1, 1]);
    expect(() => taking.takeOwned(good)).toThrow(expect.objectContaining({ offset: 125 }));
  });

  it("mixes with chunks that are not ours", () => {
    const stream = concat(...Array.from({ length: 60 }, (_, i) => encodeFrame(pattern(i * 11, i))));
    const mixed = decoder();
    const found = [];
    let owned = true;
    for (const chunk of cut(stream, [1, 500, 3, 900, 40])) {
      const copy = chunk.slice();
      if (owned) mixed.takeOwned(copy);
      else mixed.push(copy);
      for (const batch of mixed) found.push(...ownFrames(batch));
      if (!owned) copy.fill(0xee);
      owned = !owned;
    }
    expect(found).toEqual(referenceDecode(stream, 1e6).frames);
    expect(mixed.pending).toBe(0);
  });
});

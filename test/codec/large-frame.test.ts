/**
 * Frames that come in many pieces: where they stand in the stream, what they keep, and what a stream that ends inside
 * one says.
 */
import { describe, expect, it } from "vitest";
import { LargeFrame } from "../../src/codec/large-frame.js";
import { SpareMemory } from "../../src/codec/spare-memory.js";
import { encodeFrame, type FrameBatch, FrameDecoder, FrameEncoder } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { bytes, concat, cut, pattern, same } from "../support/pieces.js";

const truncated = (offset: number) => expect.objectContaining({ code: "TRUNCATED", offset });

it("spends at most four times what has arrived, or one KiB", () => {
  const frame = new LargeFrame(0, 9, 64 * 1024 * 1024);
  expect(frame.capacity).toBe(0);
  frame.fill(pattern(10), 0, 10);
  expect(frame.capacity).toBe(1024);
  frame.fill(pattern(100_000), 5000, 6500);
  expect([frame.arrived, frame.missing]).toEqual([9 + 1510, 64 * 1024 * 1024 - 1510]);
  expect(frame.capacity).toBe(4 * 1510);
});

it("borrows memory that is passed on, and gives it back only if nobody asked for the frame to be owned", () => {
  const memory = new SpareMemory();
  const made = (seed: number) => {
    const frame = new LargeFrame(1, 9, 5000, memory);
    for (let at = 0; at < 5000; at += 1000) frame.fill(pattern(5000, seed), at, at + 1000);
    return frame.batch();
  };
  const first = made(1);
  const { buffer } = first.bytes;
  first.expire();
  expect(() => first.length).toThrow("later decode");
  const second = made(2);
  expect(second.bytes.buffer).toBe(buffer);
  const owned = second.toOwned();
  expect(owned.bytes.buffer).toBe(buffer);
  expect(owned.toOwned()).toBe(owned);
  const copy = second.toOwned();
  expect(copy.bytes.buffer).not.toBe(buffer);
  second.expire();
  made(3);
  expect(same(owned.payload(0), pattern(5000, 2))).toBe(true);
  expect(same(copy.payload(0), pattern(5000, 2))).toBe(true);
  expect(() => second.toOwned()).toThrow("later decode");
});

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("large frames, $name", ({ codec }) => {
  it.each(["push", "takeOwned"] as const)("keep flags and octets, whatever the pieces, by %s", (way) => {
    const stream = concat(
      encodeFrame(pattern(100_000, 1), { more: true }),
      encodeFrame(pattern(5000, 2), { command: true }),
      encodeFrame(pattern(300_000, 3), { command: true }),
      encodeFrame(pattern(20_000, 4)),
    );
    for (const size of [700, 1460, 16_384, 65_536]) {
      const decoder = new FrameDecoder({ codec });
      const batches = [];
      for (const chunk of cut(stream, [size])) {
        for (const batch of decoder[way](chunk.slice())) batches.push(batch.toOwned());
      }
      const flags = batches.map((batch) => [batch.more(0), batch.command(0), batch.end(0) - batch.start(0)]);
      expect(flags).toEqual([
        [true, false, 100_000],
        [false, true, 5000],
        [false, true, 300_000],
        [false, false, 20_000],
      ]);
      expect(batches.findIndex((batch, i) => !same(batch.payload(0), pattern(batch.payload(0).length, i + 1)))).toBe(
        -1,
      );
      // Forwarded, each has its header again.
      const encoder = new FrameEncoder({ codec });
      for (const batch of batches) encoder.batch(batch);
      expect(same(encoder.flush(), stream)).toBe(true);
    }
  });

  it("count once: position, pending, and the offset of a fault behind them", () => {
    const large = encodeFrame(pattern(200_000));
    const decoder = new FrameDecoder({ codec });
    const before = encodeFrame("before");
    expect([...decoder.push(concat(before, large.subarray(0, 100_000)))].length).toBe(1);
    expect([decoder.position, decoder.pending]).toEqual([8, 100_000]);
    decoder.push(large.subarray(100_000));
    expect([decoder.position, decoder.pending]).toEqual([8, 200_009]);
    expect(decoder.nextBatch()?.end(0)).toBe(200_000);
    expect([decoder.position, decoder.pending]).toEqual([200_017, 0]);
    expect(() => [...decoder.push(concat(encodeFrame("after"), bytes(0x40)))]).toThrow(
      expect.objectContaining({ code: "RESERVED_FLAGS", offset: 200_024 }),
    );
  });

  it("are borrowed unless owned is asked for, as every batch that push gives", () => {
    const large = encodeFrame(pattern(100_000, 6));
    const decoder = new FrameDecoder({ codec });
    const batches: FrameBatch[] = [];
    const owned: FrameBatch[] = [];
    for (const chunk of cut(concat(large, large), [30_000])) {
      for (const batch of decoder.push(chunk)) {
        batches.push(batch);
        owned.push(batch.toOwned());
        // Not a copy: the buffer that it was put together in.
        expect(owned.at(-1)?.bytes.buffer).toBe(batch.bytes.buffer);
      }
    }
    expect(batches.length).toBe(2);
    for (const batch of batches) expect(() => batch.length).toThrow("later decode");
    for (const batch of owned) expect(same(batch.payload(0), pattern(100_000, 6))).toBe(true);
    expect(owned[0].bytes.buffer).not.toBe(owned[1].bytes.buffer);
  });

  it.each([
    ["nothing at all", [], 0],
    ["half a header", bytes(2, 0, 0), 3],
    ["the header of a large frame", bytes(2, 0, 0, 0, 0, 0, 2, 0, 0x38), 9],
    ["a part of a small frame", bytes(0, 5, 1, 2), 4],
    ["a part of a large one", concat(bytes(2, 0, 0, 0, 0, 0, 2, 0, 0x38), pattern(100)), 109],
  ])("end(): behind a whole frame and %s", (_, rest, pending) => {
    for (const way of ["push", "takeOwned"] as const) {
      const decoder = new FrameDecoder({ codec });
      const stream = concat(encodeFrame(pattern(70_000, 8)), Uint8Array.from(rest));
      for (const chunk of cut(stream, [40_000]))
        for (const batch of decoder[way](chunk.slice())) expect(batch.length).toBe(1);
      expect(decoder.pending).toBe(pending);
      if (pending === 0) decoder.end();
      else expect(() => decoder.end()).toThrow(truncated(70_009 + pending));
      if (pending === 0) expect(() => decoder.push(bytes(0, 0))).toThrow("end()");
      else expect(() => decoder.push(bytes(0, 0))).toThrow(truncated(70_009 + pending));
    }
  });

  it("end() before all has been read leaves the verdict to the reading", () => {
    const decoder = new FrameDecoder({ codec });
    decoder.push(concat(encodeFrame("one"), bytes(0, 9, 1)));
    decoder.end();
    expect(decoder.nextBatch()?.length).toBe(1);
    expect(() => decoder.nextBatch()).toThrow(truncated(8));
    expect(() => decoder.end()).toThrow(truncated(8));
    const whole = new FrameDecoder({ codec });
    whole.push(encodeFrame("one"));
    whole.end();
    expect([...whole].length).toBe(1);
  });
});

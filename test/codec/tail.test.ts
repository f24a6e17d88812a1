/** Octets that wait for more, and the memory that waits with them. */
import { expect, it } from "vitest";
import { SpareMemory } from "../../src/codec/spare-memory.js";
import { Tail } from "../../src/codec/tail.js";
import { pattern } from "../support/pieces.js";

const KiB = 1024;

it("keeps its octets in order, whatever is appended and taken meanwhile", () => {
  const tail = new Tail(new SpareMemory());
  const octets = pattern(100 * KiB);
  let taken = 0;
  for (let at = 0; at < octets.length; at += 1000) {
    tail.append(octets.subarray(at, at + 1000));
    const count = Math.min(700, tail.length);
    expect(tail.peek(count)).toEqual(octets.subarray(taken, taken + count));
    tail.drop(count);
    taken += count;
  }
  expect(tail.peek(octets.length)).toEqual(octets.subarray(taken));
});

it.each([0, 1, 63, 64, 65, 300])(
  "takes %i octets out of the middle of others, and moves them all elsewhere",
  (size) => {
    const tail = new Tail(new SpareMemory());
    const octets = pattern(400);
    tail.append(octets, 7, 8);
    tail.append(octets, 50, 50 + size);
    tail.drop(1);
    const target = new Uint8Array(size + 20).fill(0xee);
    tail.moveTo(target, 10);
    expect(tail.length).toBe(0);
    expect(target.subarray(10, 10 + size)).toEqual(octets.subarray(50, 50 + size));
    expect([...target.subarray(0, 10), ...target.subarray(10 + size)]).toEqual(Array(20).fill(0xee));
  },
);

it("passes its memory on to the next tail, which sees its own octets in it", () => {
  const memory = new SpareMemory();
  const [first, second] = [new Tail(memory), new Tail(memory)];
  first.append(pattern(64 * KiB));
  const { buffer } = first.peek(1);
  first.drop(64 * KiB);
  second.append(pattern(50 * KiB, 3));
  expect(second.peek(1).buffer).toBe(buffer);
  expect(second.peek(64 * KiB)).toEqual(pattern(50 * KiB, 3));
  first.append(pattern(64 * KiB));
  expect(first.peek(1).buffer).not.toBe(buffer);
});

it("passes on what fits now, whatever size was needed before", () => {
  const memory = new SpareMemory();
  const tail = new Tail(memory);
  for (const size of [500 * KiB, 64 * KiB]) {
    tail.append(pattern(size));
    tail.drop(size);
  }
  expect(memory.take(60 * KiB).length).toBe(64 * KiB);
});

it("does not let a few octets hold much memory", () => {
  const memory = new SpareMemory();
  const [large, small] = [new Tail(memory), new Tail(memory)];
  large.append(pattern(64 * KiB));
  large.drop(64 * KiB);
  small.append(pattern(300));
  expect(small.peek(1).buffer.byteLength).toBeLessThanOrEqual(4 * 300);
  large.append(pattern(2048 * KiB));
  large.drop(2048 * KiB);
  // None of the two MiB were kept.
  expect(memory.take(1024 * KiB).length).toBe(1024 * KiB);
});

/** Notes what is asked of it. */
class NotedMemory extends SpareMemory {
  readonly sizes: number[] = [];

  override take(size: number): ReturnType<SpareMemory["take"]> {
    this.sizes.push(size);
    return super.take(size);
  }
}

it("asks for what it needs at first, and for twice as much whenever more comes", () => {
  const memory = new NotedMemory();
  const tail = new Tail(memory);
  for (let at = 0; at < 100; at++) tail.append(pattern(100));
  expect(memory.sizes).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800]);
});

it.each([150, 200])("goes on in its own memory where that has room in front: %i octets more", (size) => {
  const memory = new NotedMemory();
  const tail = new Tail(memory);
  tail.append(pattern(300));
  tail.drop(200);
  tail.append(pattern(size, 2));
  expect(memory.sizes).toEqual([300]);
  expect([...tail.peek(300)]).toEqual([...pattern(300).subarray(200), ...pattern(size, 2)]);
});

it("keeps a few octets of memory for the next time, and no more than a few", () => {
  const memory = new NotedMemory();
  const tail = new Tail(memory);
  for (const size of [256, 256, 257, 257]) {
    tail.append(pattern(size));
    tail.drop(size);
  }
  expect(memory.sizes).toEqual([256, 257, 257]);
});

it.each([
  [256, false],
  [257, true],
  [512 * KiB, true],
  [512 * KiB + 1, false],
])("memory of %i octets is passed on: %s", (size, passed) => {
  const memory = new SpareMemory();
  const octets = new Uint8Array(size);
  memory.give(octets);
  expect(memory.take(size) === octets).toBe(passed);
});

/** Octets that wait: where they are, and that nothing complete is ever held back or lost, whoever comes between. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { engineOf } from "../../src/codec/engine.js";
import { HEADROOM, INPUT_SIZE } from "../../src/codec/layout.js";
import type { UnreadState } from "../../src/codec/unread.js";
import { encodeFrame, type Frame, FrameDecoder } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { concat, ownFrames, pattern, same } from "../support/pieces.js";
import { referenceDecode } from "../support/reference.js";
import { runs } from "../support/runs.js";

/** Frames with different octets in each, of one size. */
const frames = (count: number, size: number, seed = 1) =>
  concat(...Array.from({ length: count }, (_, i) => encodeFrame(pattern(size, seed + i))));

/** Equality without a matcher's cost on megabytes. */
function expectFrames(found: readonly Frame[], wanted: readonly Frame[]): void {
  const shape = ({ payload, more, command }: Frame) => [payload.length, more, command];
  expect(found.map(shape)).toEqual(wanted.map(shape));
  expect(found.findIndex(({ payload }, i) => !same(payload, wanted[i].payload))).toBe(-1);
}

/** What each state promises, and what the decoder says it holds. */
function assertInvariants(decoder: FrameDecoder, taken: number): void {
  const { unread } = decoder;
  const seen = unread.state === "window" || unread.state === "mirror" || unread.state === "chunk";
  expect(unread.to - unread.at > 0).toBe(seen);
  expect(unread.length > 0).toBe(unread.state !== "idle");
  expect(unread.bytes.length >= unread.to).toBe(true);
  expect(decoder.position + decoder.pending).toBe(taken);
}

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("unread octets, $name", ({ codec }) => {
  const engine = engineOf(codec);
  const other = () => void [...new FrameDecoder({ codec }).push(encodeFrame("other"))];
  const take = (decoder: FrameDecoder, found: Frame[]) => {
    const batch = decoder.nextBatch();
    if (batch !== undefined) found.push(...ownFrames(batch));
    return batch !== undefined;
  };

  it("gives all frames of a chunk over 1 MiB that came behind a part of one, though others come between", () => {
    const stream = frames(3000, 1000);
    const wanted = referenceDecode(stream, 1e6).frames;
    for (const between of [() => {}, other]) {
      const decoder = new FrameDecoder({ codec });
      const found: Frame[] = [];
      decoder.push(stream.subarray(0, 10));
      expect(take(decoder, found)).toBe(false);
      expect(decoder.unread.state).toBe("waiting");
      // Whole frames up to the last octet, so that nothing is left to wait for.
      decoder.push(stream.subarray(10));
      expect(decoder.unread.state).toBe("backlog");
      expect(take(decoder, found)).toBe(true);
      between();
      while (take(decoder, found)) between();
      expectFrames(found, wanted);
      expect([decoder.pending, decoder.position]).toEqual([0, stream.length]);
    }
  });

  it("refuses a commit after its own reading has used what was reserved", () => {
    const decoder = new FrameDecoder({ codec });
    decoder.push(frames(3, 400_000));
    decoder.push(frames(1, 20, 9));
    const region = decoder.reserve(20);
    expect(decoder.unread.state).toBe("backlog");
    region.fill(5);
    expect(decoder.nextBatch()?.length).toBe(2);
    expect(() => decoder.commit(20)).toThrow("reserve");
    const found: Frame[] = [];
    while (take(decoder, found));
    expect(found.map(({ payload }) => payload.length)).toEqual([400_000, 20]);
    expect(same(found[1].payload, pattern(20, 9))).toBe(true);
  });

  it("refuses a commit without reserve, twice, after push, after others, and beyond what was reserved", () => {
    const decoder = new FrameDecoder({ codec });
    expect(() => decoder.commit(0)).toThrow("reserve");
    decoder.reserve(100);
    expect(() => decoder.commit(101)).toThrow(RangeError);
    expect(() => decoder.commit(-1)).toThrow(RangeError);
    expect(() => decoder.commit(1.5)).toThrow(RangeError);
    expect(() => decoder.commit("3" as never)).toThrow(TypeError);
    decoder.commit(100);
    expect(() => decoder.commit(1)).toThrow("reserve");
    const fresh = new FrameDecoder({ codec });
    fresh.reserve();
    fresh.push(encodeFrame("a"));
    expect(() => fresh.commit(1)).toThrow("reserve");
    fresh.reserve();
    other();
    expect(() => fresh.commit(1)).toThrow("reserve");
    expectFrames(Array.from(fresh, ownFrames).flat(), referenceDecode(encodeFrame("a"), 9).frames);
  });

  it("commits nothing, and all of 1 MiB, and gives no more than that", () => {
    const stream = frames(1024, 1015);
    expect(stream.length).toBe(INPUT_SIZE);
    const decoder = new FrameDecoder({ codec });
    expect(decoder.reserve(2 ** 30).length).toBe(INPUT_SIZE);
    expect([...decoder.commit(0)]).toEqual([]);
    decoder.reserve().set(stream);
    const found = Array.from(decoder.commit(INPUT_SIZE), ownFrames).flat();
    expectFrames(found, referenceDecode(stream, 2000).frames);
    expect(() => decoder.reserve(-1)).toThrow(RangeError);
    expect(() => decoder.reserve(Number.NaN)).toThrow("size is a whole number of octets");
  });

  it("takes what a socket has read where it lies, behind what waited", () => {
    const stream = concat(frames(40, 900), encodeFrame(pattern(9000, 7)), frames(40, 30, 50));
    const decoder = new FrameDecoder({ codec });
    const found: Frame[] = [];
    for (let at = 0; at < stream.length; at += 5003) {
      const chunk = stream.subarray(at, at + 5003);
      engine.landing.set(chunk);
      decoder.landed(chunk.length);
      while (take(decoder, found));
      engine.landing.fill(0xee);
      assertInvariants(decoder, Math.min(at + 5003, stream.length));
    }
    expectFrames(found, referenceDecode(stream, 1e6).frames);
  });

  it("goes through every state, and says at each how much it holds", () => {
    const decoder = new FrameDecoder({ codec });
    const stream = frames(6, 100);
    const states: UnreadState[] = [];
    const note = (taken: number) => {
      states.push(decoder.unread.state);
      assertInvariants(decoder, taken);
    };
    note(0);
    decoder.push(stream.subarray(0, 50));
    note(50);
    expect(decoder.nextBatch()).toBeUndefined();
    note(50);
    decoder.push(stream.subarray(50, 150));
    note(150);
    expect(decoder.nextBatch()?.length).toBe(1);
    other();
    note(150);
    decoder.takeOwned(stream.slice(150, 204));
    note(204);
    expect(decoder.nextBatch()?.length).toBe(1);
    note(204);
    decoder.takeOwned(stream.slice(204, 510));
    note(510);
    expect(decoder.nextBatch()?.length).toBe(3);
    note(510);
    expect(states).toEqual(["idle", "window", "waiting", "window", "backlog", "backlog", "idle", "chunk", "idle"]);
    // Three commands are three batches: what is left of the mirror after the first is still in the tail.
    for (const name of ["a", "b", "c"]) decoder.push(encodeFrame(name, { command: true }));
    expect(decoder.unread.state).toBe("window");
    other();
    expect(decoder.unread.state).toBe("backlog");
    expect(decoder.nextBatch()?.command(0)).toBe(true);
    note(519);
    expect(decoder.unread.state).toBe("mirror");
    other();
    expect(decoder.unread.state).toBe("backlog");
    expect(Array.from(decoder, (batch) => batch.length)).toEqual([1, 1]);
    note(519);
    expect(decoder.unread.state).toBe("idle");
  });

  it("takes several chunks in before anybody reads, and counts them", () => {
    const stream = concat(frames(50, 700), encodeFrame(pattern(HEADROOM + 500, 3)), frames(200, 333, 100));
    const decoder = new FrameDecoder({ codec });
    for (let at = 0; at < stream.length; at += 3001) {
      decoder.push(stream.slice(at, at + 3001));
      assertInvariants(decoder, Math.min(at + 3001, stream.length));
    }
    expect(decoder.pending).toBe(stream.length);
    const found = Array.from(decoder, ownFrames).flat();
    expectFrames(found, referenceDecode(stream, 1e6).frames);
  });

  it("loses nothing whatever is done in whatever order", () => {
    const size = fc.oneof(fc.nat(20), fc.nat(300), fc.nat(9000), fc.constantFrom(4087, 4096, 70_000, 140_000));
    const sent = fc.array(fc.tuple(size, fc.constantFrom(0, 0, 0, 1, 4)), { minLength: 1, maxLength: 20 });
    const action = fc.oneof(
      fc.tuple(
        fc.constantFrom("push", "owned", "commit", "landed"),
        fc.oneof(fc.nat(20), fc.nat(5000), fc.nat(99_999)),
      ),
      fc.tuple(fc.constantFrom("read", "read", "drain", "other", "reserve"), fc.constant(0)),
    );
    fc.assert(
      fc.property(sent, fc.array(action, { minLength: 1, maxLength: 60 }), (shapes, actions) => {
        const stream = concat(
          ...shapes.map(([length, flags], i) =>
            encodeFrame(pattern(length, i + 1), { more: flags === 1, command: flags === 4 }),
          ),
        );
        const decoder = new FrameDecoder({ codec });
        const found: Frame[] = [];
        let at = 0;
        const next = (count: number) => {
          const chunk = stream.slice(at, at + count);
          at += chunk.length;
          return chunk;
        };
        const acts: Record<string, (count: number) => void> = {
          push(count) {
            const chunk = next(count);
            decoder.push(chunk);
            chunk.fill(0xee);
          },
          owned(count) {
            decoder.takeOwned(next(count));
          },
          commit(count) {
            const chunk = next(count);
            decoder.reserve().set(chunk);
            decoder.commit(chunk.length);
          },
          // A socket's octets are read at once: the next ones come to lie in the same place.
          landed(count) {
            const chunk = next(count);
            engine.landing.set(chunk);
            decoder.landed(chunk.length);
            while (take(decoder, found));
          },
          read: () => void take(decoder, found),
          drain() {
            while (take(decoder, found));
          },
          other,
          reserve: () => void decoder.reserve().fill(0xee),
        };
        for (const [name, count] of actions) {
          acts[name](count);
          assertInvariants(decoder, at);
        }
        acts.push(stream.length);
        acts.drain(0);
        assertInvariants(decoder, stream.length);
        expectFrames(found, referenceDecode(stream, 1e6).frames);
        decoder.end();
      }),
      { numRuns: runs(80) },
    );
  });
});

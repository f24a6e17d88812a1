/** Messages put together from runs and frames, held against a simple reading of the same frames. RFC 37, "Messages". */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CAPACITY, WINDOW_SIZE } from "../../src/codec/layout.js";
import { type MessageLimits, WholeMessages } from "../../src/connection/whole-messages.js";
import { encodeMessage, type FrameBatch, FrameDecoder } from "../../src/index.js";
import { concat, pattern } from "../support/pieces.js";

const WIDE: MessageLimits = { maxMessageSize: WINDOW_SIZE, maxMessageFrames: CAPACITY };
const kept = (run: FrameBatch) => run.toOwned();

/** All frames of these messages, each a list of sizes, as one run. */
function framesOf(messages: readonly (readonly number[])[]): FrameBatch {
  const octets = concat(...messages.map((sizes) => encodeMessage(sizes.map((size, i) => pattern(size, size + i + 1)))));
  const [run] = new FrameDecoder().push(octets);
  return run.toOwned();
}

const sizesOf = (run: FrameBatch) => Array.from(run, ({ payload, more }) => [payload.length, more]);

/** How many of the messages come before the first that is over a limit. */
function good(messages: readonly (readonly number[])[], { maxMessageSize, maxMessageFrames }: MessageLimits): number {
  const bad = messages.findIndex(
    (sizes) => sizes.length > maxMessageFrames || sizes.reduce((sum, size) => sum + size, 0) > maxMessageSize,
  );
  return bad < 0 ? messages.length : bad;
}

describe("messages", () => {
  const sizes = fc.array(fc.nat(12), { minLength: 1, maxLength: 6 });
  const said = fc.array(sizes, { minLength: 1, maxLength: 12 });
  const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 });

  it.each([
    ["no limit near", WIDE],
    ["few frames", { ...WIDE, maxMessageFrames: 3 }],
    ["few octets", { ...WIDE, maxMessageSize: 20 }],
  ])("from runs are those that were said, up to the first that is too large: %s", (_, limits) => {
    fc.assert(
      fc.property(said, cuts, (messages, ends) => {
        const all = framesOf(messages);
        const wholes = new WholeMessages(limits);
        const heard: unknown[] = [];
        for (let at = 0, i = 0; at < all.length && wholes.fault === undefined; i++) {
          const end = Math.min(all.length, at + (ends[i % ends.length] as number));
          const whole = wholes.addRun(all.slice(at, end), kept);
          if (whole !== undefined) heard.push(...sizesOf(whole));
          at = end;
        }
        const count = good(messages, limits);
        expect(heard).toEqual(sizesOf(framesOf([...messages.slice(0, count), [0]])).slice(0, -1));
        expect(wholes.fault?.code).toBe(count < messages.length ? "MESSAGE_TOO_LARGE" : undefined);
        expect(wholes.cost).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ["no limit near", WIDE],
    ["few frames", { ...WIDE, maxMessageFrames: 3 }],
    ["few octets", { ...WIDE, maxMessageSize: 20 }],
  ])("from frames are those that were said, up to the first that is too large: %s", (_, limits) => {
    fc.assert(
      fc.property(said, (messages) => {
        const wholes = new WholeMessages(limits);
        const heard: number[][] = [];
        for (const message of messages) {
          for (const [i, size] of message.entries()) {
            const whole = wholes.addFrame(pattern(size), i < message.length - 1);
            if (wholes.fault !== undefined) break;
            if (whole !== undefined) heard.push(whole.map(({ length }) => length));
          }
          if (wholes.fault !== undefined) break;
        }
        const count = good(messages, limits);
        expect(heard).toEqual(messages.slice(0, count));
        expect(wholes.fault?.code).toBe(count < messages.length ? "MESSAGE_TOO_LARGE" : undefined);
      }),
      { numRuns: 200 },
    );
  });

  it("that are not whole cost what is held of them: octets and rows, or octets and objects", () => {
    const runs = new WholeMessages(WIDE);
    const all = framesOf([[10, 20, 30]]);
    expect(runs.cost).toBe(0);
    runs.addRun(all.slice(0, 1), kept);
    const one = runs.cost;
    expect(one).toBeGreaterThan(10);
    runs.addRun(all.slice(1, 2), kept);
    expect(runs.cost).toBe(one + 10 + one);
    const frames = new WholeMessages(WIDE);
    frames.addFrame(pattern(10), true);
    expect(frames.cost).toBeGreaterThan(one + 50);
    frames.addFrame(pattern(10), false);
    expect(frames.cost).toBe(0);
  });

  it.each([
    [CAPACITY, undefined],
    [CAPACITY + 1, "MESSAGE_TOO_LARGE"],
  ])("are counted together with the run that they end in: %i frames", (frames, code) => {
    const wholes = new WholeMessages(WIDE);
    const sizes = Array<number>(frames).fill(0);
    const octets = encodeMessage(sizes.map(() => ""));
    const parts = [octets.subarray(0, 2 * 1000), octets.subarray(2 * 1000)];
    const heard: FrameBatch[] = [];
    const decoder = new FrameDecoder();
    for (const part of parts) {
      for (const run of decoder.push(part)) {
        const whole = wholes.addRun(run, kept);
        if (whole !== undefined) heard.push(whole);
      }
    }
    expect(wholes.fault?.code).toBe(code);
    expect(heard.map(({ length }) => length)).toEqual(code === undefined ? [frames] : []);
    expect(wholes.cost).toBe(0);
  });

  it.each([
    [WINDOW_SIZE, undefined],
    [WINDOW_SIZE + 1, "MESSAGE_TOO_LARGE"],
  ])("are counted together with the run that they end in: %i octets", (size, code) => {
    const wholes = new WholeMessages(WIDE);
    const half = WINDOW_SIZE / 2;
    const [first] = new FrameDecoder().push(encodeMessage([pattern(half), ""]));
    wholes.addRun(first.slice(0, 1), kept);
    expect(wholes.fault).toBeUndefined();
    const [last] = new FrameDecoder().push(encodeMessage(pattern(size - half)));
    const whole = wholes.addRun(last, kept);
    expect([whole?.length, wholes.fault?.code]).toEqual(code === undefined ? [2, undefined] : [undefined, code]);
  });
});

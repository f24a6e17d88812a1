/** What waits to leave: how it is counted, what is copied, and where it is cut. */
import { describe, expect, it } from "vitest";
import type { Outbox } from "../../src/connection/outbox.js";
import { CHUNK, UNCOPIED, ZmtpOutbox } from "../../src/connection/zmtp-outbox.js";
import { ZwsOutbox } from "../../src/connection/zws-outbox.js";
import { defaultCodec, encodeFrame, encodeMessage, FrameDecoder } from "../../src/index.js";
import { bytes, concat, pattern, same } from "../support/pieces.js";

const zmtp = (counted = false) => new ZmtpOutbox(defaultCodec(), counted);

/** Frames of these messages as one run that came from somewhere. */
function runOf(...messages: (string | string[])[]) {
  const [batch] = new FrameDecoder().push(concat(...messages.map((message) => encodeMessage(message))));
  return batch.toOwned();
}

/** What would leave now, in one piece. */
const left = (outbox: Outbox) => concat(...outbox.handOver());

describe("an outbox", () => {
  it.each<[string, (outbox: ZmtpOutbox) => void, number, Uint8Array]>([
    ["a message of one frame", (out) => out.message("a"), 1, encodeFrame("a")],
    ["a message of three", (out) => out.message(["a", "b", "c"]), 1, encodeMessage(["a", "b", "c"])],
    [
      "a run",
      (out) => out.batch(runOf("a", ["b", "c"], "d")),
      3,
      concat(encodeFrame("a"), encodeMessage(["b", "c"]), encodeFrame("d")),
    ],
    ["what others send, too", (out) => out.shared({ message: "a", octets: encodeFrame("a") }), 1, encodeFrame("a")],
    [
      "what is encoded already",
      (out) => out.octets(concat(encodeFrame("a"), encodeFrame("b")), 2),
      2,
      bytes(0, 1, 97, 0, 1, 98),
    ],
    [
      "what is written in place",
      (out) => {
        const at = out.room(1);
        out.memory[at] = 97;
      },
      1,
      encodeFrame("a"),
    ],
  ])("counts its octets and messages, and holds nothing once they are handed over: %s", (_, put, messages, octets) => {
    const outbox = zmtp(true);
    for (let round = 1; round <= 3; round++) {
      put(outbox);
      put(outbox);
      expect([outbox.messages, outbox.length]).toEqual([2 * messages, 2 * octets.length]);
      expect(left(outbox)).toEqual(concat(octets, octets));
      expect([outbox.messages, outbox.length]).toEqual([0, 0]);
    }
  });

  it("does not look at each frame of a run where nobody asks how many messages wait", () => {
    const outbox = zmtp(false);
    outbox.batch(runOf("a", "b"));
    expect(outbox.messages).toBe(0);
  });

  it("forgets what is thrown away", () => {
    const outbox = zmtp(true);
    outbox.message(pattern(UNCOPIED));
    outbox.message("a");
    outbox.clear();
    expect([outbox.messages, outbox.length, outbox.handOver()]).toEqual([0, 0, []]);
  });

  it.each([
    [UNCOPIED - 1, false],
    [UNCOPIED, true],
  ])("leaves a payload of %i octets where it lies: %s", (length, uncopied) => {
    const payload = pattern(length);
    for (const put of [
      (outbox: ZmtpOutbox) => outbox.message(payload),
      (outbox: ZmtpOutbox) => outbox.octets(payload, 1),
      (outbox: ZmtpOutbox) => outbox.shared({ message: payload, octets: payload }),
    ]) {
      const outbox = zmtp();
      put(outbox);
      expect(outbox.handOver().some(({ buffer }) => buffer === payload.buffer)).toBe(uncopied);
    }
  });

  it("keeps the order of what it copies and what it leaves where it lies", () => {
    const large = pattern(UNCOPIED);
    const outbox = zmtp();
    outbox.message(["before", large, "behind"]);
    outbox.octets(large, 1);
    outbox.message("last");
    const wanted = concat(encodeMessage(["before", large, "behind"]), large, encodeMessage("last"));
    expect(same(left(outbox), wanted)).toBe(true);
  });

  it.each<[string, (outbox: ZmtpOutbox) => unknown]>([
    ["messages", (out) => out.message(pattern(1000))],
    ["runs", (out) => out.batch(runOf("x".repeat(1000)))],
    ["encoded ones", (out) => out.octets(encodeFrame(pattern(1000)), 1)],
    ["written in place", (out) => out.room(1000)],
  ])("sets a buffer aside once it has grown to 128 KiB, and begins another: %s", (_, put) => {
    const outbox = zmtp();
    let total = 0;
    while (total < 3 * CHUNK) {
      put(outbox);
      total += encodeFrame(pattern(1000)).length;
      expect(outbox.length).toBe(total);
    }
    const chunks = outbox.handOver();
    expect(chunks.length).toBeGreaterThan(2);
    for (const { length } of chunks.slice(0, -1)) {
      expect(length).toBeGreaterThanOrEqual(CHUNK);
      expect(length).toBeLessThan(CHUNK + 2000);
    }
  });
});

describe("an outbox of WebSocket messages", () => {
  it("counts messages by their last frames, commands not, and what an object costs beside its octets", () => {
    const outbox = new ZwsOutbox();
    outbox.message("a");
    const { length } = outbox;
    expect(length).toBeGreaterThan(100);
    outbox.message(["b", "c"]);
    outbox.shared({ message: "d", octets: encodeFrame("d") });
    outbox.batch(runOf("e", ["f", "g"]));
    expect([outbox.messages, outbox.length]).toEqual([5, 7 * length]);
    expect(outbox.handOver()).toEqual(
      ["\0a", "\x01b", "\0c", "\0d", "\0e", "\x01f", "\0g"].map((frame) => new TextEncoder().encode(frame)),
    );
    expect([outbox.messages, outbox.length, outbox.handOver()]).toEqual([0, 0, []]);
  });

  it("says that it has no room to write in place, and takes no frames of ZMTP", () => {
    const outbox = new ZwsOutbox();
    const noRoom = "over ws:// send the payload";
    expect(() => outbox.room()).toThrow(noRoom);
    expect(() => outbox.memory).toThrow(noRoom);
    expect(() => outbox.view).toThrow(noRoom);
    expect(() => outbox.octets()).toThrow(TypeError);
  });
});

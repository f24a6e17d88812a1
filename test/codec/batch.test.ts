import { describe, expect, it } from "vitest";
import { encodeFrame, encodeMessage, type FrameBatch, FrameDecoder, FrameEncoder } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { concat, ownFrames, pattern, same, text } from "../support/pieces.js";

const stale = expect.objectContaining({ code: "STALE_BATCH" });

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("FrameBatch, $name", ({ codec }) => {
  const first = (stream: Uint8Array): FrameBatch => {
    const [batch] = new FrameDecoder({ codec }).push(stream);
    if (batch === undefined) throw new Error("no batch");
    return batch;
  };

  it("gives offsets, views and objects of the same frames", () => {
    for (const batch of new FrameDecoder({ codec }).push(encodeMessage(["topic", "", pattern(300)]))) {
      expect(batch.length).toBe(3);
      expect([0, 1, 2].map((i) => batch.end(i) - batch.start(i))).toEqual([5, 0, 300]);
      expect([0, 1, 2].map((i) => batch.more(i))).toEqual([true, true, false]);
      expect(text(batch.payload(0))).toBe("topic");
      expect(same(batch.bytes.subarray(batch.start(2), batch.end(2)), pattern(300))).toBe(true);
      expect([...batch].map(({ payload }) => payload.length)).toEqual([5, 0, 300]);
      expect(batch.payload(2).buffer).toBe(batch.bytes.buffer);
    }
  });

  it("refuses an index that no frame has", () => {
    for (const batch of new FrameDecoder({ codec }).push(encodeFrame("one"))) {
      for (const i of [-1, 1, 8192]) {
        expect(() => batch.start(i)).toThrow(RangeError);
        expect(() => batch.end(i)).toThrow(RangeError);
        expect(() => batch.more(i)).toThrow(RangeError);
        expect(() => batch.command(i)).toThrow(RangeError);
        expect(() => batch.payload(i)).toThrow(RangeError);
      }
    }
  });

  it("throws when it is touched after a later decode, by whichever decoder", () => {
    const decoder = new FrameDecoder({ codec });
    decoder.push(encodeFrame("one"));
    const { value: batch } = decoder.next();
    if (batch === undefined) throw new Error("no batch");
    expect(batch.length).toBe(1);
    new FrameDecoder({ codec }).push(encodeFrame("two"));
    expect(() => batch.length).toThrow(stale);
    expect(() => batch.bytes).toThrow(stale);
    expect(() => batch.start(0)).toThrow(stale);
    expect(() => batch.end(0)).toThrow(stale);
    expect(() => batch.more(0)).toThrow(stale);
    expect(() => batch.command(0)).toThrow(stale);
    expect(() => batch.payload(0)).toThrow(stale);
    expect(() => [...batch]).toThrow(stale);
    expect(() => batch.toOwned()).toThrow(stale);
    expect(() => batch.filter(() => true)).toThrow(stale);
    expect(() => new FrameEncoder({ codec }).batch(batch)).toThrow(stale);
  });

  it("goes stale when its own decoder is asked for more", () => {
    const batch = first(concat(encodeFrame("one"), encodeFrame("\x01X", { command: true })));
    // The destructuring in `first` closed the iteration without asking again.
    expect(text(batch.payload(0))).toBe("one");
    const decoder = new FrameDecoder({ codec });
    const [before] = decoder.push(encodeFrame("two"));
    decoder.push(new Uint8Array(0));
    expect(() => before?.length).toThrow(stale);
  });

  it("is copied by toOwned, and then stays", () => {
    const owned: FrameBatch[] = [];
    const decoder = new FrameDecoder({ codec });
    for (let i = 0; i < 3; i++) {
      for (const batch of decoder.push(encodeMessage([String(i), pattern(700, i)]))) owned.push(batch.toOwned());
    }
    owned.forEach((batch, i) => {
      expect(text(batch.payload(0))).toBe(String(i));
      expect(same(batch.payload(1), pattern(700, i))).toBe(true);
      expect([batch.more(0), batch.more(1)]).toEqual([true, false]);
      expect(batch.toOwned()).toBe(batch);
    });
  });

  it("is copied by toOwned while it is lent, what was chosen out of it as well", () => {
    const lent = first(concat(encodeFrame("one"), encodeFrame("two")))
      .toOwned()
      .lend();
    const chosen = lent.filter((_, i) => i === 1);
    const [kept, keptChosen] = [lent.toOwned(), chosen?.toOwned()];
    lent.expire();
    expect(() => lent.length).toThrow(stale);
    expect(() => chosen?.length).toThrow(stale);
    expect([text(kept.payload(1)), text(keptChosen?.payload(0) ?? new Uint8Array())]).toEqual(["two", "two"]);
  });

  it("filters, borrowed and owned", () => {
    const stream = concat(...Array.from({ length: 50 }, (_, i) => encodeFrame(`${i % 2 ? "odd" : "even"} ${i}`)));
    const odd = (batch: FrameBatch, i: number) => batch.bytes[batch.start(i)] === 111;
    const decoder = new FrameDecoder({ codec });
    for (const batch of decoder.push(stream)) {
      const some = batch.filter(odd);
      expect(some?.length).toBe(25);
      expect(some && ownFrames(some).map(({ payload }) => text(payload))).toEqual(
        Array.from({ length: 25 }, (_, i) => `odd ${2 * i + 1}`),
      );
      expect(batch.filter(() => false)).toBeUndefined();
      const owned = some?.toOwned();
      decoder.push(encodeFrame("next"));
      expect(() => some?.length).toThrow(stale);
      expect(() => batch.length).toThrow(stale);
      expect(text(owned?.payload(24) ?? new Uint8Array())).toBe("odd 49");
      expect(owned?.filter((_, i) => i > 22)?.length).toBe(2);
      break;
    }
  });
});

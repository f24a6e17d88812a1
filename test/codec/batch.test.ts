import { describe, expect, it } from "vitest";
import type { FrameBatch } from "../../src/codec/batch.js";
import { engineOf } from "../../src/codec/engine.js";
import { encodeBatch } from "../../src/codec/forward.js";
import { joinBatches } from "../../src/codec/join.js";
import { encodeFrame, encodeMessage, FrameDecoder, FrameEncoder } from "../../src/index.js";
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

  it("slices: rows of the same octets, borrowed as long as the batch is, and one run still", () => {
    const stream = concat(
      ...Array.from({ length: 10 }, (_, i) => encodeFrame(pattern(i * 40, i), { more: i % 3 > 0 })),
    );
    const batch = first(stream);
    const some = batch.slice(3, 7);
    expect([some.length, some.bytes.buffer]).toEqual([4, batch.bytes.buffer]);
    expect(ownFrames(some)).toEqual(ownFrames(batch).slice(3, 7));
    expect(batch.slice(0, 10)).toBe(batch);
    expect(batch.slice(0)).toBe(batch);
    const parts = [batch.slice(0, 3), some.slice(0, 1), some.slice(1), batch.slice(7)];
    expect(parts.map(({ run }) => run?.length).reduce((sum = 0, length = 0) => sum + length, 0)).toBe(stream.length);
    const encoder = new FrameEncoder({ codec });
    for (const part of parts) encoder.batch(part);
    expect(same(encoder.flush(), stream)).toBe(true);
    const owned = some.toOwned();
    [...new FrameDecoder({ codec }).push(encodeFrame("next"))];
    for (const part of parts) expect(() => part.length).toThrow(stale);
    expect(() => batch.slice(0, 1)).toThrow(stale);
    expect(owned.toOwned()).toBe(owned);
    expect(ownFrames(owned.slice(1, 3)).map(({ payload }) => payload)).toEqual([pattern(160, 4), pattern(200, 5)]);
    expect(owned.slice(2).toOwned()).toBeInstanceOf(owned.constructor);
  });

  it("slices what was filtered, and refuses what is no part of it", () => {
    const batch = first(concat(...["a", "b", "c", "d"].map((name) => encodeFrame(name)))).toOwned();
    const odd = batch.filter((_, i) => i % 2 === 1);
    expect(odd && ownFrames(odd.slice(1)).map(({ payload }) => text(payload))).toEqual(["d"]);
    expect(odd?.slice(1).run).toBeUndefined();
    for (const [from, to] of [
      [-1, 2],
      [0, 5],
      [2, 2],
      [3, 1],
      [0.5, 2],
      [0, Number.NaN],
      [4, 4],
    ]) {
      expect(() => batch.slice(from, to)).toThrow(RangeError);
    }
    expect(() => batch.slice("0" as never)).toThrow(RangeError);
  });

  it("joins runs, slices and what lay apart to one owned run, in order", () => {
    const messages = Array.from({ length: 12 }, (_, i) => [`topic ${i}`, pattern(i * 60, i + 1)]);
    const stream = concat(...messages.map((message) => encodeMessage(message)));
    const batch = first(stream);
    const parts = [batch.slice(0, 5), batch.slice(5, 6), batch.slice(6).toOwned()];
    const joined = joinBatches(parts);
    expect(ownFrames(joined)).toEqual(ownFrames(batch));
    expect(joined.run && same(joined.run, stream)).toBe(true);
    expect(joined.toOwned()).toBe(joined);
    const even = (_: FrameBatch, i: number) => i % 2 === 0;
    const apart = joinBatches([batch.filter(even) as FrameBatch, batch.slice(3, 5), batch.filter(even) as FrameBatch]);
    const wanted = [
      ...ownFrames(batch).filter((_, i) => i % 2 === 0),
      ...ownFrames(batch).slice(3, 5),
      ...ownFrames(batch).filter((_, i) => i % 2 === 0),
    ];
    [...new FrameDecoder({ codec }).push(encodeFrame("next"))];
    expect(ownFrames(apart)).toEqual(wanted);
    // A run: forwarded, it is what it says.
    const again = first(new FrameEncoder({ codec }).batch(apart).flush());
    expect(ownFrames(again)).toEqual(wanted);
    expect(apart.run?.length).toBe(apart.bytes.length);
    expect(ownFrames(joined).length).toBe(24);
  });

  it("joins nothing, commands, or what is stale, in no way", () => {
    const command = first(encodeFrame("\x01X", { command: true })).toOwned();
    const message = first(encodeFrame("a")).toOwned();
    expect(() => joinBatches([])).toThrow(TypeError);
    expect(() => joinBatches([message, command])).toThrow("a command is alone");
    expect(joinBatches([command])).toBe(command);
    const borrowed = first(encodeFrame("b"));
    [...new FrameDecoder({ codec }).push(encodeFrame("next"))];
    expect(() => joinBatches([message, borrowed])).toThrow(stale);
    expect(() => joinBatches([borrowed])).toThrow(stale);
  });

  it("is framed anew where its frames lie apart, more than the codec's output holds and larger ones too", () => {
    const sizes = [3, 100_000, 9, 100_000, 300, 100_000, 70, 300_000, 0, 255, 256, 8];
    const stream = encodeMessage(sizes.flatMap((size, i) => [pattern(size, i), "left out"]));
    const kept = sizes.map((size, i) => encodeFrame(pattern(size, i), { more: true }));
    const inWindow = first(stream).filter((_, i) => i % 2 === 0) as FrameBatch;
    expect(same(encodeBatch(inWindow, engineOf(codec)), concat(...kept))).toBe(true);
    const owned = first(stream)
      .toOwned()
      .filter((_, i) => i % 2 === 0) as FrameBatch;
    expect(same(encodeBatch(owned, engineOf(codec)), concat(...kept))).toBe(true);
    expect(same(encodeBatch(first(stream), engineOf(codec)), stream)).toBe(true);
  });

  it("copies into the memory of a stale batch that was alone in it, and into no other", () => {
    const run = (seed: number) => first(encodeFrame(pattern(500, seed)));
    const spare = run(1).toOwned().lend();
    const { buffer } = spare.bytes;
    spare.expire();
    const copy = run(2).copyInto(spare);
    expect(copy.bytes.buffer).toBe(buffer);
    expect(copy.payload(0)).toEqual(pattern(500, 2));
    const shared = first(concat(encodeFrame(pattern(500, 3)), encodeFrame(pattern(500, 4)))).toOwned();
    const rest = shared.slice(1);
    const head = shared.slice(0, 1).lend();
    head.expire();
    shared.lend().expire();
    for (const gone of [head, shared]) {
      expect(run(5).copyInto(gone).bytes.buffer).not.toBe(rest.bytes.buffer);
      expect(rest.payload(0)).toEqual(pattern(500, 4));
    }
    expect(copy.copyInto(undefined)).toBe(copy);
    expect(first(encodeFrame(pattern(900, 6))).copyInto(spare).bytes.length).toBe(909);
  });

  it("lies in the memory of the codec that was asked for", () => {
    const { window } = engineOf(codec);
    const batch = first(encodeFrame("here"));
    expect(batch.bytes.buffer).toBe(window.buffer);
    const some = batch.filter(() => true);
    const other = codecs.find(({ name }) => name !== codec.name);
    const { output } = engineOf(codec);
    output.fill(0);
    // Only the engine in whose window they lie gathers them; another encodes them one by one.
    expect(new FrameEncoder({ codec: other }).batch(some as FrameBatch).flush()).toEqual(encodeFrame("here"));
    expect(output[1]).toBe(0);
    expect(new FrameEncoder({ codec }).batch(some as FrameBatch).flush()).toEqual(encodeFrame("here"));
    expect(output[1]).toBe(4);
    expect(() => new FrameDecoder({ codec: { name: "wasm" } })).toThrow(TypeError);
  });
});

/** Whose the octets are that wait, and whose a frame's that came in pieces: more of what mutants asked for. */
import { describe, expect, it } from "vitest";
import { engineOf } from "../../src/codec/engine.js";
import { codecWasm } from "../../src/codec/module.js";
import { Unread } from "../../src/codec/unread.js";
import { encodeFrame, FrameDecoder, wasmCodec } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { pattern, same } from "../support/pieces.js";

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("octets that wait, $name", ({ codec }) => {
  it("are not looked at before there are enough of them", () => {
    const unread = new Unread(engineOf(codec));
    unread.add(pattern(3), 0, undefined);
    unread.wait(100);
    for (let i = 0; i < 96; i++) {
      unread.add(pattern(1), 0, undefined);
      expect(unread.state).toBe("waiting");
    }
    unread.add(pattern(1), 0, undefined);
    expect(unread.state).toBe("window");
  });

  it("are owned in part while any of them lie in an owned chunk", () => {
    const unread = new Unread(engineOf(codec));
    unread.add(pattern(3), 0, undefined);
    unread.wait(4);
    expect(unread.owned).toBe(false);
    unread.addOwned(pattern(50, 2).slice(), 0);
    expect([unread.state, unread.owned]).toEqual(["backlog", true]);
  });
});

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("a frame in pieces, $name", ({ codec }) => {
  const large = encodeFrame(pattern(200_000));
  const pieces = () => [large.slice(0, 100_000), large.slice(100_000)];

  it("that is complete and not read yet does not make a stream end inside one", () => {
    const decoder = new FrameDecoder({ codec });
    const [first, second] = pieces();
    for (const batch of decoder.push(first)) expect(batch).toBeUndefined();
    decoder.push(second);
    decoder.end();
    expect(decoder.nextBatch()?.end(0)).toBe(200_000);
    expect(decoder.nextBatch()).toBeUndefined();
  });

  it("leaves its memory to the next copy, once it is over", () => {
    const decoder = new FrameDecoder({ codec });
    const [batch] = pieces().flatMap((piece) => [...decoder.takeOwned(piece)]);
    const { buffer } = batch.bytes;
    const [next] = new FrameDecoder({ codec }).push(encodeFrame(pattern(1000, 2)));
    const copy = next.copyInto(batch);
    expect(copy.bytes.buffer).toBe(buffer);
    expect(same(copy.payload(0), pattern(1000, 2))).toBe(true);
  });
});

describe("wasmCodec", () => {
  it("takes a module that was compiled beforehand, and nothing else", () => {
    const [batch] = new FrameDecoder({ codec: wasmCodec(new WebAssembly.Module(codecWasm())) }).push(encodeFrame("a"));
    expect(batch.length).toBe(1);
    for (const other of [{}, codecWasm()])
      expect(() => wasmCodec(other as never)).toThrow("takes a WebAssembly.Module");
  });
});

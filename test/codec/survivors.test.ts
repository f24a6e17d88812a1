/** Tests that mutants asked for: each was a change of the codec that no other test noticed. */
import { describe, expect, it } from "vitest";
import { admit } from "../../src/codec/frame.js";
import { ownOctets } from "../../src/codec/payload.js";
import { FrameDecoder, FrameEncoder } from "../../src/index.js";
import { writeFrame } from "../oracle/framing.js";
import { codecs } from "../support/codecs.js";

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("the $name codec", ({ codec }) => {
  it("is the one whose memory a decoder uses", () => {
    const [batch] = new FrameDecoder({ codec }).push(writeFrame(Uint8Array.of(1, 2, 3)));
    const { window } = codec as unknown as { window: Uint8Array };
    expect(batch.bytes.buffer).toBe(window.buffer);
  });

  it("forwards a batch as it came, headers that are longer than need be included", () => {
    const stream = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 1, 7, 0, 1, 8);
    const [batch] = new FrameDecoder({ codec }).push(stream);
    expect([...new FrameEncoder({ codec }).batch(batch).flush()]).toEqual([...stream]);
  });

  it("is the one that gathers for an encoder", () => {
    const engine = codec as unknown as { gather(first: number, count: number): number };
    const { gather } = engine;
    let gathered = 0;
    Object.assign(engine, {
      gather(first: number, count: number) {
        gathered += count - first;
        return gather(first, count);
      },
    });
    try {
      const frames = [1, 2, 3].map((octet) => writeFrame(Uint8Array.of(octet)));
      const stream = Uint8Array.from(frames.flatMap((frame) => [...frame]));
      for (const batch of new FrameDecoder({ codec }).push(stream)) {
        const some = batch.filter((_, i) => i !== 1);
        expect([...new FrameEncoder({ codec }).batch(some as NonNullable<typeof some>).flush()]).toEqual([
          0, 1, 1, 0, 1, 3,
        ]);
      }
      expect(gathered).toBe(2);
    } finally {
      Object.assign(engine, { gather });
    }
  });
});

describe("an owned payload", () => {
  it("is a copy of the octets, or a string's UTF-8", () => {
    const octets = Uint8Array.of(1, 2, 3);
    const own = ownOctets(octets);
    octets.fill(9);
    expect([...own]).toEqual([1, 2, 3]);
    expect([...ownOctets("é")]).toEqual([0xc3, 0xa9]);
  });
});

describe("a frame that came whole", () => {
  const limits = { maxFrameSize: 10, commandsOnly: false };

  it.each([true, false])("may be as long as the limit, and no longer; command: %s", (command) => {
    expect(admit(10, command, limits)).toBeUndefined();
    expect(() => admit(11, command, limits)).toThrow(expect.objectContaining({ code: "FRAME_TOO_LARGE" }));
  });

  it("is refused as a message before the handshake is over, and as a command is not", () => {
    const early = { ...limits, commandsOnly: true };
    expect(admit(1, true, early)).toBeUndefined();
    expect(() => admit(1, false, early)).toThrow(expect.objectContaining({ code: "UNEXPECTED_MESSAGE" }));
  });
});

it("a run is not copied into a table that is too small for it", () => {
  const decoder = new FrameDecoder();
  const frames = (count: number) => Array.from({ length: count }, (_, i) => writeFrame(Uint8Array.of(i, i)));
  const runOf = (count: number) => decoder.push(Uint8Array.from(frames(count).flatMap((frame) => [...frame])));
  const [few] = runOf(6);
  const stale = few.copyInto(undefined);
  const [many] = runOf(10);
  const copy = many.copyInto(stale);
  expect(Array.from(copy, ({ payload }) => [...payload])).toEqual(Array.from({ length: 10 }, (_, i) => [i, i]));
});

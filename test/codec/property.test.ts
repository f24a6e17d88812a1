import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FrameDecoder, FrameEncoder } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { concat, cut, type Decoded, decodeAll, pattern } from "../support/pieces.js";
import { referenceDecode } from "../support/reference.js";
import { runs } from "../support/runs.js";

/** Payload sizes where something changes: empty, equal runs, either side of the short header. */
const size = fc.oneof(
  fc.integer({ min: 0, max: 20 }),
  fc.constantFrom(64, 254, 255, 256, 257),
  fc.integer({ min: 0, max: 3000 }),
);

const frame = fc
  .record({ size, flags: fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 6), repeat: fc.constantFrom(1, 1, 1, 2, 5, 9) })
  .map(({ size, flags, repeat }) => {
    const header = new Uint8Array(9);
    header[0] = flags | 2;
    new DataView(header.buffer).setBigUint64(1, BigInt(size));
    // The headers of a run are equal; the payloads never are.
    const frames = Array.from({ length: repeat }, (_, i) => {
      const payload = pattern(size, size + 7 * flags + i + 1);
      if (flags & 2) return concat(header, payload);
      return encodeFrame(payload, { more: (flags & 1) === 1, command: (flags & 4) === 4 });
    });
    return concat(...frames);
  });

const garbage = fc.uint8Array({ maxLength: 40 });
const stream = fc
  .tuple(
    fc.array(frame, { maxLength: 12 }),
    fc.oneof({ weight: 3, arbitrary: fc.constant(new Uint8Array(0)) }, garbage),
  )
  .map(([frames, end]) => concat(...frames, end));
const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4000 })), {
  minLength: 1,
  maxLength: 8,
});

const limit = 2500;
const summary = ({ frames, error }: Decoded) => ({
  error,
  frames: frames.map(({ payload, more, command }) => [payload.join(), more, command]),
});

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("any stream, cut anywhere, $name", ({ codec }) => {
  it("decodes as the RFC reads, faults and their offsets included", () => {
    fc.assert(
      fc.property(stream, sizes, (octets, cuts) => {
        const decoder = new FrameDecoder({ codec, maxFrameSize: limit });
        expect(summary(decodeAll(decoder, cut(octets, cuts)))).toEqual(summary(referenceDecode(octets, limit)));
      }),
      { numRuns: runs(400) },
    );
  });

  it("survives one flipped octet with the same verdict", () => {
    fc.assert(
      fc.property(stream, sizes, fc.nat(), fc.integer({ min: 1, max: 255 }), (octets, cuts, where, mask) => {
        if (octets.length > 0) octets[where % octets.length] ^= mask;
        const decoder = new FrameDecoder({ codec, maxFrameSize: limit });
        expect(summary(decodeAll(decoder, cut(octets, cuts)))).toEqual(summary(referenceDecode(octets, limit)));
      }),
      { numRuns: runs(300) },
    );
  });

  it("encodes what decodes to the same, batches forwarded or gathered", () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), sizes, fc.nat(7), (frames, cuts, every) => {
        const octets = concat(...frames);
        const encoder = new FrameEncoder({ codec });
        const decoder = new FrameDecoder({ codec });
        for (const chunk of cut(octets, cuts)) {
          for (const batch of decoder.push(chunk)) {
            const some = every === 0 ? batch : batch.filter((_, i) => i % 8 < every || batch.length < 3);
            if (some) encoder.batch(some);
          }
        }
        const { frames: found, error } = referenceDecode(encoder.flush(), 1e6);
        expect(error).toBeUndefined();
        if (every === 0) expect(summary({ frames: found, error })).toEqual(summary(referenceDecode(octets, 1e6)));
      }),
      { numRuns: runs(200) },
    );
  });
});

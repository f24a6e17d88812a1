/** How much a test goes through: samples where there is no time, everything in `npm run test:exhaustive`. */

/** Whether to go through everything. */
export const exhaustive = process.env.EXHAUSTIVE !== undefined;

/** Octets to try in place of another: each bit flipped and a spread of the rest, or all 255. As masks to XOR with. */
export const MASKS: readonly number[] = exhaustive
  ? Array.from({ length: 255 }, (_, i) => i + 1)
  : [1, 2, 4, 8, 16, 32, 64, 128, 255, 0x05, 0x0f, 0x11, 0x24, 0x33, 0x5a, 0x81, 0xc3, 0xfe];

/** Messages of a flood each way. */
export const FLOOD = exhaustive ? 100_000 : 20_000;

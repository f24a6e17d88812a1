/** Cases without end: case `index` of a seed is always the same, whatever ran before it. */
import { type Case, makeCase } from "./case.js";
import { check } from "./check.js";
import { EDGES } from "./internals.js";
import { Random } from "./random.js";
import { alignTwins, checkTwins } from "./twins.js";

/** Cases come in blocks; the last block of four compares the twins. */
const BLOCK = 64;

const isTwins = (index: number) => (Math.floor(index / BLOCK) & 3) === 3;
const chance = (seed: number, index: number) => new Random(Math.imul(seed, 0x9e3779b1) ^ index);

export interface Find {
  readonly index: number;
  readonly error: Error;
  /** Undefined if it was found in a comparison of the twins, which says itself what it compared. */
  readonly found: Case | undefined;
}

/** Runs one case; what was found, if anything. */
export function runCase(seed: number, index: number, alone = false): Find | undefined {
  const random = chance(seed, index);
  let found: Case | undefined;
  try {
    if (!isTwins(index)) {
      found = makeCase(random, EDGES);
      check(found);
    } else {
      if (alone || index % BLOCK === 0) alignTwins();
      checkTwins(random);
    }
    return undefined;
  } catch (error) {
    return { index, error: error as Error, found };
  }
}

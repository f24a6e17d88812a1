/** A short campaign with a fixed seed, and every case that was ever found to fail. The long ones: `npm run fuzz`. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runCase } from "./campaign.js";
import { check } from "./check.js";
import { keptCases } from "./corpus.js";
import { nextOf } from "./jobs.js";

const CASES = Number(process.env.FUZZ_CASES ?? 4000);

describe("cases that failed once", () => {
  const kept = keptCases(fileURLToPath(new URL("../corpus", import.meta.url)));

  it("are kept", () => expect(kept.length).toBeGreaterThan(0));

  it.each(kept)("$name: $found", ({ kept }) => check(kept));
});

describe("the campaign", () => {
  it(`finds no difference between wasm, js and the oracle in ${CASES} cases`, { timeout: 300_000 }, () => {
    for (let index = 0; index < CASES; index++) {
      const find = runCase(1, index);
      if (find !== undefined) throw new Error(`case ${index} of seed 1: ${find.error.message}`, { cause: find.error });
    }
  });
});

describe("a campaign in several processes", () => {
  it.each([1, 2, 3, 7])("takes each case once in %i", (jobs) => {
    const cases = 5000;
    const taken = new Uint8Array(cases);
    for (let part = 0; part < jobs; part++) {
      let mine = 0;
      for (let index = nextOf(0, part, jobs); index < cases; index = nextOf(index + 1, part, jobs)) {
        taken[index]++;
        mine++;
      }
      // Whole shares: the twins are aligned at the first case of a block.
      expect(Math.abs(mine - cases / jobs)).toBeLessThanOrEqual(256);
    }
    expect(taken.every((times) => times === 1)).toBe(true);
  });
});

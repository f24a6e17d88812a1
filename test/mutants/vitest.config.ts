/** The tests that a layer's mutants are held against once they have survived the campaign. */
import { defineConfig } from "vitest/config";

const TESTS: Readonly<Record<string, string[]>> = {
  codec: ["test/codec/**/*.test.ts"],
  session: ["test/session/**/*.test.ts", "test/faults/faults.test.ts"],
  connection: ["test/connection/**/*.test.ts"],
};

export default defineConfig({
  test: { include: TESTS[process.env.LAYER ?? "codec"], testTimeout: 120_000, bail: 1 },
});

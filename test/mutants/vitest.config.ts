/** The tests that a layer's mutants are held against once they have survived the campaign. */
import { defineConfig } from "vitest/config";

const CORE = ["test/codec/**/*.test.ts", "test/session/**/*.test.ts", "test/faults/faults.test.ts"];

export default defineConfig({
  test: {
    include: process.env.LAYER === "connection" ? ["test/connection/**/*.test.ts"] : CORE,
    testTimeout: 120_000,
    bail: 1,
  },
});

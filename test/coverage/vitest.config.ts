/** `npm run coverage`: which branches of the library do its tests pass by? What runs in other processes (the program, workers) does not count. */
import { defineConfig } from "vitest/config";

const layer = process.env.LAYER;
const LAYERS = ["codec", "session", "connection", "mechanism", "socket"];
const chosen = layer === undefined ? LAYERS : [layer];

export default defineConfig({
  test: {
    include: [...chosen, "faults", "captures", "fuzz"].map((name) => `test/${name}/**/*.test.ts`),
    testTimeout: 300_000,
    isolate: false,
    coverage: {
      enabled: true,
      provider: "v8",
      include: chosen.map((name) => `src/${name}/**/*.ts`),
      exclude: ["src/codec/module.ts"],
      reporter: ["text", "json-summary", "json"],
      reportOnFailure: true,
      reportsDirectory: `build/coverage/${layer ?? "all"}`,
    },
  },
});

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { launchOptions } from "./test/support/browser.js";

// A fresh clone has no WebAssembly and no dist/ yet; `npm test` builds both, Vitest by itself does so here.
if (!existsSync("dist/index.js")) execFileSync(process.execPath, ["build.mjs"], { stdio: "inherit" });

const chromium = launchOptions.executablePath;
/** CI has to have a browser; elsewhere its absence is said aloud. */
const browserWanted = process.env.CI !== undefined || process.argv.includes("browser");
const browserFound = existsSync(chromium);

if (!browserFound && !browserWanted) {
  console.warn(`\nSKIPPED: the browser tests. No Chromium at ${chromium}; install it or set CHROMIUM to its path.\n`);
}

/** What needs no engine's built-ins: the same files run in Node and in a page. */
const universal = ["test/codec/**/*.test.ts", "test/session/**/*.test.ts"];

/** One file more than there are cores: most tests wait for a peer, a process or a clock for half of their time. */
const maxWorkers = availableParallelism() + 1;

/** Every borrowed view is overwritten once it is stale. */
const poison = process.env.POISON === undefined ? [] : ["test/fuzz/poison.ts"];

/** What hangs fails. The machine may be starved: nothing that goes on is to be cut off by this. */
const patience = { testTimeout: 120_000, hookTimeout: 240_000 };

export default defineConfig({
  test: {
    maxWorkers,
    projects: [
      { test: { name: "node", include: ["test/**/*.test.ts"], ...patience, setupFiles: poison } },
      ...(browserFound || browserWanted
        ? [
            {
              // A page may share memory with its workers only where it is cut off from others.
              server: {
                headers: {
                  "Cross-Origin-Opener-Policy": "same-origin",
                  "Cross-Origin-Embedder-Policy": "require-corp",
                },
              },
              test: {
                name: "browser",
                include: universal,
                ...patience,
                browser: {
                  enabled: true,
                  headless: true,
                  screenshotFailures: false,
                  instances: [{ browser: "chromium" as const }],
                  provider: playwright({ launchOptions }),
                },
              },
            },
          ]
        : []),
    ],
  },
});

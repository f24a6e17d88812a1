/**
 * `npm run coverage`: which branches of the library do its tests pass by? `LAYER=codec` looks at one layer alone, by its
 * own tests and those of faults, captures and the campaign; without it all layers are looked at, by the tests of all of
 * them and of other implementations. What runs in other processes (programs, pages, the other thread) does not count.
 * The API of the `zeromq` package and the sockets behind it are one layer to this: the tests of sockets use that API.
 */
import { defineConfig } from "vitest/config";

const layer = process.env.LAYER;
const LAYERS = ["codec", "session", "mechanism", "connection", "socket"];
const chosen = layer === undefined ? LAYERS : [layer];
const beside = layer === undefined ? ["interop"] : [];
/** The folders of a layer that is more than the one of its name. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = { socket: ["socket", "zeromq"] };
const folders = chosen.flatMap((name) => FOLDERS[name] ?? [name]);

/** Percent of branches, of those files where so many are reached: of connections those that name no engine. */
const LEAST: Readonly<Record<string, number>> = {
  "codec/**": 97,
  "session/**": 97,
  "mechanism/**": 97,
  "connection/*.ts": 97,
  "connection/thread/*.ts": 97,
  "socket/**": 97,
};

const thresholds = Object.fromEntries(
  Object.entries(LEAST)
    .filter(([files]) => folders.includes(files.slice(0, files.indexOf("/"))))
    .map(([files, branches]) => [`src/${files}`, { branches }]),
);

export default defineConfig({
  test: {
    include: [...folders, ...beside, "faults", "captures", "fuzz"].map((name) => `test/${name}/**/*.test.ts`),
    testTimeout: 300_000,
    isolate: false,
    coverage: {
      enabled: true,
      provider: "v8",
      include: folders.map((name) => `src/${name}/**/*.ts`),
      exclude: ["src/codec/module.ts"],
      reporter: ["text", "json-summary", "json"],
      reportOnFailure: true,
      reportsDirectory: `build/coverage/${layer ?? "all"}`,
      thresholds,
    },
  },
});

/** Builds the campaign out of `test/fuzz/`, `test/oracle/` and `src/`, and runs it as a plain program: tests of tests cost too much. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { build } from "rolldown";

if (!existsSync("src/codec/module.ts")) execFileSync(process.execPath, ["build.mjs", "wasm"], { stdio: "inherit" });
await build({
  input: "test/fuzz/main.ts",
  platform: "node",
  output: { file: "build/fuzz.js", format: "esm" },
  logLevel: "warn",
});
await import(pathToFileURL("build/fuzz.js").href);

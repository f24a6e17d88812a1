/** Builds and runs `test/faults/main.ts`: what libzmq does with each fault, and the page that tells it. */
import { pathToFileURL } from "node:url";
import { build } from "rolldown";

await build({
  input: "test/faults/main.ts",
  platform: "node",
  external: ["zeromq"],
  output: { file: "build/faults.js", format: "esm" },
  logLevel: "warn",
});
await import(pathToFileURL("build/faults.js").href);

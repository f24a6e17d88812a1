#!/usr/bin/env node
/** The program `monocoque`: what the package's "bin" names. All it does is in src/cli/. */
import { main } from "./cli/main.js";

// Not awaited: what commands load imports from this file, and would wait for it to have been run.
void main(process.argv.slice(2), new URL("../package.json", import.meta.url)).then((code) => {
  process.exitCode = code;
});

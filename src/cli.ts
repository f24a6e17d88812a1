#!/usr/bin/env node
// The program `monocoque`: what the package's "bin" names. All it does is in src/cli/.
import { main } from "./cli/main.js";

process.exitCode = await main(process.argv.slice(2), new URL("../package.json", import.meta.url));

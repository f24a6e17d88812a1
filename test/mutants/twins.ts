/** In a thread of its own: whether another build of the module behaves as its twin in TypeScript. A mutant may never return. */
import { parentPort } from "node:worker_threads";
import { enginesOf } from "../fuzz/internals.js";
import { Random } from "../fuzz/random.js";
import { alignTwins, checkTwins, compareTwins } from "../fuzz/twins.js";

const CASES = 12_000;
const BLOCK = 512;

Error.stackTraceLimit = 0;

function survives(octets: Uint8Array<ArrayBuffer>): boolean {
  try {
    compareTwins(enginesOf(new WebAssembly.Module(octets)));
    for (let index = 0; index < CASES; index++) {
      if (index % BLOCK === 0) alignTwins();
      checkTwins(new Random(index));
    }
    return true;
  } catch {
    return false;
  }
}

parentPort?.on("message", (octets: Uint8Array<ArrayBuffer>) => parentPort?.postMessage(survives(octets)));

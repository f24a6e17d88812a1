/** In a thread of its own: whether another build of the module behaves as its twin in TypeScript. A mutant may never return. */
import { parentPort } from "node:worker_threads";
import { enginesOf, STATUS, scanOctets, TABLE, WINDOW } from "../fuzz/internals.js";
import { Random } from "../fuzz/random.js";
import { hardRuns } from "../fuzz/runs.js";
import { frameStream } from "../fuzz/streams.js";
import { alignTwins, checkTwins, compareScan, compareTwins } from "../fuzz/twins.js";

const CASES = 12_000;
const BLOCK = 512;
const LIMIT = 1000;
const runs = [...hardRuns()];

Error.stackTraceLimit = 0;

type ScanInto = (table: number, full: number, less: number, from: number, to: number, limit: number) => number;

/** Where octets lie that a table of their own is for, and how far behind the window's first that is. */
const APART = 4096;
/** Rows of that table. */
const ROWS = 500;

/** The scan that leaves its rows where its caller says, as memory that threads share has it. */
function checkInto(module: WebAssembly.Module): void {
  const { exports } = new WebAssembly.Instance(module, { env: { abort() {} } });
  const { buffer } = exports.memory as WebAssembly.Memory;
  const scanInto = exports.scanInto as ScanInto;
  const table = new Int32Array(buffer, TABLE + 8, 2 * ROWS + 2);
  const status = new Int32Array(buffer, STATUS, 1);
  const theirs = new Int32Array(2 * ROWS);
  const stopped = new Int32Array(1);
  const full = table.byteOffset + theirs.byteLength;
  const streams = Array.from({ length: 3000 }, (_, seed) => frameStream(new Random(seed), LIMIT));
  for (const octets of [...streams, ...runs.map((run) => run.octets)]) {
    const bytes = new Uint8Array(buffer, WINDOW + APART, octets.length);
    bytes.set(octets);
    table.fill(-7);
    const count = scanInto(table.byteOffset, full, APART, APART, APART + octets.length, LIMIT);
    const wanted = scanOctets(octets, 0, octets.length, LIMIT, theirs, stopped);
    const rows = theirs.subarray(0, 2 * wanted);
    const alike = rows.every((word, i) => word === table[i]) && table[2 * ROWS] === -7;
    if (count !== wanted || status[0] - APART !== stopped[0] || !alike) throw new Error("another scan");
  }
}

function survives(octets: Uint8Array<ArrayBuffer>): boolean {
  try {
    const module = new WebAssembly.Module(octets);
    compareTwins(enginesOf(module));
    for (const { octets } of runs) compareScan(octets, 0, octets.length, LIMIT);
    checkInto(module);
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

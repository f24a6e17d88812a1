/** The twins side by side: the same memory before, the same rows, status and output after. */
import { ascii } from "../oracle/command.js";
import { Difference, same } from "./check.js";
import { CAPACITY, engines, INPUT, type Inside, OUTPUT_SIZE, WINDOW_SIZE } from "./internals.js";
import { noise, type Random } from "./random.js";
import { frameStream, largeStream, manyFrames } from "./streams.js";

let [wasm, js] = engines;

/** Compares these two from here on. */
export function compareTwins(pair: readonly [Inside, Inside]): void {
  [wasm, js] = pair;
}

function equal(what: string, a: unknown, b: unknown, detail: object): void {
  if (a !== b) throw new Difference(`${what}: wasm ${a}, js ${b}; ${JSON.stringify(detail)}`);
}

function equalWords(what: string, a: Int32Array, b: Int32Array, detail: object): void {
  for (let i = 0; i < a.length; i++) equal(`${what}, word ${i}`, a[i], b[i], detail);
}

const both = (act: (engine: Inside) => void) => [wasm, js].forEach(act);

/** Rows and status of one scan; the rows behind the last one stay as they were. */
function scan(random: Random): void {
  const large = random.once(1200);
  const limit = random.pick([0, 20, 255, 256, 1000, 67108864, 0x7fffffff]);
  const full = random.once(800);
  const edges = [CAPACITY * 2, CAPACITY * 3, CAPACITY * 9, CAPACITY * 66, 1 << 20];
  const some = () => (large ? largeStream(random, edges) : frameStream(random, limit));
  const stream = full ? manyFrames(random, CAPACITY) : some();
  const size = Math.min(stream.length, 1 << 20);
  const from = random.pick([0, 1, 7, INPUT, WINDOW_SIZE - size]);
  const to = from + (random.once(3) ? random.below(size + 1) : size);
  compareScan(stream.subarray(0, size), from, to, limit);
}

/** Rows and status of a scan of window[from, to), in which `octets` are laid at `from`. */
export function compareScan(octets: Uint8Array, from: number, to: number, limit: number): void {
  both((engine) => {
    // A frame takes two octets or more, and its row two words: so far can any scan of this come, and a little further.
    engine.table.fill(-7, 0, octets.length + 16);
    engine.window.set(octets, from);
  });
  const detail = { scan: hexOf(octets.subarray(0, 400)), from, to, limit };
  const count = wasm.scan(from, to, limit);
  equal("frames of a scan", count, js.scan(from, to, limit), detail);
  equalWords("status of a scan", wasm.status, js.status, detail);
  const rows = Math.min(CAPACITY * 2, count * 2 + 16);
  equalWords("rows of a scan", wasm.table.subarray(0, rows), js.table.subarray(0, rows), detail);
  if (rows > count * 2) equal("the row behind the last", wasm.table[count * 2], -7, detail);
}

/** Two rows that fill the output to its last octet, or all but; or one octet more. */
function fill(random: Random, rows: Int32Array): void {
  const size = random.pick([random.below(256), random.between(256, 5000), 30_000]);
  const header = size > 255 ? 9 : 2;
  rows[0] = 0;
  rows[1] = size;
  rows[2] = random.below(100);
  rows[3] = rows[2] + OUTPUT_SIZE - header - size - 9 + random.between(-1, 1);
}

/** What is gathered: rows that may lie anywhere, in any order, twice, and in numbers that fill the output. */
function gather(random: Random): void {
  const count = random.once(300) ? random.between(100, 3000) : random.below(12);
  const first = random.once(4) ? random.below(count + 1) : 0;
  const most = random.pick([20, 300, 300, 3000, 70000]);
  const rows = new Int32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const size = random.once(200)
      ? OUTPUT_SIZE - random.between(0, 12)
      : random.pick([random.below(most), 255, 256, 0, 16]);
    const start = random.below(WINDOW_SIZE - size);
    rows[2 * i] = start;
    rows[2 * i + 1] = (start + size) | (random.once(2) ? 0x80000000 : 0);
  }
  if (count > 1 && random.once(12)) fill(random, rows);
  const octets = noise(random, 4096);
  const at = random.below(WINDOW_SIZE - octets.length);
  both((engine) => {
    engine.selection.set(rows);
    engine.window.set(octets, at);
  });
  const detail = { gather: [...rows.subarray(0, 40)], first, count };
  const length = wasm.gather(first, count);
  equal("octets gathered", length, js.gather(first, count), detail);
  equal("row that a gather stopped at", wasm.status[0], js.status[0], detail);
  if (!same(wasm.output.subarray(0, length), js.output.subarray(0, length))) {
    throw new Difference(`output of a gather; ${JSON.stringify(detail)}`);
  }
}

/** Octets at the edges of what a field of the greeting may hold. */
const TELLING = [
  ...[0, 1, 2, 3, 4, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x39, 0x3a, 0x40, 0x41, 0x5a, 0x5b, 0x5e, 0x5f, 0x60],
  ...[0x61, 0x7e, 0x7f, 0x80, 0xfe, 0xff],
];

/** A greeting with some octets replaced, judged from anywhere. */
function judge(random: Random): void {
  const greeting = new Uint8Array(64);
  greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, random.below(3)]);
  greeting.set(ascii(random.pick(["NULL", "PLAIN", "CURVE", "A-B_C.D+9", "ABCDEFGHIJKLMNOPQRST", "null", ""])), 12);
  greeting[32] = random.pick([0, 0, 0, 1, 2]);
  if (random.once(2)) greeting.set(noise(random, 31), 33);
  for (let i = random.below(3); i > 0; i--) {
    greeting[random.below(40)] = random.pick(TELLING);
  }
  const to = random.below(65);
  const from = random.once(2) ? 0 : random.below(to + 1);
  both((engine) => engine.greeting.set(greeting));
  const detail = { greeting: hexOf(greeting), from, to };
  equal("first wrong octet of a greeting", wasm.judge(from, to), js.judge(from, to), detail);
}

/** One comparison of one of the three functions. */
export function checkTwins(random: Random): void {
  const kind = random.below(8);
  if (kind < 5) scan(random);
  else if (kind < 7) judge(random);
  else gather(random);
}

/** Makes both memories alike: needed before `gather` may pick octets from anywhere. */
export function alignTwins(): void {
  js.window.set(wasm.window);
}

/** Tests of the codec run in a browser, too, which has no Buffer. */
function hexOf(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

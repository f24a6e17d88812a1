/** `npm run fuzz`: the campaign on the command line. */
import { parseArgs } from "node:util";
import { runCase } from "./campaign.js";
import { check } from "./check.js";
import { keep } from "./corpus.js";
import { shrink } from "./shrink.js";

const HELP = `npm run fuzz -- [--seconds N | --cases N] [--seed S] [--case I] [--corpus FOLDER] [--no-shrink]
Both codecs against an oracle written from RFC 37 and 24 alone, and against each other.
  --seconds N   how long (default 60)
  --cases N     how many cases instead
  --seed S      decides every case (default: drawn, and told)
  --case I      only case I of that seed
  --most N      stop after so many finds (default 5)`;

const { values } = parseArgs({
  options: {
    seconds: { type: "string" },
    cases: { type: "string" },
    seed: { type: "string" },
    case: { type: "string" },
    most: { type: "string", default: "5" },
    corpus: { type: "string", default: "test/corpus" },
    "no-shrink": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

function whole(name: "seconds" | "cases" | "seed" | "case" | "most", fallback: number): number {
  const value = values[name];
  if (value === undefined) return fallback;
  if (!/^\d+$/.test(value)) {
    console.error(`--${name} is a whole number, not ${JSON.stringify(value)}\n${HELP}`);
    process.exit(2);
  }
  return Number(value);
}

const seed = whole("seed", Date.now() % 1_000_000_000);
const cases = whole("cases", Infinity);
const seconds = values.cases === undefined ? whole("seconds", 60) : Infinity;
const most = whole("most", 5);
// Every refusal is an error, and their stacks would take most of the time.
Error.stackTraceLimit = Number(process.env.STACK ?? 0);

const begin = performance.now();
const elapsed = () => (performance.now() - begin) / 1000;
const finds = new Set<string>();
let index = 0;

function look(at: number, alone: boolean): void {
  const find = runCase(seed, at, alone);
  if (find === undefined) return;
  const what = find.error.message.replace(/[0-9a-f]{2,}|\d+/gi, "#");
  if (finds.has(what)) return;
  finds.add(what);
  if (process.env.STACK) console.error(find.error.stack);
  console.error(`\nFOUND, seed ${seed}, case ${at}: ${find.error.message}`);
  if (find.found === undefined || values["no-shrink"]) return;
  let message = find.error.message;
  const smallest = shrink(find.found, (candidate) => {
    try {
      check(candidate);
      return false;
    } catch (error) {
      message = (error as Error).message;
      return true;
    }
  });
  try {
    check(smallest);
  } catch (error) {
    message = (error as Error).message;
  }
  console.error(`shrunk and kept as ${keep(values.corpus, smallest, message)}: ${message}`);
}

const progress = process.stderr.isTTY ? 1000 : 30_000;
let said = 0;
if (values.case !== undefined) {
  index = 1;
  look(whole("case", 0), true);
} else {
  while (index < cases && finds.size < most && (index % 64 !== 0 || elapsed() < seconds)) {
    look(index, false);
    index++;
    if (index % 4096 === 0 && elapsed() * 1000 - said > progress) {
      said = elapsed() * 1000;
      console.error(`${index} cases, ${Math.round(index / elapsed())} a second`);
    }
  }
}
const rate = Math.round(index / elapsed());
console.log(
  `${index} cases of seed ${seed} in ${elapsed().toFixed(1)} s (${rate} a second): ` +
    `${finds.size === 0 ? "wasm, js and the oracle agree on every one" : `${finds.size} differences`}`,
);
process.exitCode = finds.size === 0 ? 0 : 1;

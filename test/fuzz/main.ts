/** `npm run fuzz`: the campaign on the command line. */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runCase } from "./campaign.js";
import { check } from "./check.js";
import { keep } from "./corpus.js";
import { type Done, inProcesses, nextOf } from "./jobs.js";
import { shrink } from "./shrink.js";

const HELP = `npm run fuzz -- [--seconds N | --cases N] [--seed S] [--case I] [--jobs N] [--corpus FOLDER] [--no-shrink]
Both codecs against an oracle written from RFC 37 and 24 alone, and against each other.
  --seconds N   how long (default 60)
  --cases N     how many cases instead
  --seed S      decides every case (default: drawn, and told)
  --case I      only case I of that seed
  --jobs N      in so many processes (default 1)
  --most N      stop after so many finds (default 5)`;

const { values } = parseArgs({
  options: {
    seconds: { type: "string" },
    cases: { type: "string" },
    seed: { type: "string" },
    case: { type: "string" },
    most: { type: "string", default: "5" },
    jobs: { type: "string", default: "1" },
    part: { type: "string" },
    corpus: { type: "string", default: "test/corpus" },
    "no-shrink": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

function whole(name: "seconds" | "cases" | "seed" | "case" | "most" | "jobs" | "part", fallback: number): number {
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
const jobs = Math.max(1, whole("jobs", 1));
const part = whole("part", 0);
// Every refusal is an error, and their stacks would take most of the time.
Error.stackTraceLimit = Number(process.env.STACK ?? 0);

const begin = performance.now();
const elapsed = () => (performance.now() - begin) / 1000;
const finds = new Set<string>();

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

/** The cases of one process, one after the other; how many there were. */
function lookOn(): Done {
  const progress = process.stderr.isTTY ? 1000 : 30_000;
  let said = 0;
  let looked = 0;
  let index = nextOf(0, part, jobs);
  while (index < cases && finds.size < most && (looked % 64 !== 0 || elapsed() < seconds)) {
    look(index, false);
    looked++;
    index = nextOf(index + 1, part, jobs);
    if (looked % 4096 === 0 && elapsed() * 1000 - said > progress) {
      said = elapsed() * 1000;
      console.error(`${looked} cases, ${Math.round(looked / elapsed())} a second`);
    }
  }
  return { cases: looked, finds: finds.size };
}

function tell(done: Done): void {
  const rate = Math.round(done.cases / elapsed());
  console.log(
    `${done.cases} cases of seed ${seed} in ${elapsed().toFixed(1)} s (${rate} a second): ` +
      `${done.finds === 0 ? "wasm, js and the oracle agree on every one" : `${done.finds} differences`}`,
  );
  process.exitCode = done.finds === 0 ? 0 : 1;
}

if (values.case !== undefined) {
  look(whole("case", 0), true);
  tell({ cases: 1, finds: finds.size });
} else if (jobs > 1 && values.part === undefined) {
  // A seed that was drawn is the same in all of them.
  const args = [...process.argv.slice(2), "--seed", `${seed}`];
  tell(await inProcesses(fileURLToPath(import.meta.url), args, jobs));
} else if (values.part !== undefined) {
  process.send?.(lookOn());
} else {
  tell(lookOn());
}

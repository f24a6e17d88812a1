/**
 * Holds one mutant after the other against those tests of its layer that pass it by, in one process. `suite.js FILE …` names the tests'
 * files. It says first which tests there are, how long each takes, and which mutants each passes by.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { newFile, run, tests } from "./shim.js";

const [KNOWN, ...files] = process.argv.slice(2);
globalThis.__stryker__ ??= {};
const stryker = globalThis.__stryker__;
stryker.mutantCoverage ??= { static: {}, perTest: {} };
const coverage = stryker.mutantCoverage;
coverage.perTest ??= {};
/** Milliseconds that a test may take longer than it does without any mutant: the machine may be busy. */
const PATIENCE = 10_000;
/** Of the processor's time, for one mutant: the quickest tests come first, and the longest are left out. */
const MOST = 6000;
Error.stackTraceLimit = 0;

/** What nobody waited for has failed by it, if anything. */
let loose;
const escaped = (error) => {
  loose ??= error;
};
process.on("uncaughtException", escaped).on("unhandledRejection", escaped);

const turn = () => new Promise((resolve) => setImmediate(resolve));
const LATE = Symbol("late");

/** Whether a test fails: false, true, or LATE if it does not end. */
async function fails(test, limit) {
  loose = undefined;
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, limit, LATE);
  });
  const end = run(test).then(
    () => false,
    (error) => {
      test.failure = error;
      return true;
    },
  );
  const failed = await Promise.race([end, late]);
  clearTimeout(timer);
  await turn();
  return failed === false && loose !== undefined ? true : failed;
}

for (const file of files) {
  const first = tests.length;
  newFile();
  await import(pathToFileURL(file).href);
  for (const test of tests.slice(first)) test.file = file;
}
for (const [id, test] of tests.entries()) test.id = `${id}`;
/** What is passed while modules load cannot be switched on afterwards. */
const loaded = new Set(Object.keys(coverage.static));

/** Of each test: milliseconds of work, how long it took, and which mutants it passes by. Made once, without any mutant. */
async function known() {
  if (existsSync(KNOWN)) return JSON.parse(readFileSync(KNOWN, "utf8"));
  const all = [];
  for (const test of tests) {
    stryker.currentTestId = test.id;
    // What others do on this machine does not count as work.
    const began = process.cpuUsage();
    const at = performance.now();
    const failed = await fails(test, 120_000);
    const { user, system } = process.cpuUsage(began);
    const lasted = performance.now() - at;
    const mutants = Object.keys(coverage.perTest[test.id] ?? {});
    stryker.currentTestId = undefined;
    delete coverage.perTest[test.id];
    if (failed) console.error(`left out, it does not pass here: ${test.file} ${test.name}: ${test.failure}`);
    else all.push({ id: test.id, milliseconds: (user + system) / 1000, lasted, mutants });
  }
  all.sort((a, b) => a.lasted - b.lasted);
  writeFileSync(KNOWN, JSON.stringify(all));
  return all;
}

const baseline = await known();
const byMutant = new Map();
for (const { id, milliseconds, mutants } of baseline) {
  for (const mutant of mutants) {
    if (!byMutant.has(mutant)) byMutant.set(mutant, []);
    byMutant.get(mutant).push({ test: tests[id], milliseconds });
  }
}
coverage.static = {};
coverage.perTest = {};

/** "killed", "survived", "uncovered", "static"; "stale" if what an earlier one left behind is in the way: then start anew. */
async function verdict(id) {
  const passing = byMutant.get(id) ?? [];
  if (passing.length === 0) return loaded.has(id) ? "static" : "uncovered";
  let left = MOST;
  for (const { test, milliseconds } of passing) {
    left -= milliseconds;
    if (left < 0) break;
    stryker.activeMutant = id;
    stryker.hitCount = 0;
    stryker.hitLimit = 5_000_000;
    const failed = await fails(test, PATIENCE + 20 * milliseconds);
    stryker.activeMutant = undefined;
    if (failed === LATE) return "late";
    // Would it fail now without the mutant, too?
    if (failed) return (await fails(test, PATIENCE + 20 * milliseconds)) ? "stale" : "killed";
  }
  return "survived";
}

let used = false;
process.on("message", async (id) => {
  const answer = await verdict(id);
  process.send({ answer: answer === "stale" && !used ? "killed" : answer, test: undefined });
  used = true;
});
process.on("disconnect", () => process.exit(0));
process.send({ ready: true, tests: tests.length, covered: byMutant.size });

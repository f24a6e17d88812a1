/**
 * `npm run mutants -- --layer codec|session|mechanism|connection|socket|assembly [--seconds N] [--most N] [--seed TEXT] [--file NAME]
 * [--except NAME] [--processes N] [--again]`: which changes of the code would no test notice? `--most` takes a sample,
 * another one for each seed; `--again` tries those that survived the last time. The results are kept in `results/`;
 * `--docs` makes docs/mutants.md of them.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { assemblyMutants, prepareAssembly, stopAssembly, tryMutant } from "./assembly.js";
import { mutantsPage } from "./page.js";
import { campaign, instrument, suite } from "./typescript.js";

/** The campaign knows nothing of these. */
const WITHOUT_CAMPAIGN = ["mechanism", "connection", "socket"];
const RESULTS = "test/mutants/results";
const { values } = parseArgs({
  options: {
    layer: { type: "string" },
    seconds: { type: "string", default: "3600" },
    seed: { type: "string", default: "" },
    file: { type: "string", default: "" },
    except: { type: "string" },
    most: { type: "string", default: "100000" },
    processes: { type: "string", default: "1" },
    again: { type: "boolean", default: false },
    docs: { type: "boolean", default: false },
  },
});

const FILE = `${RESULTS}/${values.layer}.json`;
const results = existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")) : {};
const end = Date.now() + 1000 * Number(values.seconds);
const late = () => Date.now() > end;
const say = (text) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);

function save() {
  writeFileSync(FILE, `${JSON.stringify(results, null, 2)}\n`);
}

const brief = (text) => {
  const line = text.replace(/\s+/g, " ");
  return line.length > 90 ? `${line.slice(0, 90)}…` : line;
};
const short = ({ line, from, to }) => ({ line, from: brief(from), to: brief(to) });

/** Those to be tried: all, or those that survived the last time; what is known of them is forgotten. */
function chosen(all) {
  const { file: only, except } = values;
  const mutants = shuffled(all.filter(({ file }) => file.includes(only) && !(except && file.includes(except))));
  if (!values.again) {
    for (const { file } of mutants) results[file] = begun(mutants.filter((one) => one.file === file).length);
    return mutants.slice(0, Number(values.most));
  }
  const known = (mutant) => {
    const { line, from, to } = short(mutant);
    const { survivors = [] } = results[mutant.file] ?? {};
    return survivors.some((one) => one.line === line && one.from === from && one.to === to);
  };
  const survivors = mutants.filter(known);
  for (const { file } of survivors) Object.assign(results[file], { survived: 0, survivors: [] });
  return survivors;
}

/** What is known of a file of which nothing has been tried, and how it is to be tried. */
function begun(mutants) {
  const date = new Date().toISOString().slice(0, 10);
  const command = process.argv.slice(2).join(" ");
  return { mutants, killed: 0, survived: 0, untried: 0, date, command, survivors: [] };
}

function kept(file) {
  results[file] ??= begun(0);
  return results[file];
}

function survive(mutant) {
  const file = kept(mutant.file);
  file.survived++;
  file.survivors.push(short(mutant));
  say(`survived: ${mutant.file}:${mutant.line} ${brief(mutant.from)} → ${brief(mutant.to)}`);
}

/** In an order that has nothing to do with where they stand: what there is time for is a fair sample. */
function shuffled(mutants) {
  const key = ({ file, line, from, to }) =>
    createHash("sha256").update(`${values.seed}${file}:${line}:${from}:${to}`).digest("hex");
  const keyed = mutants.map((mutant) => [key(mutant), mutant]);
  return keyed.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, mutant]) => mutant);
}

async function typescript(layer) {
  const mutants = chosen(await instrument(layer));
  const processes = Number(values.processes);
  const doubtful = [];
  const killed = ({ file }) => {
    kept(file).killed++;
    save();
  };
  const untried = await suite(layer, mutants, processes, late, (mutant, verdict) => {
    if (verdict === "static") return;
    if (!["survived", "uncovered"].includes(verdict)) killed(mutant);
    else if (WITHOUT_CAMPAIGN.includes(layer)) survive(mutant);
    else doubtful.push(mutant);
    save();
  });
  say(`${layer}: of ${mutants.length} the tests kill all but ${doubtful.length + untried.length}, now the campaign`);
  const left = await campaign(layer, doubtful, processes, late, (mutant, verdict) => {
    if (verdict === "killed" || verdict === "timeout") killed(mutant);
    else if (verdict !== "static") survive(mutant);
    save();
  });
  for (const { file } of [...untried, ...left]) kept(file).untried++;
  save();
  say(`${layer}: done; ${untried.length + left.length} were not tried for want of time`);
}

async function assembly() {
  await prepareAssembly();
  const mutants = chosen(assemblyMutants());
  for (const mutant of mutants) {
    const verdict = late() ? "untried" : await tryMutant(mutant);
    if (verdict === "killed") kept(mutant.file).killed++;
    else if (verdict === "survived") survive(mutant);
    else if (verdict === "untried") kept(mutant.file).untried++;
    save();
  }
  await stopAssembly();
}

mkdirSync("build/mutants", { recursive: true });
mkdirSync(RESULTS, { recursive: true });
if (values.docs) {
  mkdirSync("docs", { recursive: true });
  writeFileSync("docs/mutants.md", mutantsPage(RESULTS));
} else if (values.layer === "assembly") await assembly();
else if (["codec", "session", ...WITHOUT_CAMPAIGN].includes(values.layer)) await typescript(values.layer);
else {
  console.error(
    "npm run mutants -- --layer codec|session|mechanism|connection|socket|assembly [--seconds N] [--file NAME], or --docs",
  );
  process.exitCode = 2;
}

/** What every benchmark's command line has: `--json FILE`, progress on stderr, the machine named. */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { SingleBar } from "cli-progress";
import { markdown } from "./table.js";

const zeromqVersion = () =>
  JSON.parse(readFileSync(new URL("../../node_modules/zeromq/package.json", import.meta.url), "utf8")).version;

export function machine() {
  return `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores, Node ${process.version.slice(1)}, zeromq ${zeromqVersion()}`;
}

/** A bar on a terminal, else a line for each step; either on stderr, so that the tables can be piped. */
export function reporter(steps) {
  if (!process.stderr.isTTY) {
    return { progress: (step) => process.stderr.write(`${step}\n`), stop: () => {} };
  }
  const bar = new SingleBar({ format: "{bar} {value}/{total} {step}", clearOnComplete: true, hideCursor: true });
  bar.start(steps, 0, { step: "" });
  return { progress: (step) => bar.increment({ step }), stop: () => bar.stop() };
}

/**
 * Runs suites one after another and prints their tables as Markdown.
 *
 * @param suites - By name; arguments on the command line choose among them.
 * @param environment - Given to each suite, but for `on`, further versions to name, and `options`, further options of the command line.
 */
export async function main(title, suites, environment, steps) {
  const { on = [], options, ...shared } = environment;
  const { values, positionals } = parseArgs({
    options: { json: { type: "string" }, ...options },
    allowPositionals: true,
  });
  const chosen = Object.entries(suites).filter(([name]) => positionals.length === 0 || positionals.includes(name));
  if (chosen.length === 0) throw new Error(`choose among: ${Object.keys(suites).join(", ")}`);
  const { progress, stop } = reporter(steps);
  const tables = [];
  for (const [, suite] of chosen) tables.push(await suite({ ...shared, progress }));
  stop();
  const where = [machine(), ...on].join(", ");
  console.log(`## ${title}\n\n${where}\n`);
  for (const table of tables) console.log(markdown(table));
  if (values.json)
    writeFileSync(
      values.json,
      `${JSON.stringify({ title, machine: where, date: new Date().toISOString(), tables }, null, 2)}\n`,
    );
}

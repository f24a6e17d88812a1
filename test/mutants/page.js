/** docs/mutants.md, made from the results of the last runs and from what `reasons.json` says of those that survived. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const HEAD = `# Which changes of the code no test would notice

Mutants: small changes of the code, one at a time. A test suite that is worth its time fails on each that changes what
the code does.

- \`src/\`: the mutants of Stryker's instrumenter 9.6.1 (strings, and what runs only while a module loads, left out). Each
  is held against those tests of its layer that pass it by, the quickest first, all in one process; what survives them,
  against the campaign (both codecs, the oracle, the kept finds, the catalogue of faults). A test that fails must pass
  without the mutant, or it does not count.
- \`assembly/\`: a script of our own. The module is built anew with each mutant and held against its twin in TypeScript:
  rows, status, output.

\`npm run mutants -- --layer codec|session|mechanism|connection|socket|assembly\`, \`--seconds N\` for a sample in a fair order, \`--again\`
for those that survived; then \`--docs\` makes this page. \`--seed\` says which sample a run in a box of time takes.
`;

const percent = (killed, survived) =>
  killed + survived === 0 ? "–" : `${((100 * killed) / (killed + survived)).toFixed(1)} %`;
const code = (text) => `\`${(text === "" ? "nothing" : text).replaceAll("|", "\\|").replaceAll("`", "'")}\``;

export function mutantsPage(folder) {
  const reasons = existsSync("test/mutants/reasons.json")
    ? JSON.parse(readFileSync("test/mutants/reasons.json", "utf8"))
    : {};
  const layers = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort();
  const parts = layers.map((name) => {
    const files = JSON.parse(readFileSync(join(folder, name), "utf8"));
    return layerPart(name.replace(".json", ""), files, reasons);
  });
  return [HEAD, ...parts].join("\n");
}

function layerPart(layer, files, reasons) {
  const rows = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const sum = (key) => rows.reduce((total, [, file]) => total + file[key], 0);
  const equivalent = rows.flatMap(([name, file]) =>
    file.survivors.filter((one) => reasons[key(name, one)]?.startsWith("=")),
  );
  const lines = rows.map(
    ([name, { mutants = "–", killed, survived, date = "–" }]) =>
      `| ${name} | ${mutants} | ${killed} | ${survived} | ${percent(killed, survived)} | ${date} |`,
  );
  const total = `| **all** | | ${sum("killed")} | ${sum("survived")} | **${percent(sum("killed"), sum("survived"))}** | |`;
  const commands = [...new Set(rows.flatMap(([, { command = [] }]) => command))];
  const changing = sum("survived") - equivalent.length;
  const note =
    equivalent.length > 0
      ? `\n${equivalent.length} of the survivors change no result; of the others ${percent(sum("killed"), changing)} are killed.\n`
      : "";
  const survivors = rows.flatMap(([name, file]) =>
    file.survivors
      .sort((a, b) => a.line - b.line)
      .map(
        (one) =>
          `| ${name}:${one.line} | ${code(one.from)} | ${code(one.to)} | ${(reasons[key(name, one)] ?? "no test looks").replace(/^= ?/, "changes no result: ")} |`,
      ),
  );
  return [
    `\n## ${layer}\n`,
    ...(reasons[`note ${layer}`] ? [`${reasons[`note ${layer}`]}\n`] : []),
    ...commands.map((command) => `By \`npm run mutants -- ${command}\`.\n`),
    "| file | mutants | killed | survived | killed of those tried | date |",
    "|---|--:|--:|--:|--:|---|",
    ...lines,
    total,
    note,
    ...(survivors.length > 0
      ? ["\n| survivor | stands there | in its place | why it survives |", "|---|---|---|---|", ...survivors, ""]
      : []),
  ].join("\n");
}

const key = (file, { line, from, to }) => `${file}:${line} ${from} → ${to}`;

/**
 * `npm run bench:report [-- --from FOLDER] [--document FILE …] [--json FILE]`: runs every benchmark, fills the tables of the two READMEs between their
 * markers (`<!-- bench:NAME -->` … `<!-- /bench -->`) and draws chart.svg. `--from` takes the results of an earlier run instead,
 * one JSON file a benchmark.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { draw } from "./lib/chart.js";
import { temporaryFolder } from "./lib/native.js";
import { table as markdownTable } from "./lib/table.js";

const PROGRAMS = ["codec", "e2e", "sockets", "security", "latency", "memory", "browser", "soak", "counts"];
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const { values } = parseArgs({
  options: {
    from: { type: "string" },
    document: { type: "string", multiple: true },
    json: { type: "string" },
  },
});
const folder = values.from ?? temporaryFolder();
const results = Object.fromEntries(PROGRAMS.map((name) => [name, resultOf(name)]));

/** A benchmark that fails leaves its tables as they are, and the report fails too. */
function resultOf(name) {
  const file = join(folder, `${name}.json`);
  if (values.from === undefined) {
    console.error(`\n— ${name} —`);
    const { status } = spawnSync(process.execPath, [here(`${name}.js`), "--json", file], { stdio: "inherit" });
    if (status !== 0) process.exitCode = 1;
  }
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  console.error(`No results of ${name}`);
  process.exitCode = 1;
  return undefined;
}

/** A table as it was printed, or some of its columns under other names. */
const chosen = (program, title, columns) => () => {
  const found = results[program]?.tables.find((table) => table.title === title);
  if (found === undefined) return undefined;
  if (columns === undefined) return markdownTable(found);
  const there = Object.entries(columns).filter(([column]) => found.columns.includes(column));
  const rows = found.rows.map((row) => Object.fromEntries(there.map(([column, name]) => [name, row[column]])));
  return markdownTable({ columns: there.map(([, name]) => name), rows });
};

/** Every version that any of them named. */
function machine() {
  const parts = Object.values(results).flatMap((result) => result?.machine.split(", ") ?? []);
  return `${[...new Set(parts)].join(", ")}; ${new Date().toISOString().slice(0, 10)}.`;
}

const PIPED = {
  messages: "messages of",
  "ours M/s": "ours",
  "addon M/s": "`zeromq` addon",
  "ours / addon": "ours against addon",
  "bare / addon": "bare sockets against addon",
  "CPU, ours / addon": "CPU a message, ours against addon",
  "CPU, bare / addon": "bare sockets against addon, CPU",
};

const MARKERS = {
  machine,
  scan: chosen("codec", "Scan", {
    frames: "frames",
    "vs C": "WASM against C",
    "vs plain loop": "against plain loop",
    "vs TypeScript": "against TypeScript",
    "WASM ns": "WASM",
    "TypeScript ns": "TypeScript",
    "C -O3 ns": "C, `-O3`",
  }),
  consume: chosen("codec", "Batch consume", {
    frames: "frames",
    "WASM ns": "consume, WASM",
    "TypeScript ns": "consume, TypeScript",
    "naive ns": "naive",
    "vs naive": "WASM against naive",
  }),
  owned: chosen("codec", "Owned frames"),
  encode: chosen("codec", "Encode"),
  forward: chosen("codec", "Forward and gather", {
    frames: "frames",
    "forward vs one by one": "forward against one by one",
    "forward ns": "forward",
    "one by one ns": "one by one",
    "gather WASM ns": "gather, WASM",
    "gather TypeScript ns": "gather, TypeScript",
  }),
  e2e: chosen("e2e", "Throughput", {
    messages: "messages of",
    "ours → ours": "ours, batches",
    "ours → ours, for await": "ours, `for await`",
    "raw → raw": "raw Node sockets",
    "C → C": "libzmq, C",
    "addon → addon": "`zeromq` addon",
    "ours vs C": "batches against C",
    "ours vs raw": "batches against raw",
    "ours vs addon": "batches against addon",
    "for await vs addon": "`for await` against addon",
  }),
  cpu: chosen("e2e", "CPU", {
    messages: "messages of",
    "receive, ours from C": "ours",
    "receive, bare socket from C": "bare socket",
    "receive, addon from C": "`zeromq` addon",
    "receive, C": "libzmq, C",
    "receiving from C, ours vs addon": "ours against addon",
    "receiving from C, bare socket vs addon": "bare socket against addon",
  }),
  loop: chosen("e2e", "The loop alone"),
  pipeline: chosen("sockets", "Pipeline", PIPED),
  kept: chosen("sockets", "Pipeline, one payload", PIPED),
  questions: chosen("sockets", "Questions and answers"),
  fanout: chosen("sockets", "Fan-out"),
  withc: chosen("sockets", "Pipeline", {
    messages: "messages of",
    "to C, ours / addon": "to libzmq C, ours against addon",
    "from C, ours / addon": "from libzmq C, ours against addon",
  }),
  curve: chosen("security", "CURVE"),
  handshakes: chosen("security", "Handshakes"),
  pyzmq: chosen("sockets", "With pyzmq", {
    messages: "messages of",
    "to pyzmq, ours / addon": "to pyzmq, ours against addon",
    "CPU sending, ours / addon": "CPU of the sender",
    "from pyzmq, ours / addon": "from pyzmq, ours against addon",
    "CPU receiving, ours / addon": "CPU of the receiver",
  }),
  latency: chosen("latency", "Round trip"),
  sessions: chosen("memory", "Sessions that wait"),
  garbage: chosen("memory", "Garbage"),
  connections: chosen("memory", "Connections that wait"),
  browser: chosen("browser", "Batch consume", {
    frames: "frames",
    "WASM ns": "consume, WASM",
    "TypeScript ns": "consume, TypeScript",
    "naive ns": "naive",
    "vs naive": "WASM against naive",
  }),
  ws: chosen("browser", "ws:// from libzmq into a page"),
  soak: chosen("soak", "Soak", {
    process: "process",
    connections: "connections",
    "octets each": "octets each",
    "Node's own socket": "Node's own socket",
    above: "above it",
    "CPU in silence": "CPU in silence",
  }),
  counts: chosen("counts", "Allocations"),
  instructions: chosen("counts", "Instructions"),
};

/** Fills the tables of one document; how many. */
function fill(document) {
  let filled = 0;
  const written = readFileSync(document, "utf8").replace(
    /(<!-- bench:([\w-]+) -->\n)([\s\S]*?)(<!-- \/bench -->)/g,
    (all, begin, name, _, end) => {
      if (MARKERS[name] === undefined)
        throw new Error(`${name}: no such table; there are ${Object.keys(MARKERS).join(", ")}`);
      const text = MARKERS[name]();
      if (text === undefined) return all;
      filled++;
      return `${begin}${text}\n${end}`;
    },
  );
  writeFileSync(document, written);
  console.error(`${filled} tables in ${document}`);
}

for (const document of values.document ?? [here("../README.md"), here("README.md")]) fill(document);

const throughput = results.e2e?.tables.find(({ title }) => title === "Throughput");
if (throughput) writeFileSync(here("chart.svg"), await draw(throughput, machine()));
if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);

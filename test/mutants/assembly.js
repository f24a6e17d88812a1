/** Mutants of assembly/: Stryker does not know AssemblyScript. The module is built anew with each, and held against its twin. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import asc from "assemblyscript/asc";
import { build } from "rolldown";

const TWINS = "build/mutants/twins.js";
/** Milliseconds after which a mutant is taken for an endless loop. */
const PATIENCE = 120_000;

/** What stands there, and what is put in its place. Each match of each is a mutant. */
const RULES = [
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/ \* /g, " + "],
  [/ \+= /g, " -= "],
  [/ << /g, " >>> "],
  [/ >> /g, " << "],
  [/ \| /g, " & "],
  [/ & /g, " | "],
  [/ \^ /g, " & "],
  [/ < /g, " <= "],
  [/ <= /g, " < "],
  [/ > /g, " >= "],
  [/ >= /g, " > "],
  [/ == /g, " != "],
  [/ != /g, " == "],
  [/ && /g, " || "],
  [/ \|\| /g, " && "],
  [/\bbreak;/g, ";"],
  [/\bcontinue;/g, ";"],
  [/\btrue\b/g, "false"],
  [/\bfalse\b/g, "true"],
  [/\bif \((?!!)/g, "if (!"],
  [/(?<=[ (,])(0x[0-9a-f]+|\d+)(?=[,); ])/g, (number) => String(Number(number) + 1)],
  [/^( +)(store<[^;]+;|v128\.store[^;]+;|memory\.copy[^;]+;|row\([^;]+;)/gm, (_, space) => `${space};`],
  [/\b(at|out|index|pair|next|before|lengthBefore) (\+?=) [^;]+;/g, (text) => (/^\w+ \+?=/.test(text) ? ";" : text)],
  [/\bswap/g, undefined],
  [/\bbswap<u(32|64)>\(/g, (_, bits) => `<u${bits}>(`],
  [/\bmin</g, "max<"],
];

/** The mutants of one file: where, what stands there, what is put in its place. */
function mutantsOf(file) {
  const source = readFileSync(file, "utf8");
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, "\0"));
  const begin = code.indexOf("function");
  const mutants = [];
  for (const [pattern, by] of RULES) {
    if (by === undefined) continue;
    for (const match of code.matchAll(pattern)) {
      if (match.index < begin) continue;
      const to = typeof by === "string" ? by : by(...match);
      if (to === match[0] || (match[0].startsWith("let ") && to === ";")) continue;
      const mutated = source.slice(0, match.index) + to + source.slice(match.index + match[0].length);
      const line = source.slice(0, match.index).split("\n").length;
      mutants.push({ file, line, from: match[0].trim(), to: to.trim(), mutated });
    }
  }
  return mutants.sort((a, b) => a.line - b.line);
}

/** All mutants of assembly/. */
export function assemblyMutants() {
  return readdirSync("assembly")
    .filter((name) => name.endsWith(".ts") && name !== "index.ts")
    .flatMap((name) => mutantsOf(join("assembly", name)));
}

/** What has to be there once before any mutant is tried. */
export async function prepareAssembly() {
  mkdirSync("build/mutants", { recursive: true });
  await build({
    input: "test/mutants/twins.ts",
    platform: "node",
    output: { file: TWINS, format: "esm" },
    logLevel: "silent",
  });
}

/** The module that this source makes; undefined if it makes none. */
async function compiled(file, source) {
  const { error, binary } = await compile({ [file]: source });
  return error === null ? binary : undefined;
}

async function compile(changed) {
  let binary;
  // As the project builds it, but for the optimizer's time: results do not depend on it.
  const args = ["assembly/shared.ts", "--config", "asconfig.json", "-O1", "--outFile", "out.wasm"];
  const { error } = await asc.main(args, {
    readFile: (name) => changed[name] ?? (existsSync(name) ? readFileSync(name, "utf8") : null),
    writeFile: (name, contents) => {
      if (name.endsWith(".wasm")) binary = contents;
    },
    listFiles: () => [],
    stdout: { write() {} },
    stderr: { write() {} },
  });
  return { error, binary };
}

let thread;

/** What becomes of a mutant: "killed", "survived", or "invalid" if it does not compile. */
export async function tryMutant({ file, mutated }) {
  const octets = await compiled(file, mutated);
  if (octets === undefined) return "invalid";
  thread ??= new Worker(resolve(TWINS));
  const survives = await new Promise((done) => {
    const timer = setTimeout(done, PATIENCE, undefined);
    thread.once("message", (answer) => {
      clearTimeout(timer);
      done(answer);
    });
    thread.postMessage(octets);
  });
  if (survives === undefined) {
    await thread.terminate();
    thread = undefined;
  }
  return survives === true ? "survived" : "killed";
}

export const stopAssembly = () => thread?.terminate();

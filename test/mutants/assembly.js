/** Mutants of assembly/: Stryker does not know AssemblyScript. The module is built anew with each, and the campaign run on it. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "rolldown";

const COPY = "build/mutants/assembly";
const CAMPAIGN = "build/mutants/fuzz.js";
/** Cases that each mutant has to survive. */
const CASES = 3000;

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
  mkdirSync(join(COPY, "src"), { recursive: true });
  cpSync("assembly", join(COPY, "assembly"), { recursive: true });
  cpSync("src/codec", join(COPY, "src/codec"), { recursive: true });
  cpSync("asconfig.json", join(COPY, "asconfig.json"));
  if (!existsSync(join(COPY, "node_modules"))) symlinkSync(resolve("node_modules"), join(COPY, "node_modules"));
  mkdirSync(join(COPY, "build"), { recursive: true });
  await build({
    input: "test/fuzz/main.ts",
    platform: "node",
    output: { file: CAMPAIGN, format: "esm" },
    logLevel: "warn",
  });
}

/** What becomes of a mutant: "killed", "survived", or "invalid" if it does not compile. */
export function tryMutant({ file, mutated }) {
  const source = readFileSync(file, "utf8");
  const path = join(COPY, file);
  writeFileSync(path, mutated);
  try {
    execFileSync("npx", ["--no", "--", "asc", "--config", "asconfig.json"], {
      cwd: COPY,
      stdio: "ignore",
      timeout: 60_000,
    });
  } catch {
    return "invalid";
  } finally {
    writeFileSync(path, source);
  }
  for (const seed of ["1", "2"]) {
    try {
      const args = [CAMPAIGN, "--cases", String(CASES), "--seed", seed, "--most", "1", "--no-shrink", "--corpus", COPY];
      const env = { ...process.env, FUZZ_WASM: join(COPY, "build/codec.wasm") };
      execFileSync(process.execPath, args, { env, stdio: "ignore", timeout: 60_000 });
    } catch {
      return "killed";
    }
  }
  return "survived";
}

/**
 * Mutants of src/: Stryker's instrumenter puts all of a layer's mutants into the code at once, behind switches. A process of ours runs the
 * campaign with one after the other; what survives that is held against the tests of the layer.
 */
import { fork, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInstrumenter } from "@stryker-mutator/instrumenter";
import { build } from "rolldown";
import { createInjector } from "typed-inject";

const sandboxOf = (layer) => `build/mutants/${layer}`;
/** Milliseconds after which a mutant is taken for an endless loop. */
const PATIENCE = 60_000;

/** The files of a layer that hold code. */
function filesOf(layer) {
  return readdirSync(join("src", layer), { recursive: true })
    .filter((name) => name.endsWith(".ts") && !["module.ts", "loader.ts", "layout.ts"].includes(name))
    .filter((name) => layer !== "connection" || !name.startsWith("node"))
    .map((name) => join("src", layer, name));
}

const silent = { debug() {}, info() {}, warn() {}, isDebugEnabled: () => false };

/** A copy of the project whose layer holds all mutants, switched off; and the mutants. */
export async function instrument(layer) {
  const sandbox = sandboxOf(layer);
  rmSync(sandbox, { recursive: true, force: true });
  mkdirSync(sandbox, { recursive: true });
  for (const part of ["src", "test", "assembly", "docs", "package.json", "tsconfig.json", "asconfig.json"]) {
    cpSync(part, join(sandbox, part), { recursive: true });
  }
  symlinkSync(resolve("node_modules"), join(sandbox, "node_modules"));
  const files = filesOf(layer).map((name) => ({ name, content: readFileSync(name, "utf8"), mutate: true }));
  const instrumenter = createInjector().provideValue("logger", silent).injectFunction(createInstrumenter);
  const options = { plugins: null, excludedMutations: ["StringLiteral"], ignorers: [], noHeader: false };
  const result = await instrumenter.instrument(files, options);
  for (const { name, content } of result.files) writeFileSync(join(sandbox, name), content);
  const sources = new Map(files.map(({ name, content }) => [name, content]));
  return result.mutants
    .filter(({ status }) => status !== "Ignored")
    .map(({ id, fileName, location, replacement, mutatorName }) => ({
      id,
      file: fileName,
      line: location.start.line + 1,
      from: textAt(sources.get(fileName), location),
      to: replacement,
      kind: mutatorName,
    }));
}

/** Runs the campaign with each mutant; calls `tell(mutant, verdict)`: killed, survived, uncovered, static. */
export async function campaign(layer, mutants, processes, late, tell) {
  const sandbox = sandboxOf(layer);
  await build({
    input: join(sandbox, "test/mutants/runner.ts"),
    platform: "node",
    output: { file: join(sandbox, "runner.js"), format: "esm" },
    logLevel: "silent",
  });
  const waiting = [...mutants];
  const worker = async () => {
    let runner;
    while (waiting.length > 0 && !late()) {
      runner ??= await start(sandbox);
      const mutant = waiting.shift();
      if (!runner.covered.has(mutant.id)) {
        tell(mutant, runner.loaded.has(mutant.id) ? "static" : "uncovered");
        continue;
      }
      const verdict = await runner.try(mutant.id);
      if (verdict === undefined) waiting.unshift(mutant);
      else tell(mutant, verdict);
      if (verdict === undefined || verdict === "timeout") runner = undefined;
    }
    runner?.stop();
  };
  await Promise.all(Array.from({ length: processes }, worker));
  return waiting;
}

/** A process that holds mutants against the campaign. `try` gives undefined if it has to be started anew first. */
async function start(sandbox) {
  const child = fork(join(sandbox, "runner.js"), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const next = () =>
    new Promise((resolve) => {
      const timer = setTimeout(() => resolve("timeout"), PATIENCE);
      child.once("message", done).once("exit", done);
      function done(message) {
        clearTimeout(timer);
        child.off("message", done).off("exit", done);
        resolve(message);
      }
    });
  const hello = await next();
  if (!hello?.ready) throw new Error("the campaign fails without any mutant");
  return {
    covered: new Set(hello.covered),
    loaded: new Set(hello.loaded),
    stop: () => child.kill(),
    async try(id) {
      child.send(id);
      const answer = await next();
      if (answer === "timeout") child.kill("SIGKILL");
      if (answer === "timeout") return "timeout";
      // 3: what an earlier mutant left behind is in the way. Any other end is this one's doing.
      if (answer === 3) return undefined;
      if (typeof answer !== "object" || answer === null) return "timeout";
      return answer.killed ? "killed" : "survived";
    },
  };
}

/** Whether the tests of the layer notice a mutant. */
export function noticed(mutant, layer) {
  const env = { ...process.env, LAYER: layer, FUZZ: "0.2", __STRYKER_ACTIVE_MUTANT__: mutant.id };
  const config = ["--config", "test/mutants/vitest.config.ts", "--pool", "threads", "--no-isolate"];
  const args = ["--no", "--", "vitest", "run", ...config, "--reporter", "dot"];
  return new Promise((resolve) => {
    const child = spawn("npx", args, { cwd: sandboxOf(layer), env, stdio: "ignore", detached: true });
    const timer = setTimeout(() => process.kill(-child.pid, "SIGKILL"), 4 * PATIENCE);
    child.once("exit", (code) => {
      clearTimeout(timer);
      resolve(code !== 0);
    });
  });
}

function offsetOf(source, { line, column }) {
  let at = 0;
  for (let i = 0; i < line; i++) at = source.indexOf("\n", at) + 1;
  return at + column;
}

function textAt(source, { start, end }) {
  return source.slice(offsetOf(source, start), offsetOf(source, end));
}

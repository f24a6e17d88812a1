/**
 * Mutants of src/: Stryker's instrumenter puts all of a layer's mutants into the code at once, behind switches. One process
 * runs the tests that pass them by, with one after the other; another runs the campaign with those that survive.
 */
import { fork } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createInstrumenter } from "@stryker-mutator/instrumenter";
import { transform } from "esbuild";
import { build } from "rolldown";
import { createInjector } from "typed-inject";

const sandboxOf = (layer) => `build/mutants/${layer}`;
/** Milliseconds after which a mutant is taken for an endless loop. */
const PATIENCE = 240_000;

/** The files of a layer that hold code. */
function filesOf(layer) {
  return readdirSync(join("src", layer), { recursive: true })
    .filter(
      (name) => name.endsWith(".ts") && !["module.ts", "shared-module.ts", "loader.ts", "layout.ts"].includes(name),
    )
    .filter((name) => layer !== "connection" || !name.startsWith("node"))
    .map((name) => join("src", layer, name));
}

const silent = { debug() {}, info() {}, warn() {}, isDebugEnabled: () => false };

/** A copy of the project whose layer holds all mutants, switched off; and the mutants. */
export async function instrument(layer) {
  const sandbox = sandboxOf(layer);
  rmSync(sandbox, { recursive: true, force: true });
  mkdirSync(sandbox, { recursive: true });
  for (const part of [
    "src",
    "test",
    "assembly",
    "docs",
    "bench",
    "README.md",
    "package.json",
    "tsconfig.json",
    "asconfig.json",
  ]) {
    cpSync(part, join(sandbox, part), { recursive: true });
  }
  for (const part of ["node_modules", "dist"]) symlinkSync(resolve(part), join(sandbox, part));
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

/** Every source beside its TypeScript, as the tests import it; and the tests with our own runner in Vitest's place. */
async function transpile(sandbox) {
  const names = ["src", "test"].flatMap((part) =>
    readdirSync(join(sandbox, part), { recursive: true }).map((name) => join(sandbox, part, name)),
  );
  const shim = pathToFileURL(resolve("test/mutants/shim.js")).href;
  for (const name of names.filter((one) => one.endsWith(".ts"))) {
    const { code } = await transform(readFileSync(name, "utf8"), { loader: "ts", target: "es2022" });
    writeFileSync(name.replace(/ts$/, "js"), code.replaceAll('from "vitest"', `from "${shim}"`));
  }
}

/** Tests that look at other processes, in which no mutant is switched on. */
const ELSEWHERE = /(chaos|memory|page|process|thread)\.test/;

/** Which files of tests a layer's mutants are held against. */
const TESTS = {
  codec: ["codec"],
  session: ["session", "faults/faults.test.ts"],
  connection: ["connection"],
  mechanism: ["mechanism"],
  socket: ["socket", "zeromq"],
};

function testsOf(sandbox, layer) {
  return TESTS[layer].flatMap((part) => {
    const at = join(sandbox, "test", part);
    const names = part.endsWith(".ts") ? [at] : readdirSync(at, { recursive: true }).map((name) => join(at, name));
    const here = names.filter((name) => name.endsWith(".test.ts") && !ELSEWHERE.test(name));
    return here.map((name) => resolve(name.replace(/ts$/, "js")));
  });
}

/** Holds mutants against those tests of their layer that pass them by; `tell` as for the campaign. */
export async function suite(layer, mutants, processes, late, tell) {
  const sandbox = sandboxOf(layer);
  await transpile(sandbox);
  rmSync(join(sandbox, "known.json"), { force: true });
  // The first one finds out which test passes by which mutant.
  let first = await startSuite(sandbox, layer);
  const waiting = [...mutants];
  const worker = async () => {
    let runner = first;
    first = undefined;
    while (waiting.length > 0 && !late()) {
      runner ??= await startSuite(sandbox, layer);
      const mutant = waiting.shift();
      runner.send(mutant.id);
      const { answer } = await said(runner);
      if (answer === "stale") waiting.unshift(mutant);
      else tell(mutant, answer);
      if (["survived", "uncovered", "static", "killed"].includes(answer)) continue;
      runner.kill("SIGKILL");
      runner = undefined;
    }
    runner?.kill("SIGKILL");
  };
  await Promise.all(Array.from({ length: processes }, worker));
  return waiting;
}

async function startSuite(sandbox, layer) {
  const child = fork(resolve("test/mutants/suite.js"), ["known.json", ...testsOf(sandbox, layer)], {
    cwd: sandbox,
    env: { ...process.env, FUZZ: "0.1" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const hello = await said(child, 4 * PATIENCE);
  if (!hello.ready) throw new Error(`the tests of ${layer} cannot be run: ${hello.answer}`);
  return child;
}

/** What it says next; `late` if it says nothing, `ended` if it is no more. */
function said(child, patience = PATIENCE) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, patience, { answer: "late" });
    const gone = () => done({ answer: "ended" });
    child.once("message", done).once("exit", gone);
    function done(message) {
      clearTimeout(timer);
      child.off("message", done).off("exit", gone);
      resolve(message);
    }
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

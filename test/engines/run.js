// `npm run test:engines`: the smoke suite in every engine, each as npm has it, against a libzmq in another process; also in a worker
// thread of each, with connections in another thread, and without WebAssembly. `--only NAME` chooses. Exits with 1 if a check fails or an engine cannot be had.
import { execFile, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { ENGINES, provide } from "./provide.js";

const run = promisify(execFile);
const PATIENCE = 30_000;

const SUITES = {
  "": { file: "smoke.mjs", transports: ["tcp", "ws"] },
  ", in a worker thread": { file: "smoke-worker.mjs", transports: [] },
  ", connections in another thread": { file: "smoke-thread.mjs", transports: ["tcp"] },
  // Node's own WebSocket and fetch need WebAssembly.
  ", without WebAssembly": { file: "smoke-without-webassembly.mjs", transports: ["tcp"] },
};

/** Runs one suite in one engine; returns whether all its checks held and the process ended by itself. */
async function smoke(executable, args, { file, transports }) {
  const echo = fork(new URL("libzmq-echo.js", import.meta.url), transports);
  try {
    const [endpoints] = await once(echo, "message");
    const suite = fileURLToPath(new URL(file, import.meta.url));
    const child = spawn(executable, [...args, suite, ...endpoints], { stdio: "inherit", timeout: PATIENCE });
    const [code, signal] = await once(child, "exit");
    if (signal) console.log(`  FAIL  it did not end within ${PATIENCE / 1000} s (${signal})`);
    return code === 0;
  } finally {
    if (echo.connected) echo.disconnect();
  }
}

const { values } = parseArgs({ options: { only: { type: "string", multiple: true } } });
const names = values.only ?? Object.keys(ENGINES);
const unknown = names.find((name) => !(name in ENGINES));
if (unknown !== undefined) {
  console.error(`There is no engine "${unknown}"; there are ${Object.keys(ENGINES).join(", ")}.`);
  process.exit(1);
}

const failed = [];
for (const name of names) {
  let executable;
  let version;
  try {
    executable = await provide(name);
    version = (await run(executable, ["--version"])).stdout.split("\n")[0];
  } catch (error) {
    console.error(`${name} CANNOT BE HAD: ${error.stderr?.trim() || error.message}\n`);
    failed.push(name);
    continue;
  }
  for (const [where, suite] of Object.entries(SUITES)) {
    console.log(`${name}${where} (${version})`);
    if (!(await smoke(executable, ENGINES[name].args, suite))) failed.push(`${name}${where}`);
    console.log();
  }
}

console.log(failed.length === 0 ? `All held: ${names.join(", ")}.` : `FAILED: ${failed.join("; ")}.`);
if (failed.length > 0) process.exitCode = 1;

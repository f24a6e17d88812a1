// `npm run test:engines`: the smoke suite in every engine, each as npm has it, against a libzmq in another process; also in a worker
// thread of each, and without WebAssembly. `--only NAME` chooses. Exits with 1 if a check fails or an engine cannot be had.
import { execFile, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

const run = promisify(execFile);
const PATIENCE = 30_000;
/** Not among the development dependencies: they are 100 MB each, and `npm ci` should not pay for them. */
const CACHE = new URL("../../node_modules/.cache/engines/", import.meta.url);

const { platform, arch } = process;
const system = platform === "win32" ? "win" : platform;

/** The platform's own packages: the ones in front of them fetch theirs by an install script. */
const ENGINES = {
  ...Object.fromEntries(
    [20, 22, 24, 26].map((major) => [
      `node-${major}`,
      { package: `node-${system}-${arch}@${major}`, path: `bin/node`, args: [] },
    ]),
  ),
  deno: {
    package: `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}@2`,
    path: "deno",
    args: ["run", "-A"],
  },
  bun: {
    package: `@oven/bun-${platform}-${arch === "arm64" ? "aarch64" : arch}@1`,
    path: "bin/bun",
    args: ["run"],
  },
};

const SUITES = {
  "": { file: "smoke.mjs", transports: ["tcp", "ws"] },
  ", in a worker thread": { file: "smoke-worker.mjs", transports: [] },
  // Node's own WebSocket and fetch need WebAssembly.
  ", without WebAssembly": { file: "smoke-without-webassembly.mjs", transports: ["tcp"] },
};

/** Where the engine's executable is, installed by npm if it is not there yet. */
async function provide(name) {
  const { package: wanted, path } = ENGINES[name];
  const folder = new URL(`${name}/`, CACHE);
  const executable = fileURLToPath(new URL(`node_modules/${wanted.slice(0, wanted.lastIndexOf("@"))}/${path}`, folder));
  if (!(await exists(executable))) {
    console.log(`${name}: npm install ${wanted}`);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFile(new URL("package.json", folder), "{}");
    const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    await run("npm", ["install", ...options, wanted], { cwd: fileURLToPath(folder), shell: platform === "win32" });
  }
  return executable;
}

function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}

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

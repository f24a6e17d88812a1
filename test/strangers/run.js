// `npm run test:strangers`: packages of others, unmodified from npm, with ours in the place of `zeromq`, against
// Python's libzmq. Installs them on demand into a folder of its own, with this package as it would be published.
// Exits with 1 if anything fails.
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
/** Debian's, which has the packages below; `PYTHON` names another. */
const PYTHON = process.env.PYTHON ?? "/usr/bin/python3";
const PYTHON_MODULES = {
  ipykernel: "python3-ipykernel",
  jupyter_client: "python3-jupyter-client",
  zmq: "python3-zmq",
};
/** A loaded machine takes half a minute to start a kernel. None of these programs sleeps. */
const PATIENCE = 180_000;

/** Each program ends by itself, and says in its last line what it has seen. */
const STRANGERS = [
  { name: "enchannel-zmq-backend", version: "10.0.0", program: "enchannel.cjs" },
  { name: "tslab", version: "1.0.22", program: "tslab.py" },
  { name: "@dashevo/dashd-zmq", version: "1.2.1", program: "dashd.cjs" },
];

/** What is missing of Python, as the command that brings it. */
async function missing() {
  const lacks = [];
  for (const [module, name] of Object.entries(PYTHON_MODULES)) {
    await run(PYTHON, ["-c", `import ${module}`]).catch(() => lacks.push(name));
  }
  return lacks.length === 0 ? undefined : `${PYTHON} lacks modules: apt-get install ${lacks.join(" ")}`;
}

/** Installs the packed tarball, and the strangers, with the lines that README.md gives. */
async function install(folder) {
  const packing = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const [{ filename }] = Object.values(JSON.parse((await run("npm", packing, { cwd: root })).stdout));
  const dependencies = {
    monocoque: `file:${filename}`,
    zeromq: "file:node_modules/monocoque/as-zeromq",
    ...Object.fromEntries(STRANGERS.map(({ name, version }) => [name, version])),
  };
  const manifest = { private: true, dependencies, overrides: { zeromq: "$zeromq" } };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder });
  for (const file of await readdir(here)) await copyFile(join(here, file), join(folder, file));
}

/** Throws where anything but ours could be loaded as `zeromq`. */
async function findNoAddon(folder) {
  const ours = join(await realpath(folder), "node_modules/monocoque/as-zeromq");
  const paths = (await readdir(folder, { recursive: true })).map((path) => path.split(sep).join("/"));
  const native = paths.filter((path) => path.endsWith(".node"));
  if (native.length > 0) throw new Error(`There is native code: ${native.join(", ")}`);
  const named = paths.filter((path) => /(^|\/)node_modules\/zeromq$/.test(path));
  const targets = await Promise.all(named.map((path) => realpath(join(folder, path))));
  if (targets.length === 0 || targets.some((path) => path !== ours)) {
    throw new Error(`zeromq is not ours: ${targets.join(", ") || "it is not there"}`);
  }
  const { stdout } = await run("npm", ["ls", "zeromq", "--json"], { cwd: folder });
  const users = JSON.parse(stdout).dependencies;
  const without = STRANGERS.filter(({ name }) => users[name]?.dependencies?.zeromq === undefined);
  if (without.length > 0) throw new Error(`${without.map(({ name }) => name)} would not load zeromq at all`);
}

/** Runs one program. Resolves with what it has seen; rejects with all that it printed. */
async function meet({ program }, folder) {
  const command = program.endsWith(".py") ? PYTHON : process.execPath;
  const env = {
    ...process.env,
    PYTHON,
    NODE: process.execPath,
    // Kernels are looked for, and their files are written, in this folder alone.
    JUPYTER_PATH: folder,
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    IPYTHONDIR: join(folder, "ipython"),
  };
  const { stdout } = await run(command, [join(folder, program)], { cwd: folder, env, timeout: PATIENCE }).catch(
    (error) => {
      const why = error.killed ? `It did not end within ${PATIENCE / 1000} s` : error.message;
      throw new Error(`${why}\n${error.stdout}`);
    },
  );
  const seen = stdout.trim().split("\n").at(-1);
  if (!seen) throw new Error("It ended without a word of what it has seen");
  return seen;
}

const lack = await missing();
if (lack !== undefined) {
  console.error(lack);
  process.exit(1);
}
const folder = await mkdtemp(join(tmpdir(), "monocoque-strangers-"));
try {
  await mkdir(join(folder, "runtime"));
  await install(folder);
  await findNoAddon(folder);
  let failed = 0;
  for (const stranger of STRANGERS) {
    const title = `${stranger.name} ${stranger.version}`;
    try {
      console.log(`${title}: ${await meet(stranger, folder)}`);
    } catch (error) {
      console.log(`${title}: FAILED`);
      console.error(error.message);
      failed += 1;
    }
  }
  console.log(`${STRANGERS.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

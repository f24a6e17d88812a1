// Other engines, each as npm has it, installed when they are first needed.
import { execFile } from "node:child_process";
import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Not among the development dependencies: they are 100 MB each, and `npm ci` should not pay for them. */
const CACHE = new URL("../../node_modules/.cache/engines/", import.meta.url);

const { platform, arch } = process;
const system = platform === "win32" ? "win" : platform;

/** The platform's own packages: the ones in front of them fetch theirs by an install script. */
export const ENGINES = {
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

/** Where the engine's executable is, installed by npm if it is not there yet. */
export async function provide(name) {
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

/** The four bundlers, each as its users call it: one module in, minified code out. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const run = promisify(execFile);

export type Bundle = (path: string) => Promise<string>;

/** Where the built package lies, for the bundler that has no resolution of its own. */
export interface Installed {
  /** The file of an import, like "monocoque/node". */
  resolve(specifier: string): string;
}

async function withEsbuild(path: string): Promise<string> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path],
    bundle: true,
    minify: true,
    format: "esm",
    external: ["node:*", "ws", "libsodium-wrappers"],
    write: false,
    outdir: "/none",
  });
  return outputFiles.map((file) => file.text).join("\n");
}

/** Rollup leaves both finding packages and minifying to plugins: the first is done here as its plugin does it. */
function withRollup({ resolve }: Installed): Bundle {
  return async (path) => {
    const { rollup } = await import("rollup");
    const find = (specifier: string) =>
      specifier.startsWith("monocoque") ? { id: resolve(specifier), moduleSideEffects: false } : null;
    const bundle = await rollup({
      input: path,
      external: [/^node:/, "ws", "libsodium-wrappers"],
      plugins: [{ name: "resolve", resolveId: find }],
    });
    const { output } = await bundle.generate({ format: "es", inlineDynamicImports: true });
    const { code } = await esbuild.transform(output[0].code, { minify: true, format: "esm" });
    return code;
  };
}

async function withVite(path: string): Promise<string> {
  const { build } = await import("vite");
  const result = await build({
    root: join(path, ".."),
    logLevel: "error",
    configFile: false,
    build: {
      write: false,
      modulePreload: false,
      rollupOptions: { input: path, external: [/^node:/, "ws", "libsodium-wrappers"] },
    },
  });
  const [bundle] = [result].flat();
  if (bundle === undefined || !("output" in bundle)) throw new Error("vite built nothing");
  return bundle.output.map((part) => ("code" in part ? part.code : "")).join("\n");
}

/** In a process of its own: it keeps much memory. */
async function withWebpack(path: string): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), "webpack-"));
  const program = `
    const [entry, path] = process.argv.slice(1);
    require("webpack")({ mode: "production", context: path, entry, target: ["web", "es2022"], externalsPresets: { node: true }, externals: ["ws", "libsodium-wrappers"],
      externalsType: "module", experiments: { outputModule: true }, output: { path, filename: "out.js" } }, (error, stats) => {
      if (!error && !stats.hasErrors()) return;
      console.error(error ?? stats.toString());
      process.exitCode = 1;
    });`;
  try {
    await run("node", ["-e", program, path, out]);
    return await readFile(join(out, "out.js"), "utf8");
  } finally {
    await rm(out, { recursive: true });
  }
}

export function bundlers(installed: Installed): Record<string, Bundle> {
  return { esbuild: withEsbuild, rollup: withRollup(installed), vite: withVite, webpack: withWebpack };
}

/** Octets as a server sends them. */
export function gzipped(code: string): number {
  return gzipSync(code, { level: 9 }).length;
}

// Builds assembly/ into an inlined module and src/ into dist/, which a page can load as it is.
// `node build.mjs wasm` stops after the first step, which the tests and the type checker need.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { build } from "rolldown";

const run = (command, ...args) => execFileSync("npx", ["--no", "--", command, ...args], { stdio: "inherit" });

function inlineWasm() {
  mkdirSync("build", { recursive: true });
  run("asc", "--config", "asconfig.json");
  const base64 = readFileSync("build/codec.wasm").toString("base64");
  writeFileSync(
    "src/codec/module.ts",
    `/** Made by build.mjs from assembly/: the codec's WebAssembly, inlined so that nothing is fetched. */
const base64 = "${base64}";

/** The octets of the module. */
export function codecWasm(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (octet) => octet.charCodeAt(0));
}
`,
  );
}

/** The declarations that an importer of the package can reach, by the name of their module. */
function reachable(entries, folder) {
  const seen = new Set();
  const visit = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(path, "utf8");
    for (const [, to] of text.matchAll(/from "(\.[^"]+)\.js"/g)) visit(join(dirname(path), `${to}.d.ts`));
  };
  for (const entry of entries) visit(join(folder, entry));
  return seen;
}

/** Types as the compiler writes them, indented by tabs; the modules behind the public ones are nobody's business. */
function declare(from, to) {
  for (const path of reachable(["index.d.ts", "node.d.ts"], from)) {
    const target = join(to, relative(from, path));
    mkdirSync(dirname(target), { recursive: true });
    const tabs = (spaces) => "\t".repeat(spaces.length / 4);
    writeFileSync(target, readFileSync(path, "utf8").replace(/^( {4})+/gm, tabs));
  }
}

inlineWasm();
if (process.argv[2] !== "wasm") {
  // Beside the old build, then in its place: whoever runs meanwhile finds the one or the other, whole.
  const out = "build/dist";
  rmSync(out, { recursive: true, force: true });
  run("tsc", "-p", "tsconfig.build.json");
  declare("build/types", out);
  // Two entries and what they share, AssemblyScript's loader included: no page resolves a bare import, and a page's requests are few.
  const loader = "build/loader.js";
  await build({
    input: "src/codec/loader.ts",
    platform: "neutral",
    resolve: { mainFields: ["main"] },
    output: { file: loader, minify: true },
  });
  await build({
    input: { index: "src/index.ts", node: "src/node.ts" },
    platform: "neutral",
    resolve: { alias: { "@assemblyscript/loader": resolve(loader) } },
    external: [/^node:/, "ws"],
    output: { dir: out, format: "esm", chunkFileNames: "monocoque.js", minify: false, comments: false },
  });
  rmSync("dist", { recursive: true, force: true });
  renameSync(out, "dist");
}

// Builds assembly/ into an inlined module and src/ into dist/, which a page can load as it is.
// `node build.mjs wasm` stops after the first step, which the tests and the type checker need.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

inlineWasm();
if (process.argv[2] !== "wasm") {
  // Beside the old build, then in its place: whoever runs meanwhile finds the one or the other, whole.
  const out = "build/dist";
  rmSync(out, { recursive: true, force: true });
  // The types carry the documentation, the modules the code: nothing is shipped twice.
  run("tsc", "-p", "tsconfig.build.json", "--outDir", out, "--emitDeclarationOnly");
  run("tsc", "-p", "tsconfig.build.json", "--outDir", out, "--declaration", "false", "--removeComments");
  // No page resolves a bare import: AssemblyScript's loader moves in.
  await build({
    input: "src/codec/loader.ts",
    platform: "neutral",
    resolve: { mainFields: ["main"] },
    output: { file: `${out}/codec/loader.js`, format: "esm", minify: true },
  });
  rmSync("dist", { recursive: true, force: true });
  renameSync(out, "dist");
}

/** Contenders that are compiled on the fly: a plain loop in C where there is a compiler, one in AssemblyScript everywhere. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { scanner } from "../codec/scan.js";

const asconfig = JSON.parse(readFileSync(new URL("../../asconfig.json", import.meta.url), "utf8"));
const source = (name) => fileURLToPath(new URL(`../native/${name}`, import.meta.url));

/** Compiles a C file; undefined, and the reason said aloud, where that cannot be done. */
export function compileC(name, folder, ...flags) {
  const out = join(folder, name.replace(/\.c$/, ""));
  const { status, error, stderr } = spawnSync("cc", ["-O3", source(name), "-o", out, ...flags], { encoding: "utf8" });
  if (status === 0) return out;
  console.warn(`SKIPPED: ${name}: ${error ? "no C compiler" : stderr.split("\n")[0]}`);
  return undefined;
}

export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), "monocoque-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function plainEngine(folder) {
  const out = join(folder, "plain.wasm");
  execFileSync(
    "npx",
    [
      "--no",
      "--",
      "asc",
      source("plain.ts"),
      "-o",
      out,
      "--runtime",
      "stub",
      "--initialMemory",
      String(asconfig.options.initialMemory),
      "--memoryBase",
      "64",
      "-O3",
      "--noAssert",
    ],
    { stdio: "inherit" },
  );
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(out)));
  return {
    scan: exports.scan,
    status: new Int32Array(exports.memory.buffer, 0, 2),
    window: new Uint8Array(exports.memory.buffer, 132_096, 1_572_992),
  };
}

/** The further contenders of the scan, for one workload after another. */
export function scanContenders() {
  const folder = temporaryFolder();
  const plain = plainEngine(folder);
  const program = compileC("scan.c", folder);
  let child;
  return (workload) => {
    child?.kill();
    const contenders = { plain: scanner(plain, workload) };
    if (program === undefined) return { contenders, elsewhere: {} };
    const file = join(folder, "frames");
    writeFileSync(file, workload.bytes);
    child = spawn(program, [file], { stdio: ["pipe", "pipe", "inherit"] });
    child.unref();
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const c = async () => {
      child.stdin.write("go\n");
      return Number((await lines.next()).value);
    };
    return { contenders, elsewhere: { c } };
  };
}

import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, noBrowser, serve } from "../support/browser.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const KiB = 1024;

/** JavaScript and types that an entry loads; of all but the first, what it adds to "monocoque". Maps are not counted. */
const BUDGETS = {
  ".": 164 * KiB,
  "./node": 25 * KiB,
  "./page": 24 * KiB,
  "./thread": 60 * KiB,
  "./curve": 24 * KiB,
  "./inspect": 40 * KiB,
  "./sockets": 95 * KiB,
  "./zeromq": 128 * KiB,
  "./zeromq/draft": 95 * KiB,
  "./zeromq/v5-compat": 147 * KiB,
};

/** JavaScript that the worker of a page loads. */
const PAGE_WORKER = 110 * KiB;

/** What every consumer does: a message to frames and back, and a handshake. */
const program = `
const pull = new ZmtpSession({ socketType: "PULL" });
const push = new ZmtpSession({ socketType: "PUSH" });
const events = [...pull.receive(push.start())];
const lengths = [];
for (const batch of new FrameDecoder().push(encodeMessage(["topic", "body"]))) lengths.push(batch.length);
`;
const report = '[defaultCodec().name, lengths, events.map((event) => event.type)].join(" ")';
const imports = 'import { defaultCodec, encodeMessage, FrameDecoder, ZmtpSession } from "monocoque";';
const outcome = "wasm 2 SendBytes";

describe("the packed tarball", () => {
  let folder: string;
  let packed: { filename: string; files: { path: string; size: number }[] };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "monocoque-"));
    const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
      cwd: root,
    });
    [packed] = Object.values(JSON.parse(stdout)) as [typeof packed];
    await writeFile(join(folder, "package.json"), "{}");
    await run("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${packed.filename}`], { cwd: folder });
  });

  afterAll(() => rm(folder, { recursive: true }));

  /** All files that an importer of this one loads: JavaScript, or declarations. */
  const loadedBy = async (path: string, seen = new Set<string>()): Promise<Set<string>> => {
    seen.add(path);
    const text = await readFile(join(folder, "node_modules/monocoque", path), "utf8");
    for (const [, to] of text.matchAll(/(?:from|import\()\s*["'](\.[^"']+)["']/g)) {
      const target = join(path, "..", path.endsWith(".d.ts") ? `${to}`.replace(/js$/, "d.ts") : `${to}`);
      if (!seen.has(target)) await loadedBy(target, seen);
    }
    return seen;
  };

  const files = async (entry: string) => {
    const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    const { types, default: code } = exports[entry];
    return new Set([...(await loadedBy(join(types))), ...(await loadedBy(join(code)))]);
  };

  it.each(Object.entries(BUDGETS))("loads little for %s: at most %i octets", async (entry, most) => {
    const shared = entry === "." ? new Set<string>() : await files(".");
    const own = [...(await files(entry))].filter((path) => !shared.has(path));
    const size = packed.files.filter(({ path }) => own.includes(path)).reduce((sum, file) => sum + file.size, 0);
    console.log(`${entry}: ${size} octets of JavaScript and types in ${own.length} files`);
    expect(own.length).toBeGreaterThan(1);
    expect(size).toBeLessThanOrEqual(most);
  });

  it("loads little in the worker of a page", async () => {
    const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    const loaded = await loadedBy(join(exports["./thread"].browser));
    const size = packed.files.filter(({ path }) => loaded.has(path)).reduce((sum, file) => sum + file.size, 0);
    console.log(`./thread in a page: ${size} octets of JavaScript in ${loaded.size} files`);
    expect(loaded.size).toBeGreaterThan(1);
    expect(size).toBeLessThanOrEqual(PAGE_WORKER);
  });

  it("has a small codec, and a budget for every entry", async () => {
    const { exports } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    const code = Object.keys(exports).filter((name) => exports[name].default?.endsWith(".js"));
    expect(Object.keys(BUDGETS)).toEqual(code);
    expect((await stat(join(root, "dist/codec.wasm"))).size).toBeLessThanOrEqual(2 * KiB);
    expect((await stat(join(root, "build/shared.wasm"))).size).toBeLessThanOrEqual(2.5 * KiB);
  });

  it("has maps that lead to its sources", async () => {
    const published = new Map(packed.files.map(({ path }) => [path, path]));
    const maps = packed.files.filter(({ path }) => path.endsWith(".map"));
    for (const { path } of packed.files.filter((file) => /^dist\/.*\.(js|d\.ts)$/.test(file.path))) {
      const text = await readFile(join(folder, "node_modules/monocoque", path), "utf8");
      const named = /\/\/# sourceMappingURL=(.+)$/m.exec(text)?.[1];
      if (named !== undefined) expect(published.get(join(path, "..", named))).toBe(`${path}.map`);
    }
    const sources = new Set<string>();
    for (const { path } of maps) {
      const map = JSON.parse(await readFile(join(folder, "node_modules/monocoque", path), "utf8"));
      for (const [i, source] of map.sources.entries()) {
        const target = join(path, "..", source);
        if (map.sourcesContent[i] === null) expect(published.get(target)).toBe(target);
        sources.add(target);
      }
    }
    expect([...sources]).toEqual(expect.arrayContaining(["src/codec/decoder.ts", "src/connection/node/listen.ts"]));
  });

  it("shows a line of itself with an error that nobody catches, not all of a file", () => {
    const program = 'import { Request } from "monocoque/zeromq"; new Request({ curveServerKey: "no key" });';
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      cwd: folder,
      encoding: "utf8",
    });
    expect([status, stderr.includes("Error: Invalid argument")]).toEqual([1, true]);
    expect(stderr.length).toBeLessThan(4 * KiB);
  });

  it("leads from a declared name, and from a line that runs, to the TypeScript of both", async () => {
    const at = async (path: string, wanted: string, inSource: string, source: string) => {
      const installed = join(folder, "node_modules/monocoque");
      const lines = (await readFile(join(installed, path), "utf8")).split("\n");
      const line = lines.findIndex((text) => text.includes(wanted));
      const map = new SourceMap(JSON.parse(await readFile(join(installed, `${path}.map`), "utf8")));
      const found = map.findEntry(line, lines[line]?.indexOf(wanted) ?? 0);
      if (!("originalLine" in found)) throw new Error(`${path}:${line + 1} leads nowhere`);
      expect(join(path, "..", found.originalSource)).toBe(source);
      const original = (await readFile(join(installed, source), "utf8")).split("\n");
      expect(original[found.originalLine]).toContain(inSource);
    };
    await at("dist/codec/decoder.d.ts", "push(", "push(chunk", "src/codec/decoder.ts");
    const chunks = packed.files.map(({ path }) => path).filter((path) => /^dist\/chunk\/.*\.js$/.test(path));
    const texts = await Promise.all(chunks.map((path) => readFile(join(root, path), "utf8")));
    const holder = chunks[texts.findIndex((text) => text.includes("receiveBatches("))];
    await at(`${holder}`, "receiveBatches(", "receiveBatches(", "src/session/session.ts");
  });

  it("has a program that npx finds, and that loads little for its help", async () => {
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    const { stdout } = await run("npx", ["--offline", "--no", "--", "monocoque", "--version"], { cwd: folder });
    expect(stdout.trim()).toBe(version);
    expect((await stat(join(folder, "node_modules/monocoque/dist/cli.js"))).mode & 0o111).toBe(0o111);
    // What is loaded on demand, by the commands, is not counted: these are the files for --help.
    const text = await readFile(join(folder, "node_modules/monocoque/dist/cli.js"), "utf8");
    expect(text.startsWith("#!/usr/bin/env node\n")).toBe(true);
    const eager = ["dist/cli.js"];
    for (const [, to] of text.matchAll(/from\s*["'](\.[^"']+)["']/g)) eager.push(join("dist", `${to}`));
    const size = packed.files.filter((file) => eager.includes(file.path)).reduce((sum, file) => sum + file.size, 0);
    console.log(`the program: ${size} octets in ${eager.length} files before a command is loaded`);
    expect(size).toBeLessThanOrEqual(16 * KiB);
  });

  it("brings nothing else along", async () => {
    const manifest = JSON.parse(await readFile(join(folder, "node_modules/monocoque/package.json"), "utf8"));
    expect(Object.keys(manifest.dependencies ?? {})).toEqual([]);
    // npm warns whoever installs a tarball with one of these.
    const warned = ["preinstall", "install", "postinstall", "prepare"];
    expect(Object.keys(manifest.scripts).filter((name) => warned.includes(name))).toEqual([]);
  });

  it("works from plain JavaScript", async () => {
    await writeFile(join(folder, "plain.mjs"), `${imports}${program}console.log(${report});`);
    const { stdout } = await run("node", ["plain.mjs"], { cwd: folder });
    expect(stdout.trim()).toBe(outcome);
  });

  it("works from CommonJS where the engine can require modules", async () => {
    const required = imports.replace("import", "const").replace("from", "= require(").replace(";", ");");
    await writeFile(join(folder, "plain.cjs"), `${required}${program}console.log(${report});`);
    const { stdout } = await run("node", ["plain.cjs"], { cwd: folder });
    expect(stdout.trim()).toBe(outcome);
  });

  it("loads where the language's own objects are frozen", async () => {
    await writeFile(join(folder, "frozen.mjs"), `${imports}${program}console.log(${report});`);
    const { stdout } = await run("node", ["--no-warnings", "--frozen-intrinsics", "frozen.mjs"], { cwd: folder });
    expect(stdout.trim()).toBe(outcome);
  });

  it("takes its WebAssembly compiled beforehand where compiling is forbidden", async () => {
    const forbidden = `
import { readFileSync } from "node:fs";
import { defaultCodec, encodeMessage, FrameDecoder, wasmCodec } from "monocoque";
const octets = readFileSync(new URL(import.meta.resolve("monocoque/codec.wasm")));
const compiled = new WebAssembly.Module(octets);
const another = new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
const refuse = () => { throw new WebAssembly.CompileError("compiling is forbidden here"); };
WebAssembly.Module = new Proxy(WebAssembly.Module, { construct: refuse });
WebAssembly.compile = WebAssembly.instantiate = refuse;
const refusals = [octets, another].map((module) => {
  try { return wasmCodec(module).name; } catch (error) { return error.name; }
});
const codec = wasmCodec(compiled);
const lengths = [];
for (const batch of new FrameDecoder({ codec }).push(encodeMessage(["topic", "body"]))) lengths.push(batch.length);
console.log(refusals.join(), codec.name, lengths.join(), wasmCodec(compiled) === codec, defaultCodec().name);
`;
    await writeFile(join(folder, "forbidden.mjs"), forbidden);
    const { stdout } = await run("node", ["forbidden.mjs"], { cwd: folder });
    expect(stdout.trim()).toBe("TypeError,TypeError wasm 2 true js");
  });

  it("satisfies a strict TypeScript compiler, its own declarations included", async () => {
    const typed = `${imports}
import type { Connection, FrameBatch, Message, PeerInfo, SessionEvent, SocketType, ZmtpError } from "monocoque";
import { connect, type Listener, listen } from "monocoque/node";
const type: SocketType = "DEALER";
const session = new ZmtpSession({ socketType: type, identity: new Uint8Array([1]), metadata: { "X-A": "b" } });
for (const event of session.receive(session.start())) {
  if (event.type === "Frame") { const payload: Uint8Array = event.frame.payload; void payload; }
  if (event.type === "Error") { const error: ZmtpError = event.error; const code: string = error.code; void code; }
  if (event.type === "HandshakeComplete") { const peer: PeerInfo = event.peer; void peer; }
}
const message: Message = ["a", new Uint8Array(2)];
export const total = (batch: FrameBatch): number => batch.end(0) - batch.start(0);
export const names = (event: SessionEvent): string => event.type;
void message; void encodeMessage; void FrameDecoder; void defaultCodec;
export async function first(endpoint: string): Promise<Uint8Array[] | undefined> {
  const listener: Listener = await listen(endpoint, { socketType: "PULL" });
  await using connection: Connection = await connect(listener.endpoint, { socketType: "PUSH", heartbeat: { interval: 1000 } });
  if (!connection.send(["a", new Uint8Array(1)])) await connection.drained;
  for await (const peer of listener) for await (const message of peer) return message;
  return undefined;
}
// @ts-expect-error: not a socket type
new ZmtpSession({ socketType: "STREAM" });
`;
    await writeFile(join(folder, "typed.ts"), typed);
    const options = {
      strict: true,
      noEmit: true,
      module: "NodeNext",
      target: "ES2022",
      types: [],
      exactOptionalPropertyTypes: true,
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["typed.ts"] }));
    const tsc = join(root, "node_modules/typescript/lib/tsc.js");
    const { stdout } = await run("node", [tsc, "-p", "."], { cwd: folder }).catch((error) => error);
    expect(stdout).toBe("");
  });

  const missing = noBrowser();
  if (missing) console.warn(`SKIPPED: the package in a page: ${missing}`);

  const inPage = async (csp?: string) => {
    const script = `import { defaultCodec, encodeMessage, FrameDecoder, ZmtpSession } from "./node_modules/monocoque/dist/index.js";${program}document.title = ${report};`;
    await writeFile(join(folder, "page.js"), script);
    await writeFile(
      join(folder, "index.html"),
      '<!doctype html><title></title><script type="module" src="page.js"></script>',
    );
    const site = await serve(folder, csp ? { "content-security-policy": csp } : {});
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.goto(`${site.url}/index.html`);
      await page.waitForFunction("document.title !== ''", undefined, { timeout: 90_000 });
      return await page.title();
    } finally {
      await browser.close();
      site.close();
    }
  };

  it.skipIf(missing)("loads in a page with a plain module script", async () => {
    expect(await inPage()).toBe(outcome);
  });

  it.skipIf(missing)("falls back to TypeScript where a page forbids WebAssembly", async () => {
    expect(await inPage("script-src 'self'")).toBe(outcome.replace("wasm", "js"));
  });
});

// Builds assembly/ into an inlined module and src/ into dist/, which a page can load as it is.
// `node build.mjs wasm` stops after the first step, which the tests and the type checker need.
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { decode, encode } from "@jridgewell/sourcemap-codec";
import { build } from "rolldown";
import { parseAst } from "rolldown/parseAst";

/** What can be imported, or run: dist/NAME.js is bundled from its source. package.json names each once more. */
const ENTRIES = {
  index: "src/index.ts",
  node: "src/node.ts",
  page: "src/page.ts",
  thread: "src/connection/node/worker.ts",
  "page-thread": "src/connection/page/worker.ts",
  curve: "src/curve.ts",
  "curve-require": "src/curve-require.ts",
  inspect: "src/inspect/index.ts",
  sockets: "src/socket/index.ts",
  zeromq: "src/zeromq/index.ts",
  "zeromq/draft": "src/zeromq/draft.ts",
  "zeromq/v5-compat": "src/zeromq/v5-compat.ts",
  cli: "src/cli.ts",
};

/** Left to the importer's engine. */
const EXTERNAL = [/^node:/, "ws", "libsodium-wrappers"];

const WASM = "build/codec.wasm";
/** What `import module from "monocoque/codec.wasm"` is where it works: in Cloudflare Workers, and by `import source`. */
const WASM_TYPES = `/** The codec's WebAssembly, compiled: for \`wasmCodec(module)\`. */
export type {} from "./platform.js";
declare const module: WebAssembly.Module;
export default module;
`;
/** Where tsc writes all declarations; those that an entry reaches are copied from here. */
const TYPES = "build/types";
/** A line of dist/ is broken at the first place behind so many octets. */
const LINE = 100;
/** The new build grows beside the old one: whoever runs meanwhile finds the one or the other, whole. */
const OUT = "build/dist";

const run = (command, ...args) => execFileSync("npx", ["--no", "--", command, ...args], { stdio: "inherit" });

/** Compiles assembly/, for memory of its own and for memory that threads share. */
function inlineWasm() {
  mkdirSync("build", { recursive: true });
  run("asc", "--config", "asconfig.json");
  inline(WASM, "src/codec/module.ts", "codecWasm", "the codec's WebAssembly");
  run("asc", "assembly/shared.ts", "--config", "asconfig.json", "--target", "shared");
  inline("build/shared.wasm", "src/codec/shared-module.ts", "sharedWasm", "the scan for memory that threads share");
}

/** Writes the octets of a module into one of src/, so that nothing has to be fetched. */
function inline(wasm, path, name, what) {
  // Hexadecimal, since gzip finds in it what repeats in the octets; in base64 it does not, and that is a third more to load.
  const hex = readFileSync(wasm).toString("hex");
  writeFileSync(
    path,
    `/** Made by build.mjs from assembly/: ${what}, inlined so that nothing is fetched. */
const hex = "${hex}";

/** The octets of the module. */
export function ${name}(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16));
}
`,
  );
}

/** Replaces `pattern` by `text`; what is not there any more is noticed here, and not by a user. */
function cut(source, pattern, text) {
  if (!pattern.test(source)) throw new Error(`AssemblyScript's loader has changed: it lacks ${pattern}`);
  return source.replace(pattern, text);
}

/** AssemblyScript's loader without a write to `Object`, which frozen intrinsics forbid, and without what serves other modules. */
function trimLoader(source) {
  const [before, instantiateSync, after] = source.split(/(^export function instantiateSync[^}]*\{\}[^}]*\}[^}]*\}$)/m);
  // Imports for strings and arrays, and exports wrapped for them: our module has neither.
  const plain = [
    [/const extended = preInstantiate\(imports\);/, ""],
    [/postInstantiate\(extended, instance\)/, "instance.exports"],
  ].reduce((text, [pattern, by]) => cut(text, pattern, by), instantiateSync);
  return cut(before, /^Object\.hasOwn = Object\.hasOwn \|\|[^}]*\};$/m, "") + plain + after;
}

/** What can have an effect in the eyes of one bundler or another: calls, and classes with a parent or a computed name. */
function looksEffectful(node) {
  if (Array.isArray(node)) return node.some(looksEffectful);
  if (node === null || typeof node !== "object") return false;
  if (/^(Arrow)?Function/.test(node.type)) return false;
  return (
    ["CallExpression", "NewExpression", "SpreadElement", "MemberExpression"].includes(node.type) ||
    Object.values(node).some(looksEffectful)
  );
}

/**
 * Tells bundlers that a class or a constant which nobody uses may be dropped. They drop what they can prove to be without effect, and
 * some cannot prove it of `extends Error`, `[Symbol.iterator]()` or `new TextEncoder()`. No module of ours has effects when it
 * is loaded, so each such definition is put into a call that is marked pure. Lines stay where they are.
 */
function markPure(source, path) {
  let marked = "";
  let at = 0;
  const replace = (from, to, text) => {
    marked += source.slice(at, from) + text;
    at = to;
  };
  for (const statement of parseAst(source, { lang: path.endsWith(".ts") ? "ts" : "js" }).body) {
    const definition = statement.declaration ?? statement;
    if (definition.type === "ClassDeclaration" && !definition.declare) {
      const { start, end, id } = definition;
      const text = source.slice(start, end);
      replace(start, end, `const ${id.name} = /* @__PURE__ */ (() => { ${text} return ${id.name}; })();`);
    }
    if (definition.type !== "VariableDeclaration" || definition.kind !== "const" || definition.declare) continue;
    for (const { init } of definition.declarations) {
      // What an entry awaits is an effect, and no function can await it in its place.
      if (!looksEffectful(init) || init.type === "AwaitExpression") continue;
      const text = source.slice(init.start, init.end);
      const call = /^(Call|New)Expression$/.test(init.type) && !looksEffectful(init.arguments);
      replace(init.start, init.end, `/* @__PURE__ */ ${call ? text : `(() => (${text}))()`}`);
    }
  }
  return marked + source.slice(at);
}

const ourSources = {
  name: "sources",
  transform(source, path) {
    const trimmed = /@assemblyscript.loader/.test(path) ? trimLoader(source) : source;
    return { code: markPure(trimmed, path), map: null };
  },
};

/** The entries and what they share, the loader included: a page resolves no bare import, and its requests stay few. */
function bundle() {
  return build({
    input: ENTRIES,
    platform: "neutral",
    external: EXTERNAL,
    plugins: [ourSources],
    checks: { pluginTimings: false },
    // Sizes and offsets are numbers by name in the source; names of numbers are nothing to load.
    optimization: { inlineConst: { mode: "all", pass: 3 } },
    output: {
      dir: OUT,
      format: "esm",
      entryFileNames: "[name].js",
      // By the module that all the others in it serve: a module is in one chunk, so names are stable and never the same.
      chunkFileNames: ({ name, moduleIds }) => {
        const last = moduleIds.findLast((id) => id.endsWith(".ts"));
        return `chunk/${last ? relative("src", last).replace(/\.ts$/, "").replaceAll("/", "-") : name}.js`;
      },
      // Names of classes show at run time, in errors and where objects are printed: they stay. What a line is called is in
      // the maps, which are published with the sources for whoever reads or debugs.
      minify: {
        compress: { keepNames: { function: false, class: true } },
        mangle: { toplevel: true, keepNames: { function: false, class: true } },
        codegen: { removeWhitespace: true },
      },
      comments: { legal: false, jsdoc: false, annotation: true },
      sourcemap: true,
    },
  });
}

/** Where a line may be broken in a module: in front of statements and of the members of classes. */
function breaksIn(source) {
  const starts = [];
  const visit = (node) => {
    if (node === null || typeof node !== "object") return;
    if (/^(Program|BlockStatement|StaticBlock|ClassBody)$/.test(node.type))
      for (const { start } of node.body) starts.push(start);
    for (const value of Object.values(node)) visit(value);
  };
  visit(parseAst(source));
  return starts.sort((one, other) => one - other);
}

/** An uncaught error shows the line that it came from, and a stack its place: a line is not to be all of a file. */
function breakLines() {
  // Only what has a map has code of its own.
  for (const name of readdirSync(OUT, { recursive: true }).filter((path) => path.endsWith(".js.map"))) {
    const file = join(OUT, name.slice(0, -".map".length));
    const source = readFileSync(file, "utf8");
    const breaks = [];
    for (const at of breaksIn(source)) {
      const begin = Math.max(source.lastIndexOf("\n", at - 1) + 1, breaks.at(-1) ?? 0);
      if (at - begin >= LINE) breaks.push(at);
    }
    const lines = [0, ...breaks].map((from, i) => source.slice(from, breaks[i]));
    writeFileSync(file, lines.join("\n"));
    const map = JSON.parse(readFileSync(join(OUT, name), "utf8"));
    map.mappings = moved(map.mappings, source, breaks);
    writeFileSync(join(OUT, name), JSON.stringify(map));
  }
}

/** The mappings of a source that has been broken in these places, too. */
function moved(mappings, source, breaks) {
  const before = [0, ...Array.from(source.matchAll(/\n/g), ({ index }) => index + 1)];
  const now = [...before, ...breaks].sort((one, other) => one - other);
  const lines = now.map(() => []);
  let line = 0;
  for (const [i, segments] of decode(mappings).entries()) {
    for (const [column, ...place] of segments) {
      const at = before[i] + column;
      while (now[line + 1] <= at) line++;
      lines[line].push([at - now[line], ...place]);
    }
  }
  return encode(lines);
}

/** The declarations that an importer of these can reach. */
function reachable(paths) {
  const seen = new Set();
  const visit = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(path, "utf8");
    for (const [, to] of text.matchAll(/from "(\.[^"]+)\.js"/g)) visit(join(dirname(path), `${to}.d.ts`));
  };
  for (const path of paths) visit(path);
  return seen;
}

/** Types as the compiler writes them, and their maps; the modules behind the public ones are nobody's business. */
function declare() {
  // Nobody imports the program.
  const sources = Object.values(ENTRIES).filter((source) => source !== ENTRIES.cli);
  const entries = sources.map((source) => source.replace(/^src(.*)\.ts$/, `${TYPES}$1.d.ts`));
  for (const path of reachable([...entries, `${TYPES}/platform.d.ts`])) {
    const target = join(OUT, relative(TYPES, path));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(path, target);
    copyFileSync(`${path}.map`, `${target}.map`);
  }
  // At the end, where it moves no line that a map points to.
  for (const path of entries) {
    const platform = relative(dirname(path), `${TYPES}/platform.js`);
    appendFileSync(join(OUT, relative(TYPES, path)), `\nexport type {} from "./${platform}";\n`);
  }
}

/** Maps name the published sources from where the package will lie; what is not published they carry along. */
function settleMaps() {
  const files = readdirSync(OUT, { recursive: true }).map((name) => join(OUT, name));
  for (const path of files.filter((name) => name.endsWith(".map"))) {
    const map = JSON.parse(readFileSync(path, "utf8"));
    const from = path.endsWith(".d.ts.map") ? dirname(path.replace(OUT, TYPES)) : dirname(path);
    const to = dirname(path.replace(OUT, "dist"));
    const sources = map.sources.map((source) => relative(resolve("."), resolve(from, source)));
    map.sources = sources.map((source) => relative(to, source));
    map.sourcesContent = sources.map((source, i) => (source.startsWith("src/") ? null : map.sourcesContent[i]));
    writeFileSync(path, JSON.stringify(map));
  }
}

inlineWasm();
if (process.argv[2] !== "wasm") {
  rmSync(OUT, { recursive: true, force: true });
  rmSync(TYPES, { recursive: true, force: true });
  run("tsc", "-p", "tsconfig.build.json");
  await bundle();
  breakLines();
  declare();
  settleMaps();
  chmodSync(`${OUT}/cli.js`, 0o755);
  copyFileSync(WASM, `${OUT}/codec.wasm`);
  writeFileSync(`${OUT}/codec.wasm.d.ts`, WASM_TYPES);
  rmSync("dist", { recursive: true, force: true });
  renameSync(OUT, "dist");
}

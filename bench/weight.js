// `npm run bench:weight`: what each module adds to a bundle of esbuild's, minified and gzipped, as a table. An argument names
// what is imported of "monocoque"; default ZmtpSession.
import { SourceMap } from "node:module";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { parseAst } from "rolldown/parseAst";

const used = process.argv[2] ?? "ZmtpSession";
const imports = used === "*" ? "* as used" : `{ ${used} as used }`;
const { outputFiles } = await build({
  stdin: { contents: `import ${imports} from "./dist/index.js"; globalThis.used = used;`, resolveDir: "." },
  bundle: true,
  minify: true,
  format: "esm",
  sourcemap: "external",
  outdir: "dist",
  write: false,
});
const [code, map] = [/\.js$/, /\.map$/].map((end) => outputFiles.find(({ path }) => end.test(path)).text);
const gzipped = (text) => gzipSync(text, { level: 9 }).length;

/** The octets of the bundle by the module that each comes from. */
const modules = new Map();
const sources = new SourceMap(JSON.parse(map));
for (const [row, line] of code.split("\n").entries()) {
  for (const [column, letter] of [...line].entries()) {
    const { originalSource = "" } = sources.findEntry(row, column);
    const name = originalSource.replace(/^.*?(src|node_modules)\//, "$1/");
    modules.set(name, (modules.get(name) ?? "") + letter);
  }
}

/** What the bundle would be without some of it. */
const without = (name) => [...modules].flatMap(([other, text]) => (other === name ? [] : [text])).join("");
const whole = gzipped([...modules.values()].join(""));
const rows = [...modules].map(([name, text]) => [name, text.length, whole - gzipped(without(name))]);
rows.sort((a, b) => b[2] - a[2]);

/** Where texts for people are, and the WebAssembly: what is no code. */
function texts(node) {
  if (Array.isArray(node)) return node.flatMap(texts);
  if (node === null || typeof node !== "object") return [];
  const text = node.type === "TemplateElement" ? node.value.raw : node.type === "Literal" ? node.value : undefined;
  if (typeof text === "string") return /\s|^.{1000}/.test(text) ? [node] : [];
  return Object.values(node).flatMap(texts);
}

let rest = "";
let wasm = 0;
let at = 0;
for (const { start, end } of texts(parseAst(code).body).sort((a, b) => a.start - b.start)) {
  rest += code.slice(at, start);
  if (/[0-9a-f]{1000}/.test(code.slice(start, end)))
    wasm = gzipped(code) - gzipped(code.slice(0, start) + code.slice(end));
  at = end;
}
const plain = gzipped(rest + code.slice(at));

const size = gzipped(code);
console.log(
  `${used}: ${code.length} octets minified, ${size} gzipped: ${plain} of code, ${wasm} of WebAssembly, ${size - plain - wasm} of texts.\n`,
);
console.log("| module | minified | adds, gzipped |\n|---|---:|---:|");
for (const [name, length, adds] of rows) console.log(`| ${name} | ${length} | ${adds} |`);

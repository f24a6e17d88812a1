// Writes what in the documents is made from the source: `node test/docs/write.js`. documents.test.ts holds them to it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path) => readFileSync(join(root, path), "utf8");

/** Every module of a folder, without what the build writes. */
function modules(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".ts") && !/^src.codec.(shared-)?module.ts$/.test(path))
    .sort();
}

// docs/errors.md

/** The layer of a module: its folder. Node's part of the connections is a part of them. */
function layerOf(path) {
  const [, layer, ...rest] = path.split("/");
  return rest.length === 0 ? undefined : layer;
}

/** The layers whose modules name this code. */
function raisedBy(code) {
  const layers = modules("src").filter((path) => read(path).includes(`"${code}"`));
  return [...new Set(layers.map(layerOf).filter(Boolean))].sort();
}

/** Where codes are explained, and what makes an error of one. */
const TABLES = [
  { path: "src/error.ts", error: ({ ZmtpError }, code) => new ZmtpError(code, "") },
  { path: "src/mechanism/fault.ts", error: ({ authenticatorError }, code) => authenticatorError(code, "") },
  { path: "src/connection/fault.ts", error: ({ connectionError }, code) => connectionError(code, "") },
];

/** The codes of a table in its order, by the comment that stands above each group. */
function groups({ path, error }) {
  const [, table] = read(path).split(/^const REFUSALS = \{$/m);
  const [body] = table.split(/^\} satisfies/m);
  const found = [];
  for (const [, title, code] of body.matchAll(/^ {2}(?:\/\/ (.*)|([A-Z0-9_]+): \{)/gm)) {
    if (title !== undefined) found.push({ title: title.replace(/\.$/, ""), error, codes: [] });
    else found.at(-1).codes.push(code);
  }
  return found;
}

/** The modules with the tables, loaded as one. */
async function faults() {
  const contents = TABLES.map(({ path }) => `export * from "./${path}";`).join("\n");
  const options = { bundle: true, format: "esm", write: false };
  const [{ text }] = buildSync({ stdin: { contents, resolveDir: root }, ...options }).outputFiles;
  return import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
}

async function errors() {
  const module = await faults();
  const sections = TABLES.flatMap(groups).map(({ title, error, codes }) => {
    const rows = codes.map((code) => {
      const { blame, section = "", hint } = error(module, code);
      return `| \`${code}\` | ${blame} | ${raisedBy(code).join(", ")} | ${section} | ${hint.replaceAll("|", "\\|")} |`;
    });
    return [
      `## ${title}`,
      "",
      "| Code | Fault of | Raised by | Section | Hint |",
      "|---|---|---|---|---|",
      ...rows,
      "",
    ];
  });
  return [ERRORS_HEAD, ...sections.flat()].join("\n");
}

const ERRORS_HEAD = `# Errors

<!-- Made by test/docs/write.js from src/error.ts and the two fault.ts. Do not edit it here: edit those. -->

Everything that goes wrong between two peers is a \`ZmtpError\`. Its \`code\` is stable: compare with it. The message is
for people and may change.

| Field | What it says |
|---|---|
| \`code\` | What went wrong, in one word. |
| \`blame\` | Whose fault it is: "peer", "caller" (your own code), or "network". |
| \`offset\` | The octet that proves it, counted from the first one that the peer sent. Not every error has one. |
| \`section\` | The section of the RFC that was broken. |
| \`hint\` | The likely cause, and what to do. A place that knows more gives a better hint than the one below. |
| \`cause\` | The error beneath it: the system's, the mechanism's. |

A wrong argument or option is no \`ZmtpError\`. It is a \`TypeError\` or a \`RangeError\`, thrown at the call.

A mechanism or a transport of your own may use codes of its own: \`new ZmtpError("MY_CODE", "what was seen")\`.

**Raised by** names the layer, a folder of \`src/\`. A caller of a connection meets the errors of the layers below it,
too.
`;

// docs/map.md

/** What a module says of itself in its opening comment: the first sentence. */
function opening(path) {
  const text = read(path).replace(/^#!.*\n|^\/\/ biome-ignore-all.*\n|^\/\/\/.*\n/gm, "");
  const [, block, lines] = /^(?:\/\*\*(.*?)\*\/|((?:\/\/[^\n]*\n)+))/s.exec(text) ?? [];
  if (block === undefined && lines === undefined) throw new Error(`${path} does not say what it is`);
  const [paragraph] = (block ?? lines).trim().split(/\n\s*\*\s*\n/);
  const said = paragraph
    .replace(/^\s*(?:\*|\/\/)? ?/gm, "")
    .replace(/\s+/g, " ")
    .trim();
  // A stop ends a sentence where a capital or a code follows; not in "3.1", and not in "e.g. this".
  return /^.*?\.(?= (?:[A-Z`"]|$)|$)/.exec(said)?.[0] ?? said;
}

function map(folder) {
  return ["| File | What it is |", "|---|---|", ...modules(folder).map(row)].join("\n");
  function row(path) {
    return `| \`${path.slice(folder.length + 1)}\` | ${opening(path).replaceAll("|", "\\|")} |`;
  }
}

// Examples

/** A module of test/docs as somebody writes it who has installed the package. */
function example(path) {
  const text = read(path).replace("../../src/index.js", "monocoque");
  return `\`\`\`ts\n${text}\`\`\``;
}

/** Replaces what stands between the two marks of a name. */
function between(path, name, text) {
  const whole = read(path);
  const marks = new RegExp(`(<!-- ${name} -->\n).*?(<!-- /${name} -->)`, "s");
  if (!marks.test(whole)) throw new Error(`${path} has no place for ${name}`);
  return whole.replace(marks, (_, from, to) => `${from}${text}\n${to}`);
}

/** Every document that is made from the source, whole or in part: its path, and how to make it. */
export const documents = {
  "docs/errors.md": errors,
  "docs/writing-a-transport.md": () =>
    between("docs/writing-a-transport.md", "example", example("test/docs/duplex-transport.ts")),
  "docs/writing-a-mechanism.md": () =>
    between("docs/writing-a-mechanism.md", "example", example("test/docs/token-mechanism.ts")),
  "docs/map.md": () => {
    const assembly = map("assembly");
    return `${MAP_HEAD}\n## assembly/\n\n${assembly}\n\n## src/\n\n${map("src")}\n`;
  },
};

const MAP_HEAD = `# Map of the house

<!-- Made by test/docs/write.js from the first sentence of each file. Do not edit it here: edit the file's. -->

Every file says in its first sentence what it is. These are those sentences. [CONTRIBUTING.md](../CONTRIBUTING.md) leads
from a wish to the file that changes.
`;

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, make] of Object.entries(documents)) writeFileSync(join(root, path), await make());
}

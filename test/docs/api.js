// The public surface, twice: api/*.api.md is the report that shows in a diff what has changed, and docs/api/*.md is the reference for
// readers. `node test/docs/api.js` writes both from dist/; with --check it writes nothing, and fails if it would.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { argv, exit } from "node:process";
import { fileURLToPath } from "node:url";
import { CompilerState, Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path) => readFileSync(join(root, path), "utf8");

/** What can be imported and has types: `{ path: "./curve", types: "dist/curve.d.ts", name: "curve" }`. */
const ENTRIES = Object.entries(JSON.parse(read("package.json")).exports)
  .filter(([path, { types }]) => types && !path.endsWith(".wasm"))
  .map(([path, { types }]) => ({ path, types, name: path === "." ? "monocoque" : path.slice(2).replaceAll("/", "-") }));

/** How an entry is imported. */
const imported = ({ path }) => `monocoque${path.slice(1)}`;

/** Without rules of style: the compiler and the linter have those. */
const SILENT = { default: { logLevel: "none" } };

function configure({ types, name }, folder) {
  const compilerOptions = {
    ...JSON.parse(read("tsconfig.json")).compilerOptions,
    moduleResolution: "NodeNext",
  };
  return ExtractorConfig.prepare({
    configObjectFullPath: join(root, "api-extractor.json"),
    packageJsonFullPath: join(root, "package.json"),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, types),
      newlineKind: "lf",
      compiler: { overrideTsconfig: { compilerOptions, files: ENTRIES.map((entry) => join(root, entry.types)) } },
      apiReport: {
        enabled: true,
        reportFolder: folder,
        reportTempFolder: join(folder, "temporary"),
        reportFileName: `${name}.api.md`,
      },
      docModel: { enabled: true, apiJsonFilePath: join(folder, `${name}.api.json`) },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: "error" } },
        extractorMessageReporting: SILENT,
        tsdocMessageReporting: SILENT,
      },
    },
  });
}

/** The report and the model of every entry. */
function extract() {
  const folder = mkdtempSync(join(tmpdir(), "monocoque-api-"));
  try {
    const configs = ENTRIES.map((entry) => configure(entry, folder));
    const additionalEntryPoints = ENTRIES.map(({ types }) => join(root, types));
    const compilerState = CompilerState.create(configs[0], { additionalEntryPoints });
    return configs.map((config, i) => {
      const messageCallback = (message) => {
        if (message.logLevel === "error") console.error(message.formatMessageWithLocation(root));
        message.handled = true;
      };
      const { errorCount } = Extractor.invoke(config, { compilerState, localBuild: true, messageCallback });
      if (errorCount > 0) throw new Error(`${ENTRIES[i].types} has errors`);
      const of = (ending) => readFileSync(join(folder, `${ENTRIES[i].name}.api.${ending}`), "utf8");
      return { entry: ENTRIES[i], report: of("md"), items: JSON.parse(of("json")).members[0].members };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// The reference

const signature = ({ excerptTokens }) =>
  excerptTokens
    .map(({ text }) => text)
    .join("")
    .replace(/^export (?:declare )?/, "")
    .trim();

/** The text of a comment as Markdown: links to names become the names, tags become words. */
function said({ docComment = "" }) {
  return docComment
    .replace(/^\/\*\*|\*\/\s*$/g, "")
    .replace(/^ *\* ?/gm, "")
    .replace(/\{@link (?:[^}|]*\| *)?([^}]*)\}/g, (_, name) => `\`${name.trim()}\``)
    .replace(/^@(?:typeP|p)aram\s+(?:- )?(\S+) - /gm, "- `$1`: ")
    .replace(/^@(returns|throws|default)(?:Value)?\s+/gm, (_, tag) => `${tag[0].toUpperCase()}${tag.slice(1)}: `)
    .trim();
}

/** A member of a class or an interface. */
function member(item) {
  const words = said(item);
  return `\`\`\`typescript\n${signature(item)}\n\`\`\`\n${words ? `\n${words}\n` : ""}`;
}

function section(item) {
  const members = (item.members ?? []).map(member);
  const words = said(item);
  const kind = item.kind === "TypeAlias" ? "type" : item.kind.toLowerCase();
  const parts = [`## ${item.name}`, `*${kind}*`, words, `\`\`\`typescript\n${signature(item)}\n\`\`\``, ...members];
  return parts.filter(Boolean).join("\n\n");
}

const identity = (item) => JSON.stringify([item.name, signature(item), said(item)]);

/** The reference of an entry. What another has already is named, and explained there. */
function reference({ entry, items }, earlier) {
  const shared = earlier.map((other) => {
    const known = new Set(other.items.map(identity));
    return { entry: other.entry, names: items.filter((item) => known.has(identity(item))).map(({ name }) => name) };
  });
  const [origin] = shared.filter(({ names }) => names.length > 0).sort((a, b) => b.names.length - a.names.length);
  const elsewhere = new Set(origin?.names);
  const own = items.filter(({ name }) => !elsewhere.has(name));
  const also = origin && [
    `As in [\`${imported(origin.entry)}\`](${origin.entry.name}.md): ${[...elsewhere].map((name) => `\`${name}\``).join(", ")}.`,
  ];
  return `${[`# ${imported(entry)}`, MADE, ...(also ?? []), ...own.map(section)]
    .join("\n\n")
    .replace(/\n{3,}/g, "\n\n")
    .trimEnd()}\n`;
}

const MADE =
  "<!-- Made by `npm run api` from the types and comments of the source. Do not edit it here: edit those. -->";

function index() {
  const rows = ENTRIES.map((entry) => `- [\`${imported(entry)}\`](${entry.name}.md)`);
  return `# Reference\n\n${MADE}\n\nWhat each entry of the package exports, with its types and what the source says of it.\n\n${rows.join("\n")}\n`;
}

/** Every file that is made: its path, and what has to stand in it. */
function made() {
  const entries = extract();
  return Object.fromEntries([
    ["docs/api/README.md", index()],
    ...entries.map(({ entry, report }) => [`api/${entry.name}.api.md`, report]),
    ...entries.map((one, i) => [`docs/api/${one.entry.name}.md`, reference(one, entries.slice(0, i))]),
  ]);
}

function current(path) {
  try {
    return read(path);
  } catch {
    return undefined;
  }
}

/** Files of an entry that is no more. */
const left = (files) =>
  ["api", "docs/api"].flatMap((folder) => {
    mkdirSync(join(root, folder), { recursive: true });
    return readdirSync(join(root, folder))
      .map((name) => `${folder}/${basename(name)}`)
      .filter((path) => !(path in files));
  });

const files = made();
const changed = Object.keys(files).filter((path) => current(path) !== files[path]);
const gone = left(files);
if (!argv.includes("--check")) {
  for (const path of changed) writeFileSync(join(root, path), files[path]);
  for (const path of gone) rmSync(join(root, path));
} else if (changed.length + gone.length > 0) {
  console.error(`The public surface is not what these say: ${[...changed, ...gone].join(", ")}`);
  console.error("If the change is meant, run `npm run api` and commit what it writes.");
  exit(1);
}

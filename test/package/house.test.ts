/** The rules of the house (CONTRIBUTING.md), held by machine: what a file may be, and what may be seen of it from outside. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { overStreams } from "../../src/index.js";
import { documents, read, root } from "../docs/markdown.js";
import { transforms } from "../support/streams.js";

const MOST_LINES = 300;
const MOST_COLUMNS = 120;

/** Written by `npm run build`, and by nobody's hand. */
const GENERATED = ["src/codec/module.ts", "src/codec/shared-module.ts"];

const filesIn = (folder: string, end: string): string[] =>
  (readdirSync(join(root, folder), { recursive: true }) as string[])
    .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
    .filter((path) => path.endsWith(end) && !GENERATED.includes(path))
    .sort();

const sources = [...filesIn("src", ".ts"), ...filesIn("assembly", ".ts")];

/** Which of these lines have more columns than fit: file, number and length. */
const tooLong = (path: string, lines: readonly (string | undefined)[]): string[] =>
  lines.flatMap((line, i) => {
    const columns = Array.from(line ?? "").length;
    return columns > MOST_COLUMNS ? [`${path}:${i + 1} has ${columns}`] : [];
  });

describe("a file of src/ or assembly/", () => {
  it("has at most 300 lines", () => {
    const lengths = sources.map((path) => [path, read(path).split("\n").length - 1] as const);
    expect(lengths.length).toBeGreaterThan(200);
    expect(lengths.filter(([, lines]) => lines > MOST_LINES)).toEqual([]);
  });

  it("has no line of more than 120 columns", () => {
    expect(sources.flatMap((path) => tooLong(path, read(path).split("\n")))).toEqual([]);
  });

  it("opens by saying what it is", () => {
    const silent = sources.filter(
      (path) => !/^(#!.*\n|\/\/ biome-ignore.*\n|\/\/\/.*\n)*\/(\*\*|\/) ?\S?/.test(read(path)),
    );
    expect(silent).toEqual([]);
  });
});

/** Documents that a script writes, whose tables have cells of any width. */
const WRITTEN = /^docs\/(api\/|map|errors|faults|mutants|cli\.md)/;

/** The lines of a document that its author could break: no row of a table, no picture, no output of a program. */
function breakable(text: string): (string | undefined)[] {
  let block: string | undefined;
  return text.split("\n").map((line) => {
    const fence = /^ *```([\w-]*)/.exec(line);
    if (fence) block = block === undefined ? fence[1] : undefined;
    return block === "" || block === "text" || /^\s*\||^!\[|https?:\/\/\S{40}/.test(line) ? undefined : line;
  });
}

it("has prose of at most 120 columns", () => {
  const prose = documents.filter((path) => !WRITTEN.test(path));
  expect(prose.length).toBeGreaterThan(10);
  expect(prose.flatMap((path) => tooLong(path, breakable(read(path))))).toEqual([]);
});

/** What a file needs at run time. Types alone leave no import behind, so a circle of them does no harm. */
function importsOf(path: string): string[] {
  const statements = read(path).matchAll(/^(?:import|export)\s(?!type\s)(?:[^"';]*?from\s)?"(\.[^"]+)"/gm);
  return Array.from(statements, ([, to]) => posix.join(posix.dirname(path), `${to}`.replace(/\.js$/, ".ts")));
}

/** The first circle that is met from `path` on. */
function circleFrom(path: string, known: Set<string>, way: readonly string[] = []): string[] | undefined {
  if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
  if (known.has(path) || !existsSync(join(root, path))) return undefined;
  for (const next of importsOf(path)) {
    const circle = circleFrom(next, known, [...way, path]);
    if (circle !== undefined) return circle;
  }
  known.add(path);
  return undefined;
}

it("has no circle of imports", () => {
  const known = new Set<string>();
  expect(sources.map((path) => circleFrom(path, known)).filter((circle) => circle !== undefined)).toEqual([]);
  expect(known.size).toBeGreaterThan(200);
});

/** Imports that the linter refuses: from a folder of src/, and what it must not know. */
const REFUSED: readonly (readonly [from: string, what: string])[] = [
  ["codec", "session/session"],
  ["codec", "connection/link"],
  ["codec", "socket/core"],
  ["session", "mechanism/plain"],
  ["session", "connection/link"],
  ["session", "socket/core"],
  ["mechanism", "connection/link"],
  ["mechanism", "session/session"],
  ["mechanism", "socket/core"],
  ["connection", "socket/core"],
  ["connection", "zeromq/bound"],
  ["connection", "cli/main"],
  ["connection", "inspect/half"],
  ["connection", "session/protocol"],
  ["connection", "codec/decoder"],
  ["connection", "connection/node/listen"],
  ["connection", "index"],
  ["connection/node", "socket/core"],
  ["connection/thread", "session/phase"],
  ["socket", "zeromq/bound"],
  ["socket", "cli/main"],
  ["socket", "connection/node/listen"],
  ["socket", "session/session"],
  ["socket", "codec/decoder"],
  ["socket", "mechanism/curve-client"],
  ["socket/patterns", "session/session"],
  ["inspect", "connection/link"],
  ["inspect", "socket/core"],
  ["zeromq", "inspect/half"],
  ["zeromq", "cli/main"],
];

it("has a linter that refuses every import upward, or into another layer's inside", async () => {
  const folder = mkdtempSync(join(tmpdir(), "monocoque-house-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const settings = JSON.parse(read("biome.json"));
  writeFileSync(join(folder, "biome.json"), JSON.stringify({ ...settings, $schema: undefined, vcs: undefined }));
  cpSync(join(root, "src"), join(folder, "src"), { recursive: true });
  const wrong = REFUSED.map(([from, what], i) => {
    const path = posix.join("src", from, `wrong-${i}.ts`);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `import "${posix.relative(from, what)}.js";\n`);
    return [path, `${from} → ${what}`] as const;
  });
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const rules = ["--only=style/noRestrictedImports", "--reporter=json", "--max-diagnostics=none"];
  const told = await new Promise<string>((resolve) => {
    execFile(process.execPath, [biome, "lint", ...rules, "."], { cwd: folder, maxBuffer: 1 << 26 }, (_, stdout) => {
      resolve(stdout);
    });
  });
  const { diagnostics } = JSON.parse(told.slice(told.indexOf("{"))) as {
    diagnostics: { location: { path: unknown } }[];
  };
  const refused = diagnostics.map(({ location: { path } }) =>
    typeof path === "string" ? path : Object.values(path ?? {})[0],
  );
  expect(wrong.filter(([path]) => !refused.includes(path)).map(([, edge]) => edge)).toEqual([]);
  expect(refused.filter((path) => !wrong.some(([known]) => known === path))).toEqual([]);
}, 60_000);

describe("what is published", () => {
  const declarations = filesIn("dist", ".d.ts");

  it("declares nothing that the source calls internal", () => {
    expect(declarations.length).toBeGreaterThan(50);
    expect(declarations.filter((path) => read(path).includes("@internal"))).toEqual([]);
    const leaked = declarations.flatMap((path) => {
      const source = path.replace(/^dist/, "src").replace(/\.d\.ts$/, ".ts");
      if (!existsSync(join(root, source))) return [];
      const internal = read(source).matchAll(/@internal(?:(?!\*\/)[\s\S])*\*\/\nexport (?:abstract )?[a-z]+ (\w+)/g);
      const text = read(path);
      return Array.from(internal, ([, name]) => `${path}: ${name}`).filter((entry) =>
        new RegExp(`export (declare )?[a-z ]+ ${entry.split(": ")[1]}\\b`).test(text),
      );
    });
    expect(leaked).toEqual([]);
  });

  it("declares only what its other declarations can find", () => {
    const lost = declarations.flatMap((path) =>
      Array.from(read(path).matchAll(/from "(\.[^"]+)\.js"/g), ([, to]) =>
        posix.join(posix.dirname(path), `${to}.d.ts`),
      )
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${path} → ${target}`),
    );
    expect(lost).toEqual([]);
  });
});

/** The members of an interface, by the names they stand under. */
function membersOf(path: string, name: string): string[] {
  const text = readFileSync(join(root, path), "utf8");
  const from = text.indexOf(`export interface ${name}`);
  const body = text.slice(from, text.indexOf("\n}", from));
  return Array.from(body.matchAll(/^ {2}(?:readonly )?(\w+)[(?:]/gm), ([, member]) => `${member}`);
}

it("shows of a connection what its interface has, and no more, at run time too", async () => {
  const [ours, theirs] = transforms();
  const pair = await Promise.all([ours, theirs].map((streams) => overStreams(streams, { socketType: "PAIR" })));
  onTestFinished(() => pair.forEach((connection) => void connection.destroy()));
  const [connection] = pair;
  const shown = [connection, Object.getPrototypeOf(connection)].flatMap((part) => Reflect.ownKeys(part));
  const names = shown.filter((key) => typeof key === "string" && key !== "constructor");
  const members = membersOf("src/connection/connection.ts", "Connection");
  expect(members.length).toBeGreaterThan(15);
  expect(names.sort()).toEqual(members.sort());
  expect(shown.filter((key) => typeof key === "symbol").length).toBe(2);
  expect(Object.getPrototypeOf(Object.getPrototypeOf(connection))).toBe(Object.prototype);
});

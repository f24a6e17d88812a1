/** Every document holds: its code is run or at least type-checked, its commands exist, its links lead somewhere. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { anchorsOf, type Block, blocksOf, documents, linksOf, read, root } from "./markdown.js";

const blocks = documents.flatMap(blocksOf);
const where = ({ path, line }: Block) => `${path}:${line}`;
const isProgram = ({ language }: Block) => language === "js" || language === "ts";

/** Why a program in a document is not run from there. All the same it is type-checked. */
const RUN_ELSEWHERE: Record<string, string> = {
  "README.md": "test/examples/readme.test.ts knows each of its blocks, and fails for one that it does not know",
  "CHANGELOG.md": "it shows a call that has changed, not a program",
  "docs/writing-a-transport.md": "it is test/docs/duplex-transport.ts, word for word, which a test of connections runs",
  "docs/writing-a-mechanism.md":
    "it is test/docs/token-mechanism.ts, word for word, which token-mechanism.test.ts runs",
};

/** What is neither run nor type-checked, and why. */
const NOT_CODE: Record<string, string> = {
  "": "shows octets or a drawing",
  text: "shows what a program prints",
  typescript: "is a signature that `npm run api` has from the compiler; `npm run check` holds it to the source",
  diff: "shows an edit",
  html: "is run in Chromium by page.test.ts",
  nginx: "is for another program",
  json: "is parsed below",
  sh: "its commands are looked up below; shell.test.ts runs those of monocoque, the gate those of npm",
};

it("has programs that are run here or elsewhere, for a reason that is said", () => {
  const unknown = blocks
    .filter(isProgram)
    .filter(({ path, how }) => !/^run(=|$)/.test(how) && how !== "browser" && !RUN_ELSEWHERE[path]);
  expect(unknown.map(where)).toEqual([]);
});

it("has no block of a kind that nothing looks at", () => {
  const unknown = blocks.filter((block) => !isProgram(block) && NOT_CODE[block.language] === undefined);
  expect(unknown.map((block) => `${where(block)} ${block.language}`)).toEqual([]);
});

it("has no program among its drawings", () => {
  const drawings = blocks.filter(({ language }) => language === "");
  expect(
    drawings.filter(({ text }) => /^ *(import|export|const|let|for await)\b.*[;{]$/m.test(text)).map(where),
  ).toEqual([]);
});

it("has JSON that is JSON", () => {
  const json = blocks.filter(({ language }) => language === "json");
  expect(json.length).toBeGreaterThan(0);
  for (const block of json) expect(() => JSON.parse(block.text), where(block)).not.toThrow();
});

it("has commands that exist", () => {
  const { scripts, bin } = JSON.parse(read("package.json"));
  const known = { test: true, start: true, ...scripts };
  const missing: string[] = [];
  for (const block of blocks.filter(({ language }) => language === "sh")) {
    const named = (pattern: RegExp) => Array.from(block.text.matchAll(pattern), ([, name]) => name as string);
    const there = [
      ...named(/npm (?:run )?(?!install|ci|i |add|run|publish|pack)([\w:]+)/g).map((name) => [name, name in known]),
      ...named(/npm run (?:-s )?([\w:]+)/g).map((name) => [name, name in known]),
      ...named(/npx (monocoque)/g).map((name) => [name, name in bin]),
      ...named(/node ([\w./-]+\.m?js)/g).map((name) => [name, existsSync(join(root, name))]),
    ];
    for (const [name, found] of there) if (!found) missing.push(`${where(block)} ${name}`);
  }
  expect(missing).toEqual([]);
});

/** What later blocks of a document use of its first one. It stands at their end, where it moves no line. */
const USED_AGAIN: Record<string, string> = {
  "docs/writing-a-transport.md": "import { DuplexTransport } from",
  "docs/writing-a-mechanism.md": "declare const lookUp: LookUp; import { type LookUp, tokenServer } from",
};

/** What the changelog's calls are made on. */
const CALLED = '/** @type {import("monocoque").Connection} */ var connection;\n';

function seen({ path, text }: Block): string {
  if (path === "CHANGELOG.md") return CALLED;
  const first = blocks.findIndex((block) => block.path === path && isProgram(block));
  const again = text === blocks[first]?.text ? undefined : USED_AGAIN[path];
  return again === undefined ? "" : `${again} "./${first}.mjs";\n`;
}

it("has programs that compile", async () => {
  await mkdir(join(root, "build"), { recursive: true });
  const folder = await mkdtemp(join(root, "build/documents-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [index, block] of blocks.entries()) {
    if (isProgram(block)) await writeFile(join(folder, `${index}.m${block.language}`), block.text + seen(block));
  }
  const compilerOptions = {
    ...JSON.parse(read("tsconfig.json")).compilerOptions,
    allowJs: true,
    checkJs: true,
    // The programs are JavaScript: nothing in them says of which type an argument is.
    noImplicitAny: false,
    strictNullChecks: false,
    exactOptionalPropertyTypes: false,
    useUnknownInCatchVariables: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.mjs", "*.mts"] }));
  const told = await new Promise<string>((resolve) => {
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    execFile(process.execPath, [compiler, "-p", folder], (_, stdout, stderr) => resolve(stdout + stderr));
  });
  const named = told.replace(/[\w./-]*\b(\d+)\.m[jt]s\((\d+),/g, (_, index, line) => {
    const block = blocks[Number(index)] as Block;
    return `${block.path}:${block.line + Number(line)} (`;
  });
  expect(named).toBe("");
});

describe("links", () => {
  it.each(documents)("%s links to what is there", (path) => {
    const broken = linksOf(path).filter((to) => {
      const [file = "", anchor] = to.split("#");
      const target = file === "" ? path : join(dirname(path), file);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it("leads from the README to every guide and recipe", () => {
    const seen = new Set<string>();
    const visit = (path: string) => {
      if (seen.has(path)) return;
      seen.add(path);
      for (const to of linksOf(path)) {
        const target = join(dirname(path), to.split("#")[0] as string);
        if (documents.includes(target)) visit(target);
      }
    };
    visit("README.md");
    expect(documents.filter((path) => path.startsWith("docs/") && !seen.has(path))).toEqual([]);
  });
});

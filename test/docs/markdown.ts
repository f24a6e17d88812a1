/** Markdown as its readers meet it: blocks of code with what their info string says, links, and the anchors of headings. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the project. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every document of the project. */
export const documents: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  "bench/README.md",
  ...(readdirSync(`${root}/docs`, { recursive: true }) as string[])
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`)
    .sort(),
];

/** The text of a document. */
export function read(path: string): string {
  return readFileSync(`${root}/${path}`, "utf8");
}

export interface Block {
  readonly path: string;
  /** The line of its fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** What follows the language in the info string: `run`, `run=peer`, `output`. */
  readonly how: string;
  readonly text: string;
}

/** All blocks of code of a document, in order. */
export function blocksOf(path: string): Block[] {
  const text = read(path);
  return Array.from(text.matchAll(/^ *```([\w-]*) ?(.*)\n([\s\S]*?)^ *```$/gm), (match) => ({
    path,
    line: text.slice(0, match.index).split("\n").length,
    language: match[1] as string,
    how: match[2] as string,
    text: match[3] as string,
  }));
}

/** Blocks hold no links and no headings. */
function prose(path: string): string {
  return read(path).replace(/^ *```[\s\S]*?^ *```$/gm, "");
}

/** Where the links of a document lead, those to other hosts left out. */
export function linksOf(path: string): string[] {
  return Array.from(prose(path).matchAll(/\]\(([^)\s]+)\)/g), ([, to]) => to as string).filter(
    (to) => !/^[a-z]+:/.test(to),
  );
}

/** The anchors that a code host gives to the headings of a document. */
export function anchorsOf(path: string): string[] {
  return Array.from(prose(path).matchAll(/^#+ (.*)$/gm), ([, title]) =>
    (title as string)
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** What the documents say of the source is what the source says. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
// @ts-expect-error: a script without types.
import { probe } from "./picture.js";
// @ts-expect-error: a script without types.
import { documents } from "./write.js";

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

describe("documents", () => {
  it.each(Object.entries(documents as Record<string, () => string | Promise<string>>))(
    "%s is what `node test/docs/write.js` makes of the source",
    async (path, make) => {
      expect(await readFile(at(path), "utf8")).toBe(await make());
    },
  );

  it("has the picture that `node test/docs/picture.js` makes of a run of the program", async () => {
    expect(await readFile(at("docs/probe.svg"), "utf8")).toBe(await probe());
  });

  it("has a row for every code, and each is raised somewhere", async () => {
    const text = await readFile(at("docs/errors.md"), "utf8");
    const rows = Array.from(text.matchAll(/^\| `([A-Z0-9_]+)` \| (\w+) \| ([\w, ]*) \|/gm));
    const tables = ["src/error.ts", "src/mechanism/fault.ts", "src/connection/fault.ts"];
    const sources = await Promise.all(tables.map((path) => readFile(at(path), "utf8")));
    const codes = Array.from(sources.join("").matchAll(/^ {2}([A-Z0-9_]+): \{/gm), ([, code]) => code);
    expect(rows.map(([, code]) => code)).toEqual(codes);
    expect(rows.filter(([, , , layers]) => layers === "").map(([, code]) => code)).toEqual([]);
  });

  it.each([
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/writing-a-transport.md",
    "docs/writing-a-mechanism.md",
  ])("%s names no file that is not there", async (path) => {
    const text = await readFile(at(path), "utf8");
    const named = new Set(
      Array.from(text.matchAll(/`((?:src|assembly|test|docs|bench)\/[\w./-]+\.(?:ts|js|md))`/g), ([, file]) => file),
    );
    expect(named.size).toBeGreaterThan(0);
    const missing: string[] = [];
    for (const file of named) await readFile(at(file)).catch(() => missing.push(file));
    expect(missing).toEqual([]);
  });
});

/** The programs of guide and recipes, run as they stand by somebody who has installed the package. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Program } from "../examples/program.js";
import { type Block, blocksOf, documents, root } from "./markdown.js";
import { peers } from "./peers.js";

let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "monocoque-docs-"));
  await mkdir(join(folder, "node_modules"));
  await symlink(root, join(folder, "node_modules/monocoque"), "junction");
  await symlink(join(root, "node_modules/ws"), join(folder, "node_modules/ws"), "junction");
});

afterAll(() => rm(folder, { recursive: true }));

/** Runs a program; what stands in it for something that is known only now is replaced. */
async function run(text: string, now: Record<string, string> = {}): Promise<Program> {
  const path = join(folder, `${++files}.mjs`);
  for (const name of Object.keys(now)) expect(text).toContain(name);
  await writeFile(
    path,
    Object.entries(now).reduce((changed, [name, by]) => changed.replaceAll(name, by), text),
  );
  return Program.file(path);
}

/** A block alone prints what the block behind it says. */
async function runAlone({ text }: Block, next: Block | undefined): Promise<void> {
  expect(next?.how, "what it prints stands behind it, in a block `text output`").toBe("output");
  const program = await run(text);
  expect(await program.exit, program.errors).toBe(0);
  expect(program.lines.join("\n")).toBe(next?.text.trimEnd());
  expect(program.errors).toBe("");
}

const used = new Set<string>();

describe("programs of the documents", () => {
  for (const path of documents) {
    const blocks = blocksOf(path);
    for (const [index, block] of blocks.entries()) {
      if (block.how === "run") it(`${path}:${block.line}`, () => runAlone(block, blocks[index + 1]));
      if (!block.how.startsWith("run=")) continue;
      const name = block.how.slice("run=".length);
      used.add(name);
      it(`${path}:${block.line} with libzmq: ${name}`, async () => {
        expect(Object.keys(peers)).toContain(name);
        await peers[name]?.((now) => run(block.text, now));
      });
    }
  }

  it("has a document for each of its peers", () => expect([...used].sort()).toEqual(Object.keys(peers).sort()));
});

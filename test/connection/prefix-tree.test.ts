/** Prefixes in a tree, held against a list of them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PrefixNode, PrefixTree } from "../../src/connection/prefix-tree.js";
import { ascii, text } from "../support/pieces.js";

/** Words over two letters, so that many begin each other. */
const word = fc.stringMatching(/^[ab]{0,6}$/);

/** All prefixes with a value, and every node there is. */
function inside(tree: PrefixTree<number>): { prefixes: string[]; nodes: PrefixNode<number>[] } {
  const nodes: PrefixNode<number>[] = [];
  const visit = (node: PrefixNode<number>) => {
    nodes.push(node);
    for (const child of node.children?.values() ?? []) visit(child);
  };
  visit(tree.root);
  return { prefixes: nodes.filter(({ value }) => value !== undefined).map(({ prefix }) => text(prefix)), nodes };
}

function grown(...prefixes: string[]): PrefixTree<number> {
  const tree = new PrefixTree<number>();
  for (const prefix of prefixes) tree.grow(ascii(prefix)).value = 1;
  return tree;
}

describe("a tree of prefixes", () => {
  it("holds what a list would, whatever comes and goes, and no node more than it takes", () => {
    const steps = fc.array(fc.tuple(fc.boolean(), word), { maxLength: 40 });
    fc.assert(
      fc.property(steps, word, (changes, topic) => {
        const tree = new PrefixTree<number>();
        const list = new Set<string>();
        for (const [adds, prefix] of changes) {
          const found = tree.find(ascii(prefix));
          expect(found?.value !== undefined).toBe(list.has(prefix));
          if (adds) {
            tree.grow(ascii(prefix)).value = 1;
            list.add(prefix);
          } else if (found?.value !== undefined) {
            tree.drop(found);
            list.delete(prefix);
          }
          expect(tree.begins(ascii(topic))).toBe([...list].some((one) => topic.startsWith(one)));
        }
        const { prefixes, nodes } = inside(tree);
        expect(prefixes.sort()).toEqual([...list].sort());
        for (const node of nodes) {
          if (node === tree.root) continue;
          // A node that ends no prefix is there to branch; a map of children is there to hold some.
          expect(node.value !== undefined || (node.children?.size ?? 0) > 1).toBe(true);
          expect(node.parent?.children?.get(node.label[0])).toBe(node);
        }
        for (const { children } of nodes) expect(children?.size).not.toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it("branches inside a prefix, which stays what it is", () => {
    const tree = grown("abcd");
    const long = tree.find(ascii("abcd"));
    tree.grow(ascii("ab")).value = 2;
    tree.grow(ascii("abxy")).value = 3;
    expect(tree.find(ascii("abcd"))).toBe(long);
    expect([text(long?.label ?? ascii("?")), text(long?.prefix ?? ascii("?"))]).toEqual(["cd", "abcd"]);
    expect(inside(tree).nodes.length).toBe(4);
    // The one branch that is left takes the place of the two stretches.
    tree.drop(tree.find(ascii("abxy")) as PrefixNode<number>);
    expect(inside(tree).nodes.length).toBe(3);
    tree.drop(tree.find(ascii("ab")) as PrefixNode<number>);
    expect(inside(tree).nodes.length).toBe(2);
    expect(tree.find(ascii("abcd"))).toBe(long);
    expect(text(long?.label ?? ascii("?"))).toBe("abcd");
  });

  it("does not find what merely begins a prefix, or goes on behind it", () => {
    const tree = grown("abcd");
    for (const other of ["", "a", "abc", "abcde", "abce", "b"]) expect(tree.find(ascii(other))?.value).toBeUndefined();
    expect(tree.begins(ascii("abc"))).toBe(false);
    expect(tree.begins(ascii("abcde"))).toBe(true);
  });

  it("has everything begun by the empty prefix, until that is dropped", () => {
    const tree = grown("", "a");
    expect(tree.begins(ascii(""))).toBe(true);
    expect(tree.begins(ascii("b"))).toBe(true);
    tree.drop(tree.root);
    expect([tree.begins(ascii("")), tree.begins(ascii("b")), tree.begins(ascii("a"))]).toEqual([false, false, true]);
    tree.drop(tree.find(ascii("a")) as PrefixNode<number>);
    expect(tree.root.children).toBeUndefined();
  });

  it("keeps a short copy of a prefix, not the chunk that it came in", () => {
    const chunk = ascii(`ab${"x".repeat(1000)}`);
    const node = new PrefixTree<number>().grow(chunk.subarray(0, 2));
    chunk.fill(0);
    expect([text(node.label), node.label.buffer.byteLength]).toEqual(["ab", 2]);
  });
});

/** Who has subscribed to what. A message costs the same, whether there is one prefix or 100,000. RFC 29. */
import { type PrefixNode, PrefixTree } from "../connection/prefix-tree.js";

/** Who holds a prefix, and how often. */
type Holders<T> = Map<T, number>;
type Node<T> = PrefixNode<Holders<T>>;

/** What became of a prefix that was given back. */
export type Removed = "unknown" | "still held" | "held by others" | "gone";

export class Topics<T> {
  readonly #tree = new PrefixTree<Holders<T>>();
  /** The nodes of each holder, so that its leaving costs what it held and no walk through everything. */
  readonly #nodes = new Map<T, Set<Node<T>>>();

  /** Adds one to `holder`'s count of this prefix. True if nobody held it before. */
  add(prefix: Uint8Array, holder: T): boolean {
    const node = this.#tree.grow(prefix);
    const first = node.value === undefined;
    node.value ??= new Map();
    node.value.set(holder, (node.value.get(holder) ?? 0) + 1);
    const nodes = this.#nodes.get(holder) ?? new Set();
    this.#nodes.set(holder, nodes.add(node));
    return first;
  }

  /** Takes one off `holder`'s count of this prefix; with `all`, whatever the count is. */
  remove(prefix: Uint8Array, holder: T, all = false): Removed {
    const node = this.#tree.find(prefix);
    const count = node?.value?.get(holder);
    if (node === undefined || count === undefined) return "unknown";
    if (count > 1 && !all) {
      node.value?.set(holder, count - 1);
      return "still held";
    }
    this.#nodes.get(holder)?.delete(node);
    return this.#release(node, holder) ? "gone" : "held by others";
  }

  /** Takes away all that `holder` has; tells of each prefix, and whether nobody holds it now. */
  removeHolder(holder: T, told: (prefix: Uint8Array, gone: boolean) => void): void {
    const nodes = this.#nodes.get(holder);
    this.#nodes.delete(holder);
    for (const node of nodes ?? []) {
      const { prefix } = node;
      told(prefix, this.#release(node, holder));
    }
  }

  /** Calls `found` for each holder of each prefix that begins `topic`: for one holder perhaps several times. */
  match(topic: Uint8Array, found: (holder: T) => void): void {
    let at = 0;
    for (let node: Node<T> | undefined = this.#tree.root; node !== undefined; node = node.below(topic, at)) {
      if (node.value !== undefined) for (const holder of node.value.keys()) found(holder);
      at += node.label.length;
    }
  }

  /** Whether any prefix begins `topic`. */
  matches(topic: Uint8Array): boolean {
    return this.#tree.begins(topic);
  }

  /** Each prefix that `holder` has, once, in the order in which it came to them. */
  prefixesOf(holder: T): Uint8Array[] {
    return [...(this.#nodes.get(holder) ?? [])].map(({ prefix }) => prefix);
  }

  /** Forgets one holder of a prefix; true if that was the last. */
  #release(node: Node<T>, holder: T): boolean {
    node.value?.delete(holder);
    if (node.value !== undefined && node.value.size > 0) return false;
    this.#tree.drop(node);
    return true;
  }
}

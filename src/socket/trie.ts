/** Who has subscribed to what: a radix trie over octets. 10⁵ prefixes cost a message what one does. RFC 29. */
import { sharedLength } from "../connection/subscriptions.js";
import { joined } from "../session/octets.js";

/** A stretch of octets that no prefix ends inside. Long prefixes are one node, not one for each octet. */
class Node<T> {
  label: Uint8Array;
  parent: Node<T> | undefined;
  readonly children = new Map<number, Node<T>>();
  /** Who holds the prefix that ends here, and how often. */
  readonly holders = new Map<T, number>();

  constructor(label: Uint8Array, parent: Node<T> | undefined) {
    this.label = label;
    this.parent = parent;
  }
}

/** What became of a prefix that was given back. */
export type Removed = "unknown" | "still held" | "held by others" | "gone";

export class Trie<T> {
  readonly #root = new Node<T>(new Uint8Array(0), undefined);
  /** The nodes of each holder, so that its leaving costs what it held and no walk through everything. */
  readonly #nodes = new Map<T, Set<Node<T>>>();

  /** Adds one to `holder`'s count of this prefix. True if nobody held it before. */
  add(prefix: Uint8Array, holder: T): boolean {
    const node = this.#grow(prefix);
    const first = node.holders.size === 0;
    node.holders.set(holder, (node.holders.get(holder) ?? 0) + 1);
    const nodes = this.#nodes.get(holder) ?? new Set();
    this.#nodes.set(holder, nodes.add(node));
    return first;
  }

  /** Takes one off `holder`'s count of this prefix; with `all`, whatever the count is. */
  remove(prefix: Uint8Array, holder: T, all = false): Removed {
    const node = this.#find(prefix);
    const count = node?.holders.get(holder);
    if (node === undefined || count === undefined) return "unknown";
    if (count > 1 && !all) {
      node.holders.set(holder, count - 1);
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
      const prefix = prefixOf(node);
      told(prefix, this.#release(node, holder));
    }
  }

  /** Calls `found` for each holder of each prefix that begins `topic`: for one holder perhaps several times. */
  match(topic: Uint8Array, found: (holder: T) => void): void {
    let node: Node<T> | undefined = this.#root;
    let at = 0;
    while (node !== undefined) {
      for (const holder of node.holders.keys()) found(holder);
      const child: Node<T> | undefined = node.children.get(topic[at]);
      if (child === undefined || sharedLength(child.label, topic, at) < child.label.length) return;
      at += child.label.length;
      node = child;
    }
  }

  /** Whether any prefix begins `topic`. */
  matches(topic: Uint8Array): boolean {
    let node: Node<T> | undefined = this.#root;
    let at = 0;
    while (node !== undefined) {
      if (node.holders.size > 0) return true;
      const child: Node<T> | undefined = node.children.get(topic[at]);
      if (child === undefined || sharedLength(child.label, topic, at) < child.label.length) return false;
      at += child.label.length;
      node = child;
    }
    return false;
  }

  /** Each prefix that `holder` has, once, in the order in which it came to them. */
  prefixesOf(holder: T): Uint8Array[] {
    return [...(this.#nodes.get(holder) ?? [])].map(prefixOf);
  }

  #find(prefix: Uint8Array): Node<T> | undefined {
    let node = this.#root;
    let at = 0;
    while (at < prefix.length) {
      const child = node.children.get(prefix[at]);
      if (child === undefined || sharedLength(child.label, prefix, at) < child.label.length) return undefined;
      at += child.label.length;
      node = child;
    }
    return node;
  }

  /** The node of a prefix, made if there is none. */
  #grow(prefix: Uint8Array): Node<T> {
    let node = this.#root;
    let at = 0;
    while (at < prefix.length) {
      const child = node.children.get(prefix[at]);
      if (child === undefined) return attach(node, prefix.slice(at));
      const common = sharedLength(child.label, prefix, at);
      node = common < child.label.length ? split(child, common) : child;
      at += common;
    }
    return node;
  }

  /** Forgets one holder of a node; true if that was the last. A node that nobody needs any more goes. */
  #release(node: Node<T>, holder: T): boolean {
    node.holders.delete(holder);
    if (node.holders.size > 0) return false;
    const { parent } = node;
    if (parent === undefined) return true;
    if (node.children.size === 0) {
      parent.children.delete(node.label[0]);
      merge(parent);
    } else merge(node);
    return true;
  }
}

function attach<T>(parent: Node<T>, label: Uint8Array): Node<T> {
  // A copy of its own: a view would keep a whole received chunk in memory.
  const node = new Node<T>(Uint8Array.from(label), parent);
  parent.children.set(label[0], node);
  return node;
}

/**
 * Puts a new node in front of `node` that ends after `length` of its octets. `node` stays what it is: holders know it.
 */
function split<T>(node: Node<T>, length: number): Node<T> {
  const front = attach(node.parent as Node<T>, node.label.subarray(0, length));
  node.label = node.label.slice(length);
  node.parent = front;
  front.children.set(node.label[0], node);
  return front;
}

/** A node without holders and with one child is no branch: the child takes its place. */
function merge<T>(node: Node<T>): void {
  if (node.parent === undefined || node.holders.size > 0 || node.children.size !== 1) return;
  const [child] = node.children.values();
  child.label = joined([node.label, child.label]);
  child.parent = node.parent;
  node.parent.children.set(child.label[0], child);
}

function prefixOf<T>(node: Node<T>): Uint8Array {
  const labels: Uint8Array[] = [];
  for (let at: Node<T> | undefined = node; at !== undefined; at = at.parent) labels.unshift(at.label);
  return joined(labels);
}

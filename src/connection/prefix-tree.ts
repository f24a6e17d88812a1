/**
 * Prefixes in a radix tree over octets: what begins a topic is found in as much time as the topic is long, however many
 * prefixes there are. RFC 29 and RFC 37, "The Publish-Subscribe Pattern".
 */
import { joined } from "../session/octets.js";

const NOTHING = new Uint8Array(0);

/** A stretch of octets that no prefix ends inside. Long prefixes are one node, not one for each octet. */
export class PrefixNode<V> {
  label: Uint8Array;
  parent: PrefixNode<V> | undefined;
  /** Undefined if there are none: most prefixes begin no other, and an empty map would cost more than all the rest. */
  children: Map<number, PrefixNode<V>> | undefined = undefined;
  /** What belongs to the prefix that ends here; undefined if none does. */
  value: V | undefined = undefined;

  constructor(label: Uint8Array, parent: PrefixNode<V> | undefined) {
    this.label = label;
    this.parent = parent;
  }

  /** All octets that lead here. */
  get prefix(): Uint8Array {
    const labels: Uint8Array[] = [];
    for (let node: PrefixNode<V> | undefined = this; node !== undefined; node = node.parent) labels.unshift(node.label);
    return joined(labels);
  }

  /**
   * The node below this one that `topic` leads to from octet `at` on. All prefixes that begin a topic are met by
   * `for (let node = tree.root, at = 0; node !== undefined; node = node.below(topic, at))`, with
   * `at += node.label.length` in it.
   */
  below(topic: Uint8Array, at: number): PrefixNode<V> | undefined {
    const child = this.children?.get(topic[at]);
    return child === undefined || sharedLength(child.label, topic, at) < child.label.length ? undefined : child;
  }
}

/** Values by prefix. */
export class PrefixTree<V> {
  /** The node of the empty prefix, which begins everything. */
  readonly root: PrefixNode<V> = new PrefixNode<V>(NOTHING, undefined);

  /** The node where exactly this prefix ends. It may be a mere branch of the tree, without a value. */
  find(prefix: Uint8Array): PrefixNode<V> | undefined {
    let at = 0;
    for (let node: PrefixNode<V> | undefined = this.root; node !== undefined; node = node.below(prefix, at)) {
      at += node.label.length;
      if (at === prefix.length) return node;
    }
    return undefined;
  }

  /** Whether any prefix begins `topic`. */
  begins(topic: Uint8Array): boolean {
    let at = 0;
    for (let node: PrefixNode<V> | undefined = this.root; node !== undefined; node = node.below(topic, at)) {
      if (node.value !== undefined) return true;
      at += node.label.length;
    }
    return false;
  }

  /** The node of a prefix, made if there is none. Whoever makes one gives it a value. */
  grow(prefix: Uint8Array): PrefixNode<V> {
    let node = this.root;
    let at = 0;
    while (at < prefix.length) {
      const child = node.children?.get(prefix[at]);
      if (child === undefined) return attach(node, prefix.subarray(at));
      const shared = sharedLength(child.label, prefix, at);
      node = shared < child.label.length ? split(child, shared) : child;
      at += shared;
    }
    return node;
  }

  /** Takes a prefix away; nodes that nobody needs any more go with it. */
  drop(node: PrefixNode<V>): void {
    const { parent } = node;
    node.value = undefined;
    if (parent === undefined) return;
    if (node.children === undefined) {
      parent.children?.delete(node.label[0]);
      if (parent.children?.size === 0) parent.children = undefined;
      merge(parent);
    } else merge(node);
  }
}

function attach<V>(parent: PrefixNode<V>, label: Uint8Array): PrefixNode<V> {
  // A copy of its own, which lies in the heap if it is short: a view would keep a whole received chunk in memory.
  const node = new PrefixNode<V>(new Uint8Array(label), parent);
  parent.children ??= new Map();
  parent.children.set(label[0], node);
  return node;
}

/** Puts a new node in front of `node` that ends after `length` of its octets. `node` stays what it is. */
function split<V>(node: PrefixNode<V>, length: number): PrefixNode<V> {
  const front = attach(node.parent as PrefixNode<V>, node.label.subarray(0, length));
  node.label = node.label.slice(length);
  node.parent = front;
  front.children = new Map([[node.label[0], node]]);
  return front;
}

/** A node without a value and with one child is no branch: the child takes its place. */
function merge<V>(node: PrefixNode<V>): void {
  if (node.parent === undefined || node.value !== undefined || node.children?.size !== 1) return;
  const [child] = node.children.values();
  child.label = joined([node.label, child.label]);
  child.parent = node.parent;
  node.parent.children?.set(child.label[0], child);
}

/** How many octets of `label` stand in `bytes` from `from` on. */
function sharedLength(label: Uint8Array, bytes: Uint8Array, from: number): number {
  const most = Math.min(label.length, bytes.length - from);
  let i = 0;
  while (i < most && label[i] === bytes[from + i]) i++;
  return i;
}

/**
 * What a subscriber wants of a publisher. RFC 37, "The Publish-Subscribe Pattern". Subscribing twice to a prefix
 * takes two cancels. The prefixes lie in a tree over octets, so that a look-up takes as long as the topic, however many
 * there are.
 */
import { octets, type Payload } from "../codec/payload.js";
import { SUBSCRIPTION_COST, SUBSCRIPTION_OCTETS } from "./limits.js";

/**
 * The octets on the way to it, how often this very prefix was subscribed to, and the longer ones by their next octet.
 */
interface Node {
  label: Uint8Array;
  count: number;
  /** Most prefixes are nobody's beginning: an empty map would cost more than all the rest. */
  children: Map<number, Node> | undefined;
}

const NOTHING = new Uint8Array(0);

/** The prefixes that one peer has subscribed to. */
export class Subscriptions {
  #cost = 0;
  #root: Node | undefined;

  /** Octets of memory that the prefixes take. */
  get cost(): number {
    return this.#cost;
  }

  /** Adds one subscription to `prefix`. False if there is no room for it. */
  add(prefix: Uint8Array): boolean {
    this.#cost += prefix.length + SUBSCRIPTION_COST;
    if (this.#cost > SUBSCRIPTION_OCTETS) return false;
    this.#root ??= leaf(NOTHING, 0);
    let node = this.#root;
    let at = 0;
    while (at < prefix.length) {
      const next = node.children?.get(prefix[at]);
      if (next === undefined) {
        node.children ??= new Map();
        // A view would give each short prefix memory outside the heap; a copy of it lies inside.
        node.children.set(prefix[at], leaf(prefix.slice(at), 1));
        return true;
      }
      const shared = sharedLength(next.label, prefix, at);
      at += shared;
      node = shared < next.label.length ? split(node, next, shared) : next;
    }
    node.count++;
    return true;
  }

  /** Undoes one `add` of the same prefix; one that was never added is nothing. */
  remove(prefix: Uint8Array): void {
    const path = this.#pathTo(prefix);
    const node = path?.at(-1);
    if (path === undefined || node === undefined || node.count === 0) return;
    node.count--;
    this.#cost -= prefix.length + SUBSCRIPTION_COST;
    for (let i = path.length - 1; i > 0; i--) {
      const { label, count, children } = path[i];
      if (count > 0 || (children?.size ?? 0) > 0) return;
      path[i - 1].children?.delete(label[0]);
    }
  }

  /** Whether any prefix begins this payload. */
  match(payload: Payload): boolean {
    const topic = octets(payload);
    let node = this.#root;
    let at = 0;
    while (node !== undefined) {
      if (node.count > 0) return true;
      if (at === topic.length) return false;
      const next: Node | undefined = node.children?.get(topic[at]);
      if (next === undefined || sharedLength(next.label, topic, at) < next.label.length) return false;
      at += next.label.length;
      node = next;
    }
    return false;
  }

  #pathTo(prefix: Uint8Array): Node[] | undefined {
    if (this.#root === undefined) return undefined;
    const path = [this.#root];
    let at = 0;
    while (at < prefix.length) {
      const next = path[path.length - 1].children?.get(prefix[at]);
      if (next === undefined || sharedLength(next.label, prefix, at) < next.label.length) return undefined;
      at += next.label.length;
      path.push(next);
    }
    return path;
  }
}

function leaf(label: Uint8Array, count: number): Node {
  return { label, count, children: undefined };
}

/** Puts a node between two, where a new prefix leaves the way to the second. */
function split(above: Node, below: Node, length: number): Node {
  const between = leaf(below.label.slice(0, length), 0);
  above.children?.set(between.label[0], between);
  below.label = below.label.slice(length);
  between.children = new Map([[below.label[0], below]]);
  return between;
}

/** How many octets of `label` stand in `bytes` from `from` on. */
export function sharedLength(label: Uint8Array, bytes: Uint8Array, from: number): number {
  const most = Math.min(label.length, bytes.length - from);
  let i = 0;
  while (i < most && label[i] === bytes[from + i]) i++;
  return i;
}

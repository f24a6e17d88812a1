/** What a subscriber wants of a publisher, and how it says so. RFC 37, "The Publish-Subscribe Pattern". */
import { octets, type Payload } from "../codec/payload.js";
import type { SocketType } from "../session/socket-type.js";
import { SUBSCRIPTION_COST, SUBSCRIPTION_OCTETS } from "./limits.js";
import { PrefixTree } from "./prefix-tree.js";

/**
 * The command by which peers of a socket say what they want to hear, and the one that takes it back. RFC 37, "The
 * Publish-Subscribe Pattern", and RFC 48.
 */
const WISHES: { readonly [type in SocketType]?: readonly [wish: string, end: string] } = {
  PUB: ["SUBSCRIBE", "CANCEL"],
  XPUB: ["SUBSCRIBE", "CANCEL"],
  RADIO: ["JOIN", "LEAVE"],
};

/** The two commands for sockets of this type. One that publishes nothing has not asked for any: it has none. */
export function wishesOf(type: SocketType): readonly [wish?: string, end?: string] {
  return WISHES[type] ?? [];
}

/** The prefixes that one peer has subscribed to, each counted: subscribing twice takes two cancels. */
export class Subscriptions {
  #cost = 0;
  /** Made with the first: most peers never subscribe to anything. */
  #counts: PrefixTree<number> | undefined;

  /** Octets of memory that the prefixes take. */
  get cost(): number {
    return this.#cost;
  }

  /** Adds one subscription to `prefix`. False if there is no room for it. */
  add(prefix: Uint8Array): boolean {
    this.#cost += prefix.length + SUBSCRIPTION_COST;
    if (this.#cost > SUBSCRIPTION_OCTETS) return false;
    this.#counts ??= new PrefixTree();
    const node = this.#counts.grow(prefix);
    node.value = (node.value ?? 0) + 1;
    return true;
  }

  /** Undoes one `add` of the same prefix; one that was never added is nothing. */
  remove(prefix: Uint8Array): void {
    const node = this.#counts?.find(prefix);
    if (node?.value === undefined) return;
    this.#cost -= prefix.length + SUBSCRIPTION_COST;
    node.value--;
    if (node.value === 0) this.#counts?.drop(node);
  }

  /** Whether any prefix begins this payload. */
  match(payload: Payload): boolean {
    const topic = octets(payload);
    return this.#counts?.begins(topic) ?? false;
  }
}

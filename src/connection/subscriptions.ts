/** What a subscriber wants of a publisher. RFC 37, "The Publish-Subscribe Pattern". */
import { octets, type Payload } from "../codec/payload.js";
import { SUBSCRIPTION_COST, SUBSCRIPTION_OCTETS } from "./limits.js";
import { PrefixTree } from "./prefix-tree.js";

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

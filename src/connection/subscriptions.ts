/** What a subscriber wants of a publisher. RFC 37, "The Publish-Subscribe Pattern": additive, not idempotent. */
import { octets, type Payload } from "../codec/payload.js";

export class Subscriptions {
  readonly #counts = new Map<string, { readonly prefix: Uint8Array; count: number }>();

  add(prefix: Uint8Array): void {
    const key = prefix.join();
    const known = this.#counts.get(key);
    if (known) known.count++;
    else this.#counts.set(key, { prefix, count: 1 });
  }

  remove(prefix: Uint8Array): void {
    const key = prefix.join();
    const known = this.#counts.get(key);
    if (known && --known.count === 0) this.#counts.delete(key);
  }

  /** Whether any prefix begins this payload. */
  match(payload: Payload): boolean {
    const bytes = octets(payload);
    for (const { prefix } of this.#counts.values()) {
      if (prefix.every((octet, i) => octet === bytes[i])) return true;
    }
    return false;
  }
}

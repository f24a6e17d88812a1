/** What a subscriber wants of a publisher. RFC 37, "The Publish-Subscribe Pattern": additive, not idempotent. */
import { octets, type Payload } from "../codec/payload.js";

/** What the prefixes of one peer may take, in octets, and what each takes beside its own. */
const MOST = 16 * 1024 * 1024;
const ENTRY = 100;

export class Subscriptions {
  #octets = 0;
  readonly #counts = new Map<string, { readonly prefix: Uint8Array; count: number }>();

  /** False if there is no room for it. */
  add(prefix: Uint8Array): boolean {
    const key = prefix.join();
    const known = this.#counts.get(key);
    if (known) known.count++;
    else {
      this.#octets += prefix.length + ENTRY;
      if (this.#octets > MOST) return false;
      this.#counts.set(key, { prefix, count: 1 });
    }
    return true;
  }

  remove(prefix: Uint8Array): void {
    const key = prefix.join();
    const known = this.#counts.get(key);
    if (known === undefined || --known.count > 0) return;
    this.#counts.delete(key);
    this.#octets -= prefix.length + ENTRY;
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

/**
 * What all peers of one listener together may make us hold: a thousand peers may each stay within their limits, and
 * still be too much.
 */
import type { ZmtpError } from "../error.js";
import { connectionError } from "./fault.js";

/** Somebody who holds octets for a peer, and can be ended. */
export interface Holder {
  /** Octets held now. */
  readonly held: number;
  fail(error: ZmtpError): void;
}

/** Keeps the sum. Over the limit the peer that holds most is dropped: an honest one beside it keeps its place. */
export class Budget {
  readonly #limit: number;
  readonly #held = new Map<Holder, number>();
  #sum = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  enter(holder: Holder): void {
    this.#held.set(holder, 0);
  }

  leave(holder: Holder): void {
    this.#sum -= this.#held.get(holder) ?? 0;
    this.#held.delete(holder);
  }

  changed(holder: Holder): void {
    const before = this.#held.get(holder);
    if (before === undefined) return;
    const { held } = holder;
    if (held === before) return;
    this.#held.set(holder, held);
    this.#sum += held - before;
    while (this.#sum > this.#limit) this.#dropLargest();
  }

  #dropLargest(): void {
    const [largest, most] = [...this.#held].reduce((one, other) => (other[1] > one[1] ? other : one));
    this.leave(largest);
    largest.fail(
      connectionError(
        "MEMORY_LIMIT",
        `All peers together made us hold over ${this.#limit} octets; this one held ${most}`,
      ),
    );
  }
}

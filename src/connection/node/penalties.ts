/**
 * Whoever fails a security handshake waits before the next one, so that guessing is slow. RFC 37, "Security
 * Considerations".
 */
import { ZmtpError } from "../../error.js";
import { MOST_ADDRESSES, MOST_FAILURE_DELAY } from "../limits.js";
import { networkOf } from "./network.js";

/**
 * Ends of a handshake that are no guess: whoever knocked and left, as load balancers do, or speaks something else; and
 * those whom we have no room for.
 */
const NO_GUESS: readonly string[] = [
  "PEER_CLOSED",
  "PEER_ERROR",
  "NOT_ZMTP",
  "OLD_VERSION",
  "MALFORMED_GREETING",
  "MECHANISM_MISMATCH",
  "AS_SERVER",
  "TOO_MANY_PROPERTIES",
  "TOO_MANY_HANDSHAKES",
  "TOO_MANY_CONNECTIONS",
  "MEMORY_LIMIT",
];

/** What the addresses of a listener's peers have to wait, each for what it has failed. */
export class Penalties {
  readonly #delay: number;
  /** When the time of each is over, in milliseconds of `performance.now()`; whoever has failed last stands last. */
  readonly #until = new Map<string, number>();

  /** @param delay - Milliseconds that each failure costs; 0: nobody ever waits. */
  constructor(delay: number) {
    this.#delay = delay;
  }

  /** Milliseconds until a peer from there may shake hands. */
  of(address: string | undefined): number {
    if (this.#until.size === 0) return 0;
    const until = this.#until.get(networkOf(address)) ?? 0;
    return Math.min(Math.max(0, until - performance.now()), MOST_FAILURE_DELAY);
  }

  /** A handshake with a security mechanism has not come to its end, for this reason. */
  failed(address: string | undefined, error: unknown): void {
    if (this.#delay === 0 || !isGuess(error)) return;
    const now = performance.now();
    const from = networkOf(address);
    const until = Math.max(now, this.#until.get(from) ?? 0) + this.#delay;
    this.#until.delete(from);
    this.#until.set(from, Math.min(until, now + MOST_FAILURE_DELAY));
    this.#forget(now);
  }

  /** Nobody can fill our memory with addresses. */
  #forget(now: number): void {
    for (const [from, until] of this.#until) {
      if (until > now && this.#until.size <= MOST_ADDRESSES) return;
      this.#until.delete(from);
    }
  }
}

/** A fault of the peer's, seen in its handshake. */
function isGuess(error: unknown): boolean {
  return error instanceof ZmtpError && error.blame === "peer" && !NO_GUESS.includes(error.code);
}

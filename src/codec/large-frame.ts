/** A frame that comes in pieces, put together in a buffer of its own. RFC 37, "Framing". */
import { COMMAND, MORE } from "./frame.js";
import type { Octets } from "./payload.js";

/** A length is a claim: memory is spent on what has arrived, this many times over at most, */
const AHEAD = 4;
/** or so much, so that a short frame is not moved from buffer to buffer. */
const LEAST = 1024;

export class LargeFrame {
  readonly more: boolean;
  readonly command: boolean;
  readonly #headerSize: number;
  readonly #length: number;
  #buffer: Octets = new Uint8Array(0);
  #filled = 0;

  /** @param length - Octets of the payload, as the header claims. */
  constructor(flags: number, headerSize: number, length: number) {
    this.more = (flags & MORE) !== 0;
    this.command = (flags & COMMAND) !== 0;
    this.#headerSize = headerSize;
    this.#length = length;
  }

  /** Octets that have arrived, the header's included. */
  get arrived(): number {
    return this.#headerSize + this.#filled;
  }

  /** Octets still to come. */
  get missing(): number {
    return this.#length - this.#filled;
  }

  /** Octets of memory spent so far. */
  get capacity(): number {
    return this.#buffer.length;
  }

  /** Takes what belongs to this frame from bytes[from, to) and returns how many octets that was. */
  fill(bytes: Uint8Array, from: number, to: number): number {
    const count = Math.min(to - from, this.missing);
    if (count === 0) return 0;
    this.#grow(this.#filled + count);
    this.#buffer.set(count === bytes.length ? bytes : bytes.subarray(from, from + count), this.#filled);
    this.#filled += count;
    return count;
  }

  /** The payload, owned, once nothing is missing: the buffer has grown to just its size then. */
  get payload(): Octets {
    return this.#buffer;
  }

  #grow(needed: number): void {
    if (needed <= this.#buffer.length) return;
    const buffer = new Uint8Array(Math.min(this.#length, Math.max(AHEAD * needed, LEAST)));
    buffer.set(this.#buffer.subarray(0, this.#filled));
    this.#buffer = buffer;
  }
}

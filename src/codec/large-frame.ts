/** A frame that outgrows the codec's memory, put together in a buffer of its own. RFC 37, "Framing". */

/** A length is a claim: memory is spent on what has arrived, this many times over at most. */
const AHEAD = 4;

export class LargeFrame {
  readonly more: boolean;
  readonly command: boolean;
  readonly #length: number;
  #buffer = new Uint8Array(0);
  #filled = 0;

  constructor(length: number, more: boolean, command: boolean) {
    this.more = more;
    this.command = command;
    this.#length = length;
  }

  get filled(): number {
    return this.#filled;
  }

  /** Octets still to come. */
  get missing(): number {
    return this.#length - this.#filled;
  }

  /** Takes what belongs to this frame from the front of `bytes` and returns how many octets that was. */
  fill(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.missing);
    this.#grow(this.#filled + count);
    this.#buffer.set(count === bytes.length ? bytes : bytes.subarray(0, count), this.#filled);
    this.#filled += count;
    return count;
  }

  /** Octets of memory spent so far. */
  get capacity(): number {
    return this.#buffer.length;
  }

  /** What has arrived, and once nothing is missing the payload, owned. */
  get payload(): Uint8Array {
    return this.#filled === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, this.#filled);
  }

  #grow(needed: number): void {
    if (needed <= this.#buffer.length) return;
    const buffer = new Uint8Array(Math.min(this.#length, AHEAD * needed));
    buffer.set(this.#buffer.subarray(0, this.#filled));
    this.#buffer = buffer;
  }
}

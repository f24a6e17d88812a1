/** A frame that comes in pieces, put together in a buffer of its own. RFC 37, "Framing". */
import { type FrameBatch, ownedFrame } from "./batch.js";
import { COMMAND, MORE } from "./frame.js";
import type { Octets } from "./payload.js";
import type { SpareMemory } from "./spare-memory.js";

/** A length is only a claim: the buffer is at most this many times as large as what has arrived. */
const GROWTH = 4;
/** The first buffer has at least so many octets, so that a short frame is not moved from buffer to buffer. */
const LEAST = 1024;

/** One frame that is being put together from pieces. */
export class LargeFrame {
  readonly more: boolean;
  readonly command: boolean;
  readonly #headerSize: number;
  readonly #length: number;
  readonly #memory: SpareMemory | undefined;
  #buffer: Octets = new Uint8Array(0);
  #filled = 0;

  /**
   * @param length - Octets of the payload, as the header claims.
   * @param memory - Where its buffer comes from, for a payload that is borrowed; left out, it is fresh and the
   *   payload owned.
   */
  constructor(flags: number, headerSize: number, length: number, memory?: SpareMemory) {
    this.more = (flags & MORE) !== 0;
    this.command = (flags & COMMAND) !== 0;
    this.#headerSize = headerSize;
    this.#length = length;
    this.#memory = memory;
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

  /** The frame as a batch, once nothing is missing. */
  batch(): FrameBatch {
    const payload = this.#buffer.length === this.#length ? this.#buffer : this.#buffer.subarray(0, this.#length);
    const batch = ownedFrame(payload, this.more, this.command, true);
    return this.#memory === undefined ? batch : batch.lendFrom(this.#memory);
  }

  #grow(needed: number): void {
    if (needed <= this.#buffer.length) return;
    const size = Math.min(this.#length, Math.max(GROWTH * needed, LEAST));
    const buffer = this.#memory?.take(size) ?? new Uint8Array(size);
    buffer.set(this.#buffer.subarray(0, this.#filled));
    this.#memory?.give(this.#buffer);
    this.#buffer = buffer;
  }
}

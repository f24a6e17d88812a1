/**
 * What one side sent, any stretch of which can be had again. It lies in blocks of one size, so that neither how often a side sent nor how
 * little each time costs memory, and octets that a capture lost cost none: they read as zeros.
 */
const BLOCK = 1 << 16;
/** A block that is not full: many connections say little. */
const FIRST = 1 << 8;

export class Octets {
  readonly #blocks = new Map<number, Uint8Array<ArrayBuffer>>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** More octets. They are copied. */
  push(octets: Uint8Array): void {
    for (let at = 0; at < octets.length; ) {
      const within = this.#length % BLOCK;
      const part = octets.subarray(at, at + BLOCK - within);
      this.#block(within + part.length).set(part, within);
      this.#length += part.length;
      at += part.length;
    }
  }

  /** Octets that nobody has. */
  skip(missing: number): void {
    this.#length += missing;
  }

  /** From `start` to `end`: a view where one block holds it all, else a copy. */
  slice(start: number, end: number): Uint8Array {
    const last = Math.min(end, this.#length);
    if (start >= last) return new Uint8Array(0);
    const within = start % BLOCK;
    const block = this.#blocks.get((start - within) / BLOCK);
    if (block !== undefined && within + last - start <= block.length)
      return block.subarray(within, within + last - start);
    return this.#joined(start, last);
  }

  #joined(start: number, end: number): Uint8Array {
    const joined = new Uint8Array(end - start);
    for (let at = start; at < end; ) {
      const within = at % BLOCK;
      const next = Math.min(end, at - within + BLOCK);
      const block = this.#blocks.get((at - within) / BLOCK);
      // Behind the end of a block that is not full lie octets that were lost.
      if (block !== undefined) joined.set(block.subarray(within, within + next - at), at - start);
      at = next;
    }
    return joined;
  }

  /** The block that is being filled, with room for `size` octets. */
  #block(size: number): Uint8Array<ArrayBuffer> {
    const number = Math.floor(this.#length / BLOCK);
    const block = this.#blocks.get(number);
    if (block !== undefined && size <= block.length) return block;
    const larger = new Uint8Array(Math.min(BLOCK, Math.max(FIRST, size, 2 * (block?.length ?? 0))));
    if (block !== undefined) larger.set(block);
    this.#blocks.set(number, larger);
    return larger;
  }
}

/** Octets that wait for more: an unfinished frame, or what an iteration left unread. They lie here, not in the codec's memory. */

/** An empty tail keeps no more than this for the next one. */
const KEPT = 256;

const NOTHING = new Uint8Array(0);

/** A queue of octets in one buffer that grows by doubling. */
export class Tail {
  #buffer = NOTHING;
  #from = 0;
  #to = 0;

  get length(): number {
    return this.#to - this.#from;
  }

  append(bytes: Uint8Array): void {
    const length = this.length;
    if (this.#to + bytes.length > this.#buffer.length) {
      const needed = length + bytes.length;
      const roomier = length === 0 ? needed : Math.max(needed, 2 * this.#buffer.length);
      const buffer = needed <= this.#buffer.length ? this.#buffer : new Uint8Array(roomier);
      if (buffer === this.#buffer) buffer.copyWithin(0, this.#from, this.#to);
      else buffer.set(this.#buffer.subarray(this.#from, this.#to));
      this.#buffer = buffer;
      this.#from = 0;
      this.#to = length;
    }
    this.#buffer.set(bytes, this.#to);
    this.#to += bytes.length;
  }

  /** A view of the first `count` octets, valid until the next append. */
  peek(count: number): Uint8Array {
    return this.#buffer.subarray(this.#from, this.#from + Math.min(count, this.length));
  }

  take(count: number): void {
    this.#from += count;
    if (this.length === 0) this.#clear();
  }

  #clear(): void {
    this.#from = 0;
    this.#to = 0;
    if (this.#buffer.length > KEPT) this.#buffer = NOTHING;
  }
}

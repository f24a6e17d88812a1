/**
 * Octets that wait for more: an unfinished frame, or what an iteration left unread. They lie here, not in the codec's
 * memory.
 */
import type { Octets } from "./payload.js";
import { KEPT, type SpareMemory } from "./spare-memory.js";

const NOTHING: Octets = new Uint8Array(0);

/** Up to so many octets a loop is faster than a view of them and its copy. */
const FEW = 64;

/** A queue of octets in one buffer that grows by doubling. */
export class Tail {
  readonly #memory: SpareMemory;
  #buffer = NOTHING;
  #from = 0;
  #to = 0;

  constructor(memory: SpareMemory) {
    this.#memory = memory;
  }

  get length(): number {
    return this.#to - this.#from;
  }

  /** Adds bytes[from, to). */
  append(bytes: Uint8Array, from = 0, to: number = bytes.length): void {
    const { length } = this;
    const added = to - from;
    if (this.#to + added > this.#buffer.length) {
      const needed = length + added;
      const roomier = length === 0 ? needed : Math.max(needed, 2 * this.#buffer.length);
      if (needed <= this.#buffer.length) this.#buffer.copyWithin(0, this.#from, this.#to);
      else this.#move(this.#memory.take(roomier));
      this.#from = 0;
      this.#to = length;
    }
    copy(bytes, from, to, this.#buffer, this.#to);
    this.#to += added;
  }

  /** All of it goes to `target`, from `at` on. */
  moveTo(target: Octets, at: number): void {
    copy(this.#buffer, this.#from, this.#to, target, at);
    this.#clear();
  }

  /** A view of the first `count` octets, valid until the next append. */
  peek(count: number): Octets {
    return this.#buffer.subarray(this.#from, this.#from + Math.min(count, this.length));
  }

  /** Forgets the first `count` octets. */
  drop(count: number): void {
    this.#from += count;
    if (this.length === 0) this.#clear();
  }

  #move(buffer: Octets): void {
    buffer.set(this.#buffer.subarray(this.#from, this.#to));
    this.#memory.give(this.#buffer);
    this.#buffer = buffer;
  }

  #clear(): void {
    this.#from = 0;
    this.#to = 0;
    if (this.#buffer.length <= KEPT) return;
    this.#memory.give(this.#buffer);
    this.#buffer = NOTHING;
  }
}

function copy(bytes: Uint8Array, from: number, to: number, target: Octets, at: number): void {
  if (to - from > FEW) target.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), at);
  else for (let i = from; i < to; i++) target[at++] = bytes[i];
}

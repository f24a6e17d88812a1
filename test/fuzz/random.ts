/** Chance that can be repeated: all that a case is follows from one number. */

/** A generator of pseudo-random numbers (xorshift, 32 bits of state). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
    // Neighbouring seeds are to have nothing in common.
    for (let i = 0; i < 3; i++)
      this.#state = (Math.imul(this.#state ^ (this.#state >>> 15), 0x2c1b3c6d) + 0x297a2d39) | 0;
    if (this.#state === 0) this.#state = 1;
  }

  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** An integer in [0, count). */
  below(count: number): number {
    return this.next() % count;
  }

  /** An integer in [from, to]. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }
}

/** Octets without a pattern, for payloads: two places in it never look alike. */
export const POOL = new Uint8Array(1 << 22);
const random = new Random(0x5eed);
new Uint32Array(POOL.buffer).forEach((_, i, words) => {
  words[i] = random.next();
});

/** So many octets from a place in the pool. */
export function noise(random: Random, length: number): Uint8Array {
  const at = random.below(POOL.length - length);
  return POOL.subarray(at, at + length);
}

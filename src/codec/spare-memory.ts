/** The memory that the tails of a thread, and frames that come in pieces, pass on to each other. No RFC. */
import type { Octets } from "./payload.js";

/** @internal What is no larger is not passed on: whoever is done with it keeps it. */
export const KEPT = 256;

const NOTHING: Octets = new Uint8Array(0);

/** The most octets that are passed on. */
const LARGEST_SPARE = 512 * 1024;

/** Whoever asks is given at most so many times what it needs: a few octets must not hold much memory. */
const SPARE_RATIO = 4;

/** Fresh memory for what waits would take longer than its copy. */
export class SpareMemory {
  #spare = NOTHING;

  /** Memory of at least so many octets, whatever is in it. */
  take(size: number): Octets {
    const spare = this.#spare;
    if (spare.length < size || spare.length > SPARE_RATIO * size) return new Uint8Array(size);
    this.#spare = NOTHING;
    return spare;
  }

  /** The last one given is kept: its size is what this thread's frames need now. */
  give(memory: Octets): void {
    if (memory.length > KEPT && memory.length <= LARGEST_SPARE) this.#spare = memory;
  }
}

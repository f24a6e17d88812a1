/**
 * One row of numbers for each entry: a recording of 50 MB has a million of them, and as objects they would not fit. What a row leaves
 * out is decoded again when somebody looks (`recall.ts`).
 */
const FIRST = 1024;

export class Table {
  /** How many rows there are. */
  length = 0;
  /** Where each entry starts in the stream of its side. */
  starts = new Float64Array(FIRST);
  lengths = new Uint32Array(FIRST);
  /** Seconds from the first entry; NaN where nobody noted a time. */
  times = new Float64Array(FIRST);
  conversations = new Uint16Array(FIRST);
  /** Who sent it: 0 the client, 1 the server. */
  sides = new Uint8Array(FIRST);
  /** Which of `KINDS`. */
  kinds = new Uint8Array(FIRST);
  /** Which of the names that have come up. */
  names = new Uint16Array(FIRST);

  /** Makes room for one more row and returns its number. */
  add(): number {
    if (this.length === this.starts.length) this.#grow();
    return this.length++;
  }

  #grow(): void {
    const size = this.length * 2;
    this.starts = grown(this.starts, new Float64Array(size));
    this.lengths = grown(this.lengths, new Uint32Array(size));
    this.times = grown(this.times, new Float64Array(size));
    this.conversations = grown(this.conversations, new Uint16Array(size));
    this.sides = grown(this.sides, new Uint8Array(size));
    this.kinds = grown(this.kinds, new Uint8Array(size));
    this.names = grown(this.names, new Uint16Array(size));
  }
}

function grown<T extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

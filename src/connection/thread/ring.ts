/**
 * A ring of slots in shared memory, from one thread to one other: the writer fills slots, the reader gives them back.
 *
 * The memory model, all of it. `WRITTEN` and `FREED` count slots since the beginning. Only the writer stores `WRITTEN`,
 * only the reader stores `FREED`. Slot `n` is that of place `n mod slots`:
 *
 * | who | may touch slot n | because |
 * |---|---|---|
 * | the writer | while FREED + slots > n ≥ WRITTEN | the reader has given it back, and has not been told of it yet |
 * | the reader | while WRITTEN > n ≥ FREED | the writer has told of it, and has not got it back yet |
 *
 * At no time does that allow both. What lies in a slot is written by plain stores, before the atomic store of
 * `WRITTEN`, and read after an atomic load that sees it; so it is given back, by `FREED`. Atomics are sequentially
 * consistent: nothing moves past them, and no read can tear.
 *
 * Whoever finds nothing to do says so in a word of its own (`READER_WAITS`, `WRITER_WAITS`), **looks once more**, and
 * only then sleeps. The other looks at that word after each store of its count, takes it back and wakes them. One of
 * the two looks comes second in the order of all atomics and sees the other's store: no wake is missed.
 */

/** Where the control words lie, in words of four octets; apart, so that two cores do not fight over a cache line. */
const WRITTEN = 0;
const FREED = 16;
const READER_WAITS = 32;
const WRITER_WAITS = 48;
const CONTROL = 64;

/** The first words of a slot: what is in it, how many octets and rows, and where the first header lies, or -1. */
const KIND = 0;
const OCTETS = 1;
const ROWS = 2;
const FROM = 3;
const HEAD = 4;

/** How a ring is cut. */
export interface RingShape {
  /** Slots; a power of two. */
  readonly slots: number;
  /** Octets that a slot holds. */
  readonly octets: number;
  /** Rows of two words that a slot holds beside them. */
  readonly rows: number;
}

/** What passes by a ring: octets of whole frames with their rows, or a mark for something that goes another way. */
export interface Slot {
  /** What is in it, in a number that both sides agree on. */
  kind: number;
  /** Octets used of `bytes`. */
  octets: number;
  /** Rows used of `table`. */
  rows: number;
  /** Offset of the first header in `bytes` if headers and payloads are one run, else -1. */
  from: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly table: Int32Array;
}

/** One end of a ring. */
abstract class RingEnd {
  readonly shape: RingShape;
  protected readonly words: Int32Array;
  readonly #slots: readonly Slot[];

  constructor(memory: SharedArrayBuffer, shape: RingShape) {
    this.shape = shape;
    this.words = new Int32Array(memory, 0, CONTROL);
    this.#slots = Array.from({ length: shape.slots }, (_, i) => new SharedSlot(memory, shape, i));
  }

  /** Slots that are the reader's now. */
  get filled(): number {
    return (Atomics.load(this.words, WRITTEN) - Atomics.load(this.words, FREED)) | 0;
  }

  protected slot(count: number): Slot {
    return this.#slots[count & (this.shape.slots - 1)];
  }
}

/** The end that fills slots. */
export class RingWriter extends RingEnd {
  #written = 0;

  /** The slot to fill next; undefined if all are full. Then the reader will wake us, once it has given one back. */
  claim(): Slot | undefined {
    if (this.#full) {
      Atomics.store(this.words, WRITER_WAITS, 1);
      if (this.#full) return undefined;
      Atomics.store(this.words, WRITER_WAITS, 0);
    }
    return this.slot(this.#written);
  }

  /** The claimed slot is filled. Returns true if the reader has to be woken. */
  publish(): boolean {
    this.#written = (this.#written + 1) | 0;
    Atomics.store(this.words, WRITTEN, this.#written);
    return Atomics.exchange(this.words, READER_WAITS, 0) === 1;
  }

  get #full(): boolean {
    return ((this.#written - Atomics.load(this.words, FREED)) | 0) >= this.shape.slots;
  }
}

/** The end that takes slots. */
export class RingReader extends RingEnd {
  #freed = 0;

  /** The slot to read next, ours until `free`; undefined if there is none. Then the writer will wake us. */
  peek(): Slot | undefined {
    if (this.#empty) {
      Atomics.store(this.words, READER_WAITS, 1);
      if (this.#empty) return undefined;
      Atomics.store(this.words, READER_WAITS, 0);
    }
    return this.slot(this.#freed);
  }

  /** Gives the slot back. Returns true if the writer has to be woken. */
  free(): boolean {
    this.#freed = (this.#freed + 1) | 0;
    Atomics.store(this.words, FREED, this.#freed);
    return Atomics.exchange(this.words, WRITER_WAITS, 0) === 1;
  }

  get #empty(): boolean {
    return Atomics.load(this.words, WRITTEN) === this.#freed;
  }
}

/** Memory for a ring. */
export function ringMemory(shape: RingShape): SharedArrayBuffer {
  return new SharedArrayBuffer((CONTROL + shape.slots * wordsOf(shape)) * 4);
}

class SharedSlot implements Slot {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly table: Int32Array;
  readonly #head: Int32Array;

  constructor(memory: SharedArrayBuffer, shape: RingShape, place: number) {
    const at = (CONTROL + place * wordsOf(shape)) * 4;
    this.#head = new Int32Array(memory, at, HEAD);
    this.table = new Int32Array(memory, at + HEAD * 4, shape.rows * 2);
    // Typed as memory that is not shared, as a batch's octets are: whoever is given them is told.
    this.bytes = new Uint8Array(memory, at + (HEAD + shape.rows * 2) * 4, shape.octets) as never;
  }

  get kind(): number {
    return this.#head[KIND];
  }
  set kind(kind: number) {
    this.#head[KIND] = kind;
  }

  get octets(): number {
    return this.#head[OCTETS];
  }
  set octets(octets: number) {
    this.#head[OCTETS] = octets;
  }

  get rows(): number {
    return this.#head[ROWS];
  }
  set rows(rows: number) {
    this.#head[ROWS] = rows;
  }

  get from(): number {
    return this.#head[FROM];
  }
  set from(from: number) {
    this.#head[FROM] = from;
  }
}

function wordsOf({ octets, rows }: RingShape): number {
  return HEAD + rows * 2 + octets / 4;
}

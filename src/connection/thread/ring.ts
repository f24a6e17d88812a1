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
 * A slot says where in which *chunk* its octets and rows lie. Several slots may follow each other in one chunk, so that
 * a socket goes on reading into it while what came before is read in the other thread:
 *
 * | who | may touch of a chunk | because |
 * |---|---|---|
 * | the reader | the octets and rows that its slots say | as above |
 * | the writer | the octets and rows behind those of the last slot in it | no slot says them yet |
 * | the writer | all of it, once FREED is past the last slot in it | every slot in it was given back |
 *
 * At no time does that allow both. What lies in a slot is written by plain stores, before the atomic store of
 * `WRITTEN`, and read after an atomic load that sees it; so it is given back, by `FREED`. Atomics are sequentially
 * consistent: nothing moves past them, and no read can tear.
 *
 * Whoever finds nothing to do says so in a word of its own (`READER_WAITS`, `WRITER_WAITS`), **looks once more**, and
 * only then sleeps. The other looks at that word after each store of its count, takes it back and wakes them. One of
 * the two looks comes second in the order of all atomics and sees the other's store: no wake is missed.
 */

/** Where the control words lie: behind what a module of the codec keeps for itself. */
const CONTROL_AT = 1024;
/** Which is which, in words of four octets; apart, so that two cores do not fight over a cache line. */
const WRITTEN = 0;
const FREED = 16;
const READER_WAITS = 32;
const WRITER_WAITS = 48;
const CONTROL = 64;

// What a slot says: a word of four octets for each of these.

/** What is in it: a number that both sides agree on. */
export const SLOT_KIND = 0;
/** How many octets, from `SLOT_FROM` on. */
export const SLOT_OCTETS = 1;
/** How many rows, from `SLOT_ROW` on: one for each frame. */
export const SLOT_ROWS = 2;
/** Where in the chunk's `bytes` the first octet lies, that of a header; -1 for frames that lie apart. */
export const SLOT_FROM = 3;
/** Which row of the chunk's `table` is its first. */
export const SLOT_ROW = 4;
/** Which chunk; -1 if what it stands for lies in none. */
export const SLOT_CHUNK = 5;
/** Words of a slot: the six, and two to spare. */
const SLOT = 8;

/** How a ring is cut. */
export interface RingShape {
  /** Slots; a power of two. */
  readonly slots: number;
  readonly chunks: number;
  /** Octets of a chunk in front of those that are read into, for what is unfinished of the chunk before. */
  readonly headroom: number;
  /** Octets that a chunk holds. */
  readonly octets: number;
  /** Rows of two words that a chunk holds beside them. */
  readonly rows: number;
  /** Where in memory the first chunk lies, at least. */
  readonly at: number;
}

/** Memory of the ring: octets, and rows that say where in them frames lie. */
export interface Chunk {
  /** The headroom first. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly table: Int32Array;
}

/** What passes by a ring: octets of whole frames with their rows, or a mark for something that goes another way. */
export type Slot = Int32Array;

/** One end of a ring. */
abstract class RingEnd {
  readonly shape: RingShape;
  readonly chunks: readonly Chunk[];
  protected readonly words: Int32Array;
  readonly #slots: readonly Slot[];

  constructor(memory: SharedArrayBuffer, shape: RingShape) {
    this.shape = shape;
    this.words = new Int32Array(memory, CONTROL_AT, CONTROL);
    const slots = CONTROL_AT + CONTROL * 4;
    this.#slots = Array.from({ length: shape.slots }, (_, i) => new Int32Array(memory, slots + i * SLOT * 4, SLOT));
    this.chunks = Array.from({ length: shape.chunks }, (_, i) => chunkOf(memory, shape, i));
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
  #chunk = -1;
  /** For each chunk, what FREED must have come to before it may be written to again. */
  readonly #freeFrom: Int32Array;

  constructor(memory: SharedArrayBuffer, shape: RingShape) {
    super(memory, shape);
    this.#freeFrom = new Int32Array(shape.chunks);
  }

  /** The slot to fill next; undefined if all are full. Then the reader will wake us, once it has given one back. */
  claim(): Slot | undefined {
    return this.#allowed(() => !this.#full) ? this.slot(this.#written) : undefined;
  }

  /** The chunk to fill next, all of it ours; -1 if there is none. Then the reader will wake us. */
  claimChunk(): number {
    const next = (this.#chunk + 1) % this.shape.chunks;
    if (!this.#allowed(() => ((this.#freeFrom[next] - this.#freed) | 0) <= 0)) return -1;
    this.#chunk = next;
    return next;
  }

  /** Chunks that may not be written to yet. */
  get used(): number {
    const freed = this.#freed;
    let used = 0;
    for (const from of this.#freeFrom) if (((from - freed) | 0) > 0) used++;
    return used;
  }

  /** The claimed slot is filled. Returns true if the reader has to be woken. */
  publish(): boolean {
    const chunk = this.slot(this.#written)[SLOT_CHUNK];
    this.#written = (this.#written + 1) | 0;
    if (chunk >= 0) this.#freeFrom[chunk] = this.#written;
    Atomics.store(this.words, WRITTEN, this.#written);
    return Atomics.exchange(this.words, READER_WAITS, 0) === 1;
  }

  #allowed(look: () => boolean): boolean {
    if (look()) return true;
    Atomics.store(this.words, WRITER_WAITS, 1);
    if (!look()) return false;
    Atomics.store(this.words, WRITER_WAITS, 0);
    return true;
  }

  get #full(): boolean {
    return ((this.#written - this.#freed) | 0) >= this.shape.slots;
  }

  get #freed(): number {
    return Atomics.load(this.words, FREED);
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

/** What fills slots, of whatever memory. */
export type WriterEnd = Pick<RingWriter, keyof RingWriter>;

/** What takes slots, of whatever memory. */
export type ReaderEnd = Pick<RingReader, keyof RingReader>;

/** Memory for a ring. */
export function ringMemory(shape: RingShape): SharedArrayBuffer {
  return new SharedArrayBuffer(sizeOf(shape));
}

/** Memory for a ring that WebAssembly can work in, where there is such. */
export function scannedMemory(shape: RingShape): WebAssembly.Memory | SharedArrayBuffer {
  const pages = Math.ceil(sizeOf(shape) / 65_536);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch {
    return ringMemory(shape);
  }
}

/** The same memory, as JavaScript has it. */
export function bufferOf(memory: WebAssembly.Memory | SharedArrayBuffer): SharedArrayBuffer {
  return memory instanceof SharedArrayBuffer ? memory : (memory.buffer as unknown as SharedArrayBuffer);
}

function chunkOf(memory: SharedArrayBuffer, shape: RingShape, place: number): Chunk {
  return chunkAt(memory, firstOf(shape) + place * chunkSize(shape), shape);
}

/** The chunk that lies there; rows first: they are words. */
export function chunkAt(memory: ArrayBufferLike, at: number, shape: RingShape): Chunk {
  return {
    table: new Int32Array(memory, at, shape.rows * 2),
    // Typed as memory that is not shared, as a batch's octets are: whoever is given them is told.
    bytes: new Uint8Array(memory, at + shape.rows * 8, shape.headroom + shape.octets) as never,
  };
}

/** Octets of a chunk, with its rows. */
export function chunkSize({ headroom, octets, rows }: RingShape): number {
  return rows * 8 + headroom + octets;
}

function firstOf({ at, slots }: RingShape): number {
  return Math.max(at, CONTROL_AT + (CONTROL + slots * SLOT) * 4);
}

function sizeOf(shape: RingShape): number {
  return firstOf(shape) + shape.chunks * chunkSize(shape);
}

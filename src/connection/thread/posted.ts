/**
 * A ring without shared memory, for pages that are given none: a slot is posted to the other thread and its chunk goes
 * over with it, uncopied; given back, the chunk returns. No more chunks travel than a ring has: memory is as bounded.
 *
 * | a chunk is | may be touched by |
 * |---|---|
 * | at home, or not made yet | the writer |
 * | on its way, either way | nobody: what was seen of it has no octets any more |
 * | arrived | the reader |
 */
import {
  type Chunk,
  chunkAt,
  chunkSize,
  type ReaderEnd,
  type RingShape,
  SLOT_CHUNK,
  type Slot,
  type WriterEnd,
} from "./ring.js";
import type { Passing } from "./words.js";

/** Posts to the other thread; what is in `moved` goes over to it. */
export type Post = (passing: Passing, moved: readonly ArrayBuffer[]) => void;

/** Words of a slot: one for each thing that it says. */
const WORDS = 6;

/** The end that fills slots. */
export class PostedWriter implements WriterEnd {
  readonly shape: RingShape;
  readonly chunks: Chunk[] = [];
  readonly #id: number;
  readonly #post: Post;
  readonly #slot: Slot = new Int32Array(WORDS);
  /** Slots that the reader has, and the chunks of them. */
  #filled = 0;
  readonly #away = new Set<number>();
  #chunk = -1;

  constructor(id: number, shape: RingShape, post: Post) {
    this.#id = id;
    this.shape = shape;
    this.#post = post;
  }

  get filled(): number {
    return this.#filled;
  }

  get used(): number {
    return this.#away.size;
  }

  claim(): Slot | undefined {
    return this.#filled < this.shape.slots ? this.#slot : undefined;
  }

  claimChunk(): number {
    const next = (this.#chunk + 1) % this.shape.chunks;
    if (this.#away.has(next)) return -1;
    this.chunks[next] ??= chunkAt(new ArrayBuffer(chunkSize(this.shape)), 0, this.shape);
    this.#chunk = next;
    return next;
  }

  /** Posts the claimed slot. The reader has to be woken behind it, always. */
  publish(): boolean {
    const slot = this.#slot.slice();
    const chunk = slot[SLOT_CHUNK];
    const memory = chunk < 0 ? undefined : this.chunks[chunk].bytes.buffer;
    this.#filled++;
    if (memory !== undefined) {
      this.#away.add(chunk);
      delete this.chunks[chunk];
    }
    this.#post({ type: "slot", id: this.#id, slot, memory }, memory === undefined ? [] : [memory]);
    return true;
  }

  /** The reader has given a slot back. */
  returned(chunk: number, memory: ArrayBuffer | undefined): void {
    this.#filled--;
    this.#away.delete(chunk);
    if (memory !== undefined) this.chunks[chunk] = chunkAt(memory, 0, this.shape);
  }
}

/** The end that takes slots. */
export class PostedReader implements ReaderEnd {
  readonly shape: RingShape;
  readonly chunks: Chunk[] = [];
  readonly #id: number;
  readonly #post: Post;
  #slots: Slot[] = [];

  constructor(id: number, shape: RingShape, post: Post) {
    this.#id = id;
    this.shape = shape;
    this.#post = post;
  }

  get filled(): number {
    return this.#slots.length;
  }

  peek(): Slot | undefined {
    return this.#slots[0];
  }

  /** Gives the slot back; that wakes the writer. */
  free(): boolean {
    const chunk = (this.#slots.shift() as Slot)[SLOT_CHUNK];
    const memory = this.chunks[chunk]?.bytes.buffer;
    delete this.chunks[chunk];
    // Whoever has been lent it may have transferred it elsewhere: then the writer makes another.
    const ours = memory !== undefined && memory.byteLength > 0 ? memory : undefined;
    this.#post({ type: "freed", id: this.#id, chunk, memory: ours }, ours === undefined ? [] : [ours]);
    return false;
  }

  arrived(slot: Slot, memory: ArrayBuffer | undefined): void {
    if (memory !== undefined) this.chunks[slot[SLOT_CHUNK]] = chunkAt(memory, 0, this.shape);
    this.#slots.push(slot);
  }
}

/** Lets both ends of one thread hear what the other thread has posted. */
export function hearingBoth(reader: PostedReader, writer: PostedWriter): (passing: Passing) => void {
  return (passing) => {
    if (passing.type === "slot") reader.arrived(passing.slot, passing.memory);
    else writer.returned(passing.chunk, passing.memory);
  };
}

/** A run of consecutive frames: the octets it arrived in, and a table of where each payload lies. */
import { ZmtpError } from "../error.js";
import type { Engine } from "./engine.js";
import type { Frame } from "./frame.js";
import { END_MASK, MORE_BIT } from "./layout.js";
import type { Octets } from "./payload.js";
import type { SpareMemory } from "./spare-memory.js";

/** The frames do not lie side by side with their headers, so they cannot be forwarded in one copy. */
const APART = -1;

/**
 * A run of frames. Nothing in it is an object until somebody asks: the fast way to read it is
 * `for (let i = 0; i < batch.length; i++)` with `bytes`, `start(i)` and `end(i)`.
 *
 * Borrowed unless it comes from `toOwned()` or its source says so: valid until the next call that decodes on this
 * thread, and every access after that throws a `ZmtpError` with code `STALE_BATCH`. Views taken from it (`bytes`,
 * `payload(i)`, frames) are borrowed for as long.
 *
 * A batch of a bare decoder ends where its octets did: it may end inside a message, and `more(length - 1)` says so.
 */
export class FrameBatch implements Iterable<Frame> {
  readonly #bytes: Octets;
  readonly #table: Int32Array;
  readonly #command: boolean;
  /** The engine in whose window it lies, if it does. */
  readonly #engine: Engine | undefined;
  /** Offset of the first header if the octets are still as they arrived (forwarding is one copy then), else APART. */
  readonly #from: number;
  /** -1 once stale, so that one comparison catches a bad index and a stale batch alike. */
  #length: number;
  #borrowed: boolean;
  /** True if no other batch uses this memory. Then the next copy may overwrite it. */
  #sole: boolean;
  /** Where its memory goes when it expires, unless `toOwned` has taken it over. */
  #spare: SpareMemory | undefined;
  /** Batches made of this one while it was borrowed. They share its memory, so they expire with it. */
  #derived: FrameBatch[] | undefined;
  /** The memory under `bytes`, once a view has been asked for: a typed array's `buffer` costs as much as a view. */
  #memory: ArrayBuffer | undefined;
  #offset = 0;

  /**
   * @internal
   * @param from - Where the first header lies if headers and payloads are one run as they arrived, else -1.
   * @param engine - The engine in whose window the octets lie: the batch is borrowed from it. Left out, it is owned.
   * @param sole - Nobody else has frames in `bytes`.
   */
  constructor(
    bytes: Octets,
    table: Int32Array,
    length: number,
    command: boolean,
    from: number,
    engine: Engine | undefined,
    sole = false,
  ) {
    this.#bytes = bytes;
    this.#table = table;
    this.#length = length;
    this.#command = command;
    this.#from = from;
    this.#engine = engine;
    this.#borrowed = engine !== undefined;
    this.#sole = sole;
  }

  /** Number of frames, at least 1. */
  get length(): number {
    if (this.#length < 0) this.#refuse(0);
    return this.#length;
  }

  /** The octets that every payload lies in; write nothing here. */
  get bytes(): Octets {
    if (this.#length < 0) this.#refuse(0);
    return this.#bytes;
  }

  /** Offset in `bytes` of the first octet of payload `i`. */
  start(i: number): number {
    if (i >>> 0 >= this.#length) this.#refuse(i);
    return this.#table[2 * i];
  }

  /** Offset in `bytes` behind the last octet of payload `i`. */
  end(i: number): number {
    if (i >>> 0 >= this.#length) this.#refuse(i);
    return this.#table[2 * i + 1] & END_MASK;
  }

  /** Whether more frames of the same message follow frame `i`. */
  more(i: number): boolean {
    if (i >>> 0 >= this.#length) this.#refuse(i);
    return this.#table[2 * i + 1] < 0;
  }

  /** Whether frame `i` is a command. A command is always alone in its batch. */
  command(i: number): boolean {
    if (i >>> 0 >= this.#length) this.#refuse(i);
    return this.#command;
  }

  /** Payload `i`, as a view into `bytes`. */
  payload(i: number): Octets {
    const start = this.start(i);
    const memory = this.#memory ?? this.#underneath();
    return new Uint8Array(memory, this.#offset + start, this.end(i) - start);
  }

  #underneath(): ArrayBuffer {
    this.#offset = this.#bytes.byteOffset;
    this.#memory = this.#bytes.buffer as ArrayBuffer;
    return this.#memory;
  }

  /** Frame `i` as an object; its payload is a view into `bytes`. */
  frame(i: number): Frame {
    return { payload: this.payload(i), more: this.more(i), command: this.#command };
  }

  [Symbol.iterator](): Iterator<Frame> {
    let i = 0;
    return {
      next: () => (i < this.length ? { done: false, value: this.frame(i++) } : { done: true, value: undefined }),
    };
  }

  /**
   * Frames [from, to) over the same octets, borrowed or owned as this batch: nothing is copied, and forwarding it
   * stays one copy where forwarding this batch is one.
   *
   * @param from - Index of the first frame.
   * @param to - Index behind the last frame; default `length`.
   * @throws A RangeError unless 0 ≤ from < to ≤ length: no batch is empty. {@link ZmtpError} STALE_BATCH.
   */
  slice(from: number, to: number = this.length): FrameBatch {
    const { length } = this;
    if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= length)) {
      throw new RangeError(`frames [${from}, ${to}) of a batch of ${length}`);
    }
    if (from === 0 && to === length) return this;
    const header = this.#from < 0 || from === 0 ? this.#from : this.end(from - 1);
    return this.#derive(this.#table.subarray(2 * from, 2 * to), to - from, header);
  }

  /**
   * The frames that `keep` says yes to, as a batch over the same octets, borrowed or owned as this one; undefined if
   * there is none.
   */
  filter(keep: (batch: this, i: number) => boolean): FrameBatch | undefined {
    const table = new Int32Array(this.length * 2);
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      if (!keep(this, i)) continue;
      table[2 * kept] = this.#table[2 * i];
      table[2 * kept + 1] = this.#table[2 * i + 1];
      kept++;
    }
    return kept === 0 ? undefined : this.#derive(table, kept, APART);
  }

  #derive(table: Int32Array, length: number, from: number): FrameBatch {
    const batch = new FrameBatch(this.#bytes, table, length, this.#command, from, this.#engine);
    this.#sole = false;
    if (this.#borrowed) {
      this.#derived ??= [];
      this.#derived.push(batch.lend());
    }
    return batch;
  }

  /**
   * A batch of the same frames that stays valid: one copy of the whole run at most, nothing per frame but its row. An
   * owned batch returns itself.
   */
  toOwned(): FrameBatch {
    return this.copyInto(undefined);
  }

  /**
   * @internal As `toOwned`, into the memory of a batch that has gone stale, if that is large enough and was nobody
   * else's. The caller guarantees that no view into it is still in use.
   */
  copyInto(stale: FrameBatch | undefined): FrameBatch {
    if (this.#length >= 0 && !this.#borrowed) return this;
    if (this.#spare !== undefined) return this.#takeOver();
    const ours = stale === undefined || !stale.#sole ? undefined : stale;
    return this.#copy(ours);
  }

  /** An owned batch in the memory of this one, which is nobody else's. */
  #takeOver(): FrameBatch {
    this.#spare = undefined;
    return new FrameBatch(this.#bytes, this.#table, this.#length, this.#command, this.#from, undefined, true);
  }

  /** @internal An owned copy in memory of just its size. */
  copy(): FrameBatch {
    return this.#copy(undefined);
  }

  #copy(stale: FrameBatch | undefined): FrameBatch {
    const length = this.length;
    const from = this.#from < 0 ? this.start(0) : this.#from;
    const { size } = this;
    const run = this.#bytes.subarray(from, from + size);
    const reused = stale !== undefined && stale.#bytes.length >= size;
    // The constructor copies. To make memory and then fill it, the engine would clear it first.
    const bytes = reused ? stale.#bytes : new Uint8Array(run);
    if (reused) bytes.set(run);
    const table = stale && stale.#table.length >= length * 2 ? stale.#table : new Int32Array(length * 2);
    moveRows(this.#table, length, table, 0, -from);
    return new FrameBatch(bytes, table, length, this.#command, this.#from < 0 ? APART : 0, undefined, true);
  }

  /** @internal Offset of the first header, or -1. */
  get from(): number {
    return this.#from;
  }

  /** @internal */
  get rows(): Int32Array {
    return this.#table.subarray(0, this.length * 2);
  }

  /** @internal Octets from the first of the run (of the first payload, where frames lie apart) to the last. */
  get size(): number {
    return this.end(this.length - 1) - (this.#from < 0 ? this.start(0) : this.#from);
  }

  /** @internal The octets as they arrived, headers included; undefined for frames that lie apart. */
  get run(): Octets | undefined {
    if (this.#from < 0) return undefined;
    return this.bytes.subarray(this.#from, this.end(this.length - 1));
  }

  /** @internal The rows of frames that lie apart in an engine's window, for that engine to gather. */
  rowsFor(engine: Engine): Int32Array | undefined {
    return this.#engine === engine && !this.#command ? this.rows : undefined;
  }

  /** @internal Whether it will expire. */
  get borrowed(): boolean {
    return this.#borrowed;
  }

  /** @internal It is borrowed from here on, until it expires. */
  lend(): this {
    this.#borrowed = true;
    return this;
  }

  /** @internal As `lend`, of memory that goes back where it came from, unless somebody has asked for it to be owned. */
  lendFrom(spare: SpareMemory): this {
    this.#spare = spare;
    return this.lend();
  }

  /** @internal The octets it lies in are about to be overwritten. */
  expire(): void {
    this.#length = -1;
    this.#spare?.give(new Uint8Array(this.#bytes.buffer));
    this.#spare = undefined;
    this.#derived?.forEach((batch) => {
      batch.expire();
    });
  }

  #refuse(i: number): never {
    if (this.#length < 0) throw new ZmtpError("STALE_BATCH", "A borrowed batch was touched after a later decode");
    throw new RangeError(`frame ${i} of a batch of ${this.#length}`);
  }
}

/** @internal A batch of one frame whose payload is all of `payload`, owned. */
export function ownedFrame(payload: Uint8Array, more: boolean, command: boolean, sole = false): FrameBatch {
  const table = new Int32Array([0, payload.length | (more ? MORE_BIT : 0)]);
  return new FrameBatch(payload as Octets, table, 1, command, APART, undefined, sole);
}

/** @internal Writes the first rows into `table` from word `at` on, for octets that lie `shift` further on. */
export function moveRows(rows: Int32Array, count: number, table: Int32Array, at: number, shift: number): void {
  for (let i = 0; i < 2 * count; i += 2) {
    table[at + i] = rows[i] + shift;
    // MORE in the top bit is left alone: no end comes to lie before the first octet, or behind 2^31-1.
    table[at + i + 1] = rows[i + 1] + shift;
  }
}

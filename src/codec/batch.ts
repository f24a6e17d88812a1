/** A run of consecutive frames: the octets it arrived in, and a table of where each payload lies. The unit of everything. */
import { ZmtpError } from "../error.js";
import type { Engine } from "./codec.js";
import { type Frame, writeHeader } from "./frame.js";
import { END_MASK, MORE_BIT } from "./layout.js";

/**
 * A run of frames. Nothing in it is an object until somebody asks: the fast way to read it is
 * `for (let i = 0; i < batch.length; i++)` with `bytes`, `start(i)` and `end(i)`.
 *
 * Borrowed unless it comes from `toOwned()` or its source says so: valid until the next call that decodes on this thread, and every
 * access after that throws a `ZmtpError` with code `STALE_BATCH`. Views taken from it (`bytes`, `payload(i)`, frames) are
 * borrowed for as long.
 */
export class FrameBatch implements Iterable<Frame> {
  readonly #bytes: Uint8Array;
  readonly #table: Int32Array;
  readonly #command: boolean;
  readonly #engine: Engine | undefined;
  readonly #from: number;
  /** -1 once stale, so that one comparison catches a bad index and a stale batch alike. */
  #length: number;
  #borrowed: boolean;
  /** What was chosen out of it while it was lent without an engine: it goes stale with it. */
  #filtered: FrameBatch[] | undefined;
  /** The memory under `bytes`, once a view has been asked for: asking a typed array for its buffer costs as much as making a view. */
  #memory: ArrayBufferLike | undefined;
  #offset = 0;

  /** @internal `from` is where the first header lies if headers and payloads are one run as they arrived, else -1. */
  constructor(
    bytes: Uint8Array,
    table: Int32Array,
    length: number,
    command: boolean,
    from: number,
    engine: Engine | undefined,
  ) {
    this.#bytes = bytes;
    this.#table = table;
    this.#length = length;
    this.#command = command;
    this.#from = from;
    this.#engine = engine;
    this.#borrowed = engine !== undefined;
  }

  /** Number of frames, at least 1. */
  get length(): number {
    if (this.#length < 0) this.#refuse(0);
    return this.#length;
  }

  /** The octets that every payload lies in; write nothing here. */
  get bytes(): Uint8Array {
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
  payload(i: number): Uint8Array {
    const start = this.start(i);
    const memory = this.#memory ?? this.#underneath();
    return new Uint8Array(memory, this.#offset + start, this.end(i) - start);
  }

  #underneath(): ArrayBufferLike {
    this.#offset = this.#bytes.byteOffset;
    this.#memory = this.#bytes.buffer;
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

  /** The frames that `keep` says yes to, as a batch over the same octets, borrowed or owned as this one; undefined if there is none. */
  filter(keep: (batch: this, i: number) => boolean): FrameBatch | undefined {
    const table = new Int32Array(this.length * 2);
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      if (!keep(this, i)) continue;
      table[2 * kept] = this.#table[2 * i];
      table[2 * kept + 1] = this.#table[2 * i + 1];
      kept++;
    }
    if (kept === 0) return undefined;
    const batch = new FrameBatch(this.#bytes, table, kept, this.#command, -1, this.#engine);
    if (this.#engine) return this.#engine.lend(batch);
    if (this.#borrowed) {
      this.#filtered ??= [];
      this.#filtered.push(batch.lend());
    }
    return batch;
  }

  slice(from: number, to: number): FrameBatch {
    const batch = new FrameBatch(
      this.#bytes,
      this.#table.subarray(2 * from, 2 * to),
      to - from,
      this.#command,
      this.#from < 0 ? -1 : from === 0 ? this.#from : this.end(from - 1),
      this.#engine,
    );
    if (this.#engine) return this.#engine.lend(batch);
    return batch;
  }

  static join(batches: readonly FrameBatch[]): FrameBatch {
    const frames = batches.flatMap((b) => Array.from(b, (f) => ({ payload: f.payload.slice(), more: f.more })));
    const size = frames.reduce((n, f) => n + f.payload.length + (f.payload.length > 255 ? 9 : 2), 0);
    const bytes = new Uint8Array(size);
    const table = new Int32Array(frames.length * 2);
    let at = 0;
    frames.forEach((f, i) => {
      at = writeHeader(bytes, at, f.more ? 1 : 0, f.payload.length);
      bytes.set(f.payload, at);
      table[2 * i] = at;
      at += f.payload.length;
      table[2 * i + 1] = at | (f.more ? MORE_BIT : 0);
    });
    return new FrameBatch(bytes, table, frames.length, false, 0, undefined);
  }

  /** A copy that stays valid: one copy of the whole run, nothing per frame but its row. An owned batch returns itself. */
  toOwned(): FrameBatch {
    if (this.#length >= 0 && !this.#borrowed) return this;
    return this.#copy(undefined);
  }

  /** @internal As `toOwned`, into the memory of a batch that has gone stale and that nobody reads any more, if it is large enough. */
  copyInto(stale: FrameBatch | undefined): FrameBatch {
    return this.#copy(stale);
  }

  #copy(stale: FrameBatch | undefined): FrameBatch {
    const length = this.length;
    const from = this.#from < 0 ? this.start(0) : this.#from;
    const size = this.end(length - 1) - from;
    const run = this.#bytes.subarray(from, from + size);
    const reused = stale !== undefined && stale.#bytes.length >= size;
    // Made from its octets, memory need not be cleared first.
    const bytes = reused ? stale.#bytes : new Uint8Array(run);
    if (reused) bytes.set(run);
    const table = stale && stale.#table.length >= length * 2 ? stale.#table : new Int32Array(length * 2);
    const rows = this.#table;
    for (let i = 0; i < length * 2; i += 2) {
      table[i] = rows[i] - from;
      // MORE in the top bit is left alone: no end lies before `from`.
      table[i + 1] = rows[i + 1] - from;
    }
    return new FrameBatch(bytes, table, length, this.#command, this.#from < 0 ? -1 : 0, undefined);
  }

  /** @internal The octets as they arrived, headers included; undefined for frames that lie apart. */
  get run(): Uint8Array | undefined {
    if (this.#from < 0) return undefined;
    return this.bytes.subarray(this.#from, this.end(this.length - 1));
  }

  /** @internal The rows of frames that lie apart in an engine's window, for that engine to gather. */
  rowsFor(engine: Engine): Int32Array | undefined {
    return this.#engine === engine && !this.#command ? this.#table.subarray(0, this.length * 2) : undefined;
  }

  /** @internal It is lent from here on, until it expires. */
  lend(): this {
    this.#borrowed = true;
    return this;
  }

  /** @internal The octets it lay in are about to be overwritten. */
  expire(): void {
    this.#length = -1;
    this.#filtered?.forEach((batch) => {
      batch.expire();
    });
  }

  #refuse(i: number): never {
    if (this.#length < 0) throw new ZmtpError("STALE_BATCH", "A borrowed batch was touched after a later decode");
    throw new RangeError(`frame ${i} of a batch of ${this.#length}`);
  }
}

/** @internal A batch of one frame whose payload is all of `payload`, owned. */
export function ownedFrame(payload: Uint8Array, more: boolean, command: boolean): FrameBatch {
  const table = new Int32Array([0, payload.length | (more ? MORE_BIT : 0)]);
  return new FrameBatch(payload, table, 1, command, -1, undefined);
}

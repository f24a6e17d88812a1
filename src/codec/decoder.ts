/** From octets, cut anywhere, to batches of frames. RFC 37, "Framing". */
import type { ZmtpError } from "../error.js";
import { FrameBatch, ownedFrame } from "./batch.js";
import { type Codec, type Engine, engineOf } from "./codec.js";
import { defaultCodec } from "./default.js";
import { COMMAND, type Header, type Limits, limitsFor, MORE, readHeader } from "./frame.js";
import { LargeFrame } from "./large-frame.js";
import { HEADROOM, INPUT, INPUT_SIZE, LANDING, WINDOW_SIZE } from "./layout.js";
import { Tail } from "./tail.js";

/**
 * Decodes a stream of ZMTP frames (RFC 37, "Framing"): what follows the greeting.
 *
 * Chunks may be cut anywhere. `push` takes a chunk in and gives the frames that are complete, in batches: a run of message
 * frames makes one, a command is alone in its own. The decoder is its own iterator, so an iteration that was not started
 * or was broken off goes on with the next one, or with `for (const batch of decoder)`.
 */
export class FrameDecoder implements IterableIterator<FrameBatch> {
  readonly #engine: Engine;
  #limits: Limits;
  #error: ZmtpError | undefined;

  /** Unread octets in the window, while it is leased to us, and whether they are the first octets of the tail as well. */
  #at = 0;
  #to = 0;
  #copied = false;
  /** Octets that wait outside the window, and how many there must be before another look at them is worth it. */
  readonly #tail: Tail;
  #needed = 0;
  #large: LargeFrame | undefined;
  #reserved = false;
  /** Where in the stream the first unread octet stands, and where the last batch began. */
  #position = 0;
  #batchPosition = 0;

  /**
   * @param options.maxFrameSize - Longest payload accepted, in octets; default 64 MiB, at most 2^31-1.
   * @param options.codec - Default `defaultCodec()`.
   */
  constructor(options: { maxFrameSize?: number | undefined; codec?: Codec | undefined } = {}) {
    this.#engine = engineOf(options.codec ?? defaultCodec());
    this.#tail = new Tail(this.#engine.spare);
    this.#limits = limitsFor(options.maxFrameSize);
  }

  /**
   * Takes a chunk in; the chunk may be reused at once.
   *
   * @returns The batches that are now complete, borrowed: each is valid until the next call that decodes on this thread.
   * @throws {@link ZmtpError} from the iteration, after the last frame before the fault, and from every call that follows.
   */
  push(chunk: Uint8Array): Iterable<FrameBatch> {
    this.#take(chunk, undefined);
    return this;
  }

  /**
   * Lends the codec's input region, for a socket to read into; then `commit` what was read. Spares the copy that `push` makes.
   *
   * @param size - Octets wanted; default and at most 1 MiB.
   * @returns Borrowed: until the next call that decodes on this thread.
   */
  reserve(size: number = INPUT_SIZE): Uint8Array {
    if (this.#error) throw this.#error;
    this.#settle();
    this.#engine.lease(this);
    this.#reserved = true;
    return this.#engine.window.subarray(INPUT, INPUT + Math.min(size, INPUT_SIZE));
  }

  /**
   * Takes in the first `length` octets of what `reserve` lent; returns and throws as `push` does.
   *
   * @throws An Error if another decoder used the region since `reserve`.
   */
  commit(length: number): Iterable<FrameBatch> {
    if (!(length >= 0 && length <= INPUT_SIZE)) throw new RangeError(`cannot commit ${length} octets of ${INPUT_SIZE}`);
    if (!this.#reserved || !this.#engine.leasedTo(this)) {
      throw new Error("commit() without reserve(), or after another decoder used the region");
    }
    this.#take(this.#engine.window.subarray(INPUT, INPUT + length), INPUT);
    return this;
  }

  /** @internal Takes in what a socket has just read into the engine's landing region. */
  landed(length: number): Iterable<FrameBatch> {
    this.#take(this.#engine.window.subarray(LANDING, LANDING + length), LANDING);
    return this;
  }

  /** Octets taken in and not delivered yet: more than 0 in the middle of a frame. */
  get pending(): number {
    return (this.#large?.filled ?? 0) + this.#tail.length + (this.#copied ? 0 : this.#to - this.#at);
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** The next complete batch of what has been taken in. */
  next(): IteratorResult<FrameBatch, undefined> {
    const value = this.nextBatch();
    return value === undefined ? { done: true, value } : { done: false, value };
  }

  /** @internal Where the last batch began, and where the next octet to be read stands, counted from the stream's first. */
  get batchPosition(): number {
    return this.#batchPosition;
  }

  /** @internal */
  get position(): number {
    return this.#position;
  }

  /** @internal Which frames are welcome from here on, and where in the stream "here" is if it begins now. */
  expect(limits: Limits, position = this.#position): void {
    this.#limits = limits;
    this.#position = position;
  }

  /** @internal */
  evict(): void {
    this.#settle();
  }

  /** `place` says where in the window the chunk lies already. */
  #take(chunk: Uint8Array, place: number | undefined): void {
    if (this.#error) throw this.#error;
    this.#engine.recall();
    this.#reserved = false;
    let start = 0;
    if (this.#large !== undefined && this.#large.missing > 0) {
      start = this.#large.fill(chunk);
      this.#position += start;
    }
    if (start === chunk.length) return;
    this.#settle();
    const bytes = start === 0 ? chunk : chunk.subarray(start);
    const waiting = this.#tail.length;
    if (waiting + bytes.length < this.#needed || waiting > HEADROOM || bytes.length > INPUT_SIZE) {
      this.#tail.append(bytes);
      return;
    }
    const { window } = this.#engine;
    this.#engine.lease(this);
    const from = place === undefined ? INPUT : place + start;
    if (place === undefined) window.set(bytes, INPUT);
    if (waiting > 0) {
      window.set(this.#tail.peek(waiting), from - waiting);
      this.#tail.take(waiting);
    }
    this.#at = from - waiting;
    this.#to = from + bytes.length;
    this.#needed = 0;
  }

  /** @internal As `next`, without its result object. */
  nextBatch(): FrameBatch | undefined {
    for (;;) {
      if (this.#error) throw this.#error;
      this.#engine.recall();
      if (this.#large !== undefined) return this.#finishLarge(this.#large);
      if (this.#at === this.#to && !this.#load()) return undefined;
      const batch = this.#messages() ?? this.#oneByOne();
      if (batch !== undefined) return batch;
    }
  }

  /** The run of message frames that the window begins with. */
  #messages(): FrameBatch | undefined {
    const { window, table, status } = this.#engine;
    const from = this.#at;
    if (this.#limits.commandsOnly && !(window[from] & COMMAND)) return undefined;
    const count = this.#engine.scan(from, this.#to, this.#limits.maxFrameSize);
    if (count === 0) return undefined;
    this.#batchPosition = this.#position;
    this.#advance(status[0] - from);
    return this.#engine.lend(new FrameBatch(window, table, count, false, from, this.#engine));
  }

  /** What the scanner leaves: a command, a frame that is unfinished, a fault. */
  #oneByOne(): FrameBatch | undefined {
    const { window, table } = this.#engine;
    const from = this.#at;
    const header = this.#header();
    const start = from + header.size;
    if (header.length === undefined) return this.#wait(this.#to - from + 1);
    const end = start + header.length;
    if (end <= this.#to) {
      this.#batchPosition = this.#position;
      this.#advance(end - from);
      table[0] = start;
      table[1] = end | (header.flags << 31);
      return this.#engine.lend(new FrameBatch(window, table, 1, (header.flags & COMMAND) !== 0, from, this.#engine));
    }
    if (end - from <= HEADROOM) return this.#wait(end - from);
    this.#batchPosition = this.#position;
    this.#large = new LargeFrame(header.length, (header.flags & MORE) !== 0, (header.flags & COMMAND) !== 0);
    this.#large.fill(window.subarray(start, this.#to));
    this.#advance(this.#to - from);
    return undefined;
  }

  #header(): Header {
    try {
      return readHeader(this.#engine.window, this.#at, this.#to, this.#limits, this.#position);
    } catch (error) {
      this.#error = error as ZmtpError;
      this.#at = this.#to = 0;
      throw error;
    }
  }

  #finishLarge(large: LargeFrame): FrameBatch | undefined {
    if (large.missing > 0) {
      const count = large.fill(this.#tail.peek(large.missing));
      this.#tail.take(count);
      this.#position += count;
      if (large.missing > 0) return undefined;
    }
    this.#large = undefined;
    return ownedFrame(large.payload, large.more, large.command);
  }

  #advance(count: number): void {
    this.#at += count;
    this.#position += count;
    if (this.#copied) this.#tail.take(count);
  }

  /** Nothing to do before the first unread frame has `needed` octets. */
  #wait(needed: number): undefined {
    this.#settle();
    this.#needed = needed;
  }

  /** Lays the waiting octets in the window, if there are enough of them; they stay in the tail until they have been read. */
  #load(): boolean {
    const waiting = this.#tail.length;
    if (waiting === 0 || waiting < this.#needed) return false;
    this.#engine.lease(this);
    this.#engine.window.set(this.#tail.peek(WINDOW_SIZE));
    this.#at = 0;
    this.#to = Math.min(waiting, WINDOW_SIZE);
    this.#copied = true;
    return true;
  }

  /** Takes the unread octets out of the window, which is then anyone's. */
  #settle(): void {
    if (this.#at < this.#to && !this.#copied) this.#tail.append(this.#engine.window.subarray(this.#at, this.#to));
    this.#at = this.#to = 0;
    this.#copied = false;
  }
}

/** From octets, cut anywhere, to batches of frames. RFC 37, "Framing". */
import { ZmtpError } from "../error.js";
import { FrameBatch } from "./batch.js";
import type { Codec } from "./codec.js";
import { defaultCodec } from "./default.js";
import { type Engine, engineOf } from "./engine.js";
import { COMMAND, checkedLength, type Header, type Limits, limitsFor, readHeader } from "./frame.js";
import { LargeFrame } from "./large-frame.js";
import { HEADROOM, INPUT, INPUT_SIZE, LANDING } from "./layout.js";
import { areSmall, keep, scanOwned } from "./owned-chunk.js";
import { asOctets, type Octets } from "./payload.js";
import { Unread } from "./unread.js";

/**
 * An unfinished frame waits in the tail, and is copied once more when the next chunk has come. If it needs several more
 * chunks it would be copied as often. So a frame that has more octets than this, and that one more chunk like the last
 * will not finish, is put together in a buffer of its own.
 */
const LARGE = 4096;

/**
 * Decodes a stream of ZMTP frames (RFC 37, "Framing"): what follows the greeting.
 *
 * Chunks may be cut anywhere. `push` takes a chunk in and gives the frames that are complete, in batches: a run of
 * message frames makes one, a command is alone in its own. The decoder is its own iterator, so an iteration that was
 * not started or was broken off goes on with the next one, or with `for (const batch of decoder)`.
 *
 * A batch ends where its octets did, so it may end inside a message: `batch.more(batch.length - 1)` says so.
 */
export class FrameDecoder implements IterableIterator<FrameBatch> {
  readonly #engine: Engine;
  #limits: Limits;
  #error: ZmtpError | undefined;
  #ended = false;

  readonly #unread: Unread;
  /** A frame that is put together in a buffer of its own; it comes before all that is unread. */
  #large: LargeFrame | undefined;
  /** Octets of the last chunk. */
  #chunkSize = 0;
  /** Whether the frames of the last owned run were small. */
  #small = false;
  #position = 0;

  /**
   * @param options.maxFrameSize - Longest payload accepted, in octets: 0 to 2^31-1; default 64 MiB.
   * @param options.codec - Default `defaultCodec()`.
   * @throws A RangeError or TypeError for a `maxFrameSize` that is no such number.
   */
  constructor(options: { maxFrameSize?: number | undefined; codec?: Codec | undefined } = {}) {
    this.#engine = engineOf(options.codec ?? defaultCodec());
    this.#unread = new Unread(this.#engine);
    this.#limits = limitsFor(options.maxFrameSize);
  }

  /**
   * Takes a chunk in; the chunk may be reused at once.
   *
   * @param chunk - Octets: a Uint8Array, or any ArrayBuffer, DataView or typed array.
   * @returns The batches that are now complete, valid until the next call that decodes on this thread.
   * @throws A TypeError for what holds no octets; {@link ZmtpError} from the iteration, after the last frame before the
   *   fault, and from every call that follows.
   */
  push(chunk: ArrayBuffer | ArrayBufferView): Iterable<FrameBatch> {
    this.#accept(asOctets(chunk, "the chunk"), undefined);
    return this;
  }

  /**
   * Lends the codec's input region, for a socket to read into; then `commit` what was read. Spares the copy that `push`
   * makes.
   *
   * @param size - Octets wanted, 1 to 2^31-1; default and at most 1 MiB.
   * @returns Borrowed: until the next call that decodes on this thread.
   */
  reserve(size: number = INPUT_SIZE): Octets {
    if (this.#error) throw this.#error;
    const lent = Math.min(checkedLength("size", size), INPUT_SIZE);
    return this.#unread.reserve(lent);
  }

  /**
   * Takes in the first `length` octets of what `reserve` lent; returns and throws as `push` does.
   *
   * @throws A RangeError if `reserve` lent less; an Error if this or another decoder used the region since `reserve`.
   */
  commit(length: number): Iterable<FrameBatch> {
    checkedLength("length", length);
    const { reserved } = this.#unread;
    if (reserved < 0) throw new Error("commit() without reserve(), or after the region was used for other octets");
    if (length > reserved) throw new RangeError(`cannot commit ${length} octets of ${reserved} reserved`);
    this.#accept(this.#engine.window.subarray(INPUT, INPUT + length), INPUT);
    return this;
  }

  /** @internal Takes in what a socket has just read into the engine's landing region. */
  landed(length: number): Iterable<FrameBatch> {
    this.#accept(this.#engine.window.subarray(LANDING, LANDING + length), LANDING);
    return this;
  }

  /**
   * @internal As `push`, of a chunk that becomes the decoder's: nobody writes to it any more. The batches from it lie
   * in the chunk and are owned, so their payloads are views of it that cost no copy. What a chunk cuts in two is
   * copied once, into memory of its own, and so is a batch that would keep much more of the chunk alive than it has
   * octets.
   */
  takeOwned(chunk: Uint8Array): Iterable<FrameBatch> {
    const start = this.#begin(chunk);
    if (start === chunk.length) return this;
    const { buffer, byteOffset, length } = chunk;
    // Not a Buffer: what comes out is a Uint8Array, whatever came in.
    this.#unread.addOwned(new Uint8Array(buffer as ArrayBuffer, byteOffset, length), start);
    return this;
  }

  /**
   * The stream has ended: no octets follow, and a `push` or `commit` that brings some throws an Error. Complete frames
   * that have not been read can still be read.
   *
   * @throws {@link ZmtpError} TRUNCATED if the stream ended inside a frame; where complete frames before that have not
   *   been read, the iteration throws it after the last of them instead. An earlier fault of the stream, again.
   */
  end(): void {
    if (this.#error) throw this.#error;
    this.#ended = true;
    const unfinished = this.#large !== undefined && this.#large.missing > 0;
    if (unfinished || this.#unread.state === "waiting") this.#truncated();
  }

  /** Octets taken in and not delivered yet: more than 0 in the middle of a frame. */
  get pending(): number {
    return (this.#large?.arrived ?? 0) + this.#unread.length;
  }

  /** Octets delivered so far, counted from the stream's first: where the next frame begins. */
  get position(): number {
    return this.#position;
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** The next complete batch of what has been taken in. */
  next(): IteratorResult<FrameBatch, undefined> {
    const value = this.nextBatch();
    return value === undefined ? { done: true, value } : { done: false, value };
  }

  /** @internal Which frames are welcome from here on, and where in the stream "here" is if it begins now. */
  expect(limits: Limits, position: number = this.#position): void {
    this.#limits = limits;
    this.#position = position;
  }

  /** @internal For tests, and for whoever takes the unread octets over and reads on in place of this decoder. */
  get unread(): Unread {
    return this.#unread;
  }

  /** @internal As `next`, without its result object. */
  nextBatch(): FrameBatch | undefined {
    for (;;) {
      if (this.#error) throw this.#error;
      this.#engine.invalidate();
      if (this.#large !== undefined) {
        const batch = this.#finish(this.#large);
        return batch ?? this.#nothing();
      }
      const { state } = this.#unread;
      if (state === "idle" || state === "waiting") return this.#nothing();
      if (state === "backlog") this.#unread.load();
      const batch = this.#messages() ?? this.#oneByOne();
      if (batch !== undefined) return batch;
    }
  }

  #nothing(): undefined {
    if (this.#ended && this.pending > 0) this.#truncated();
  }

  /** What every chunk begins with; octets that belong to the large frame go there. Returns where the rest begins. */
  #begin(chunk: Uint8Array): number {
    if (this.#error) throw this.#error;
    if (this.#ended) throw new Error("no octets follow end()");
    this.#engine.invalidate();
    this.#unread.unreserve();
    this.#chunkSize = chunk.length;
    return this.#large === undefined ? 0 : this.#large.fill(chunk, 0, chunk.length);
  }

  /** Takes octets in that are not ours to keep. `place` says where in the window they lie already. */
  #accept(chunk: Uint8Array, place: number | undefined): void {
    const start = this.#begin(chunk);
    if (start < chunk.length) this.#unread.add(chunk, start, place);
  }

  /** The run of message frames that the unread octets begin with. */
  #messages(): FrameBatch | undefined {
    const { bytes, at, to, state } = this.#unread;
    if (this.#limits.commandsOnly && !(bytes[at] & COMMAND)) return undefined;
    const { maxFrameSize } = this.#limits;
    const owned = state === "chunk";
    const count = owned
      ? scanOwned(this.#engine, this.#unread, maxFrameSize, this.#small)
      : this.#engine.scan(at, to, maxFrameSize);
    if (count === 0) return undefined;
    const octets = this.#engine.status[0] - at;
    if (owned) this.#small = areSmall(count, octets);
    return this.#deliver(count, false, octets);
  }

  /** What the scanner leaves: a command, a frame that is unfinished, a fault. This is the only judge of faults. */
  #oneByOne(): FrameBatch | undefined {
    const { bytes, at, to, owned } = this.#unread;
    const { flags, size, length } = this.#header();
    if (length === undefined) return this.#unread.wait(to - at + 1);
    const start = at + size;
    const end = start + length;
    if (end <= to) {
      const { table } = this.#engine;
      table[0] = start;
      table[1] = end | (flags << 31);
      return this.#deliver(1, (flags & COMMAND) !== 0, end - at);
    }
    // What comes in owned chunks is put together without a detour, so that it is owned as well.
    const direct = owned || end - at > HEADROOM || (end - at > LARGE && end - to > this.#chunkSize);
    if (!direct) return this.#unread.wait(end - at);
    this.#large = new LargeFrame(flags, size, length, owned ? undefined : this.#engine.spare);
    this.#large.fill(bytes, start, to);
    this.#unread.consume(to - at);
    return undefined;
  }

  #header(): Header {
    const { bytes, at, to } = this.#unread;
    try {
      return readHeader(bytes, at, to, this.#limits, this.#position);
    } catch (error) {
      return this.#fail(error as ZmtpError);
    }
  }

  /** The frames of the table's first `count` rows, which are the next `octets` unread ones, as a batch. */
  #deliver(count: number, command: boolean, octets: number): FrameBatch {
    const { bytes, at, state } = this.#unread;
    const engine = this.#engine;
    const batch =
      state === "chunk"
        ? keep(new FrameBatch(bytes, engine.table.slice(0, 2 * count), count, command, at, undefined))
        : engine.track(new FrameBatch(bytes, engine.table, count, command, at, engine));
    this.#position += octets;
    this.#unread.consume(octets);
    return batch;
  }

  #finish(large: LargeFrame): FrameBatch | undefined {
    this.#unread.pour((bytes, from, to) => large.fill(bytes, from, to));
    if (large.missing > 0) return undefined;
    this.#large = undefined;
    this.#position += large.arrived;
    const batch = large.batch();
    return batch.borrowed ? this.#engine.track(batch) : batch;
  }

  #truncated(): never {
    const { pending } = this;
    const offset = this.#position + pending;
    this.#fail(
      new ZmtpError("TRUNCATED", `The stream ended after ${pending} octets of an unfinished frame`, { offset }),
    );
  }

  #fail(error: ZmtpError): never {
    this.#error = error;
    this.#large = undefined;
    this.#unread.discard();
    throw error;
  }
}

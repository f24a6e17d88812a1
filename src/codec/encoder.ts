/** From messages and batches to octets. RFC 37, "Framing". */
import type { FrameBatch } from "./batch.js";
import type { Codec } from "./codec.js";
import { defaultCodec } from "./default.js";
import { type Engine, engineOf } from "./engine.js";
import { COMMAND, checkedLength, LONG_HEADER, MORE, sizeOfHeader, writeHeader } from "./frame.js";
import { CAPACITY } from "./layout.js";
import { asOctets, framesOf, type Message, type Octets, octets, type Payload } from "./payload.js";
import { mostOctets, writeText } from "./text.js";

/** A new buffer has at least so many octets, and room for as much as the last flush took. */
const FIRST = 1024;
/** A new buffer is not made larger than this ahead of need. */
const MOST_AHEAD = 256 * 1024;

/** Up to here a loop copies a payload faster than `set`. */
const LOOPED_OCTETS = 8;

/** How many buffers are kept for the next octets. */
const SPARES = 8;
/** A larger buffer is not kept. */
const MOST_SPARE = 512 * 1024;

const EMPTY: Octets = new Uint8Array(0);

/**
 * Encodes frames (RFC 37, "Framing") into one growing buffer; `flush` hands it over. LONG is set exactly where a
 * payload exceeds 255 octets.
 */
export class FrameEncoder {
  readonly #engine: Engine;
  #out = EMPTY;
  #length = 0;
  #ahead = FIRST;
  readonly #spare: Octets[] = [];
  /** What `flush` gave away and `recycle` may bring back, once each. */
  readonly #given = new WeakSet<Uint8Array>();
  #view: DataView | undefined;

  /** @param options.codec - Default `defaultCodec()`. */
  constructor(options: { codec?: Codec | undefined } = {}) {
    this.#engine = engineOf(options.codec ?? defaultCodec());
  }

  /** Octets encoded since the last flush. */
  get length(): number {
    return this.#length;
  }

  /**
   * Adds one frame; its payload is copied.
   *
   * @throws A TypeError for what is no payload.
   */
  frame(payload: Payload, more = false): this {
    if (typeof payload === "string") this.#text(payload, more ? MORE : 0);
    else this.payload(payload instanceof Uint8Array ? payload : octets(payload), more ? MORE : 0);
    return this;
  }

  /**
   * Adds one frame whose payload is written in place, by the caller: its header, and room for `length` octets. All of
   * them are to be written before the next call on the encoder: what lies there until then is anything.
   *
   * @param length - Octets of the payload, 0 to 2^31-1.
   * @param more - More frames of the same message follow; default false.
   * @returns Where in `bytes` and in `view` the payload's first octet goes.
   * @throws A RangeError or TypeError for what is no such length.
   */
  room(length: number, more = false): number {
    checkedLength("length", length);
    this.#ensure(length + LONG_HEADER);
    const at = writeHeader(this.#out, this.#length, more ? MORE : 0, length);
    this.#length = at + length;
    return at;
  }

  /** The buffer that frames are written into; borrowed: valid until the next call on the encoder. */
  get bytes(): Octets {
    return this.#out;
  }

  /** `bytes` as a DataView, of the same offsets and as long valid; made once a buffer. */
  get view(): DataView {
    this.#view ??= new DataView(this.#out.buffer);
    return this.#view;
  }

  /**
   * Adds octets that are encoded frames already, as `flush`, `encodeFrame` or `encodeMessage` gave them: encode once,
   * send to many. They are copied, and not looked at: what is no whole frame breaks the stream.
   *
   * @throws A TypeError for what holds no octets.
   */
  octets(frames: ArrayBuffer | ArrayBufferView): this {
    const bytes = asOctets(frames, "the encoded frames");
    this.#ensure(bytes.length);
    this.#out.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** @internal As `frame`, for who knows that it is octets already. */
  payload(payload: Uint8Array, flags: number): void {
    const { length } = payload;
    this.#ensure(length + LONG_HEADER);
    const out = this.#out;
    const at = writeHeader(out, this.#length, flags, length);
    if (length > LOOPED_OCTETS) out.set(payload, at);
    else for (let i = 0; i < length; i++) out[at + i] = payload[i];
    this.#length = at + length;
  }

  /** @internal Adds the header alone of a frame whose payload travels beside the buffer. */
  header(length: number, more: boolean): void {
    this.#ensure(LONG_HEADER);
    this.#length = writeHeader(this.#out, this.#length, more ? MORE : 0, length);
  }

  /**
   * Adds all frames of a message, MORE on each but the last.
   *
   * @throws A TypeError if it has none, or one that is no payload; nothing has been added then.
   */
  message(message: Message): this {
    if (typeof message === "string" || message instanceof Uint8Array) return this.frame(message);
    const frames = framesOf(message);
    const last = frames.length - 1;
    for (let i = 0; i <= last; i++) this.frame(frames[i], i < last);
    return this;
  }

  /**
   * Adds all frames of a batch. A batch forwarded as it came is one copy of its octets, headers included; frames that
   * lie apart are gathered.
   *
   * @throws {@link ZmtpError} STALE_BATCH
   */
  batch(batch: FrameBatch): this {
    const { run } = batch;
    if (run !== undefined) return this.octets(run);
    const rows = batch.rowsFor(this.#engine);
    if (rows !== undefined) this.#gather(batch, rows);
    else for (let i = 0; i < batch.length; i++) this.#again(batch, i);
    return this;
  }

  /**
   * All octets since the last flush, owned by the caller: the encoder never touches them again, unless they are given
   * back to `recycle`.
   */
  flush(): Octets {
    const bytes = this.#length === this.#out.length ? this.#out : this.#out.subarray(0, this.#length);
    this.#ahead = Math.min(Math.max(this.#length + LONG_HEADER, FIRST), MOST_AHEAD);
    if (this.#length > 0 && this.#out.length <= MOST_SPARE) this.#given.add(bytes);
    this.#out = EMPTY;
    this.#view = undefined;
    this.#length = 0;
    return bytes;
  }

  /**
   * Gives octets that `flush` returned back for the next ones to be written into: fresh memory costs more than
   * encoding. Only when nobody reads them any more: a socket does until its write has called back. Whatever `flush`
   * of this encoder did not return, or has been given back before, is left alone.
   */
  recycle(bytes: Uint8Array): void {
    if (this.#given.delete(bytes) && this.#spare.length < SPARES) {
      this.#spare.push(new Uint8Array(bytes.buffer as ArrayBuffer));
    }
  }

  #text(text: string, flags: number): void {
    const most = mostOctets(text);
    this.#ensure(most + LONG_HEADER);
    const out = this.#out;
    const guess = this.#length + sizeOfHeader(text.length);
    const written = writeText(out, guess, text);
    const at = this.#length + sizeOfHeader(written);
    // Short by its units, long by its octets: the text moves up to make room for the longer header.
    if (at !== guess) out.copyWithin(at, guess, guess + written);
    writeHeader(out, this.#length, flags, written);
    this.#length = at + written;
  }

  #gather(batch: FrameBatch, rows: Int32Array): void {
    const engine = this.#engine;
    const count = Math.min(batch.length, CAPACITY);
    engine.selection.set(rows);
    let next = 0;
    while (next < count) {
      const length = engine.gather(next, count);
      const stopped = engine.status[0];
      if (length > 0) this.octets(engine.output.subarray(0, length));
      // A frame too large for the output region is copied on its own.
      if (stopped === next) this.#again(batch, next);
      next = Math.max(stopped, next + 1);
    }
  }

  #again(batch: FrameBatch, i: number): void {
    this.payload(batch.payload(i), (batch.more(i) ? MORE : 0) | (batch.command(i) ? COMMAND : 0));
  }

  /** Makes the buffer hold so many octets more. */
  #ensure(count: number): void {
    const needed = this.#length + count;
    if (needed > this.#out.length) this.#grow(needed);
  }

  #grow(needed: number): void {
    const out = this.#length === 0 ? this.#fresh(needed) : new Uint8Array(Math.max(needed, 2 * this.#out.length));
    if (this.#length > 0) out.set(this.#out.subarray(0, this.#length));
    this.#out = out;
    this.#view = undefined;
  }

  #fresh(needed: number): Octets {
    const spare = this.#spare.pop();
    return spare !== undefined && spare.length >= needed ? spare : new Uint8Array(Math.max(needed, this.#ahead));
  }
}

/**
 * One frame as octets, owned.
 *
 * @param options.more - More frames of the same message follow.
 * @param options.command - The payload is a command's body.
 * @throws A TypeError for both at once (a command is one frame), or for what is no payload.
 */
export function encodeFrame(payload: Payload, options: { more?: boolean; command?: boolean } = {}): Octets {
  if (options.more && options.command) throw new TypeError("MORE is illegal on a command");
  const body = octets(payload);
  return exactly([body], (options.more ? MORE : 0) | (options.command ? COMMAND : 0));
}

/**
 * All frames of a message as octets, owned.
 *
 * @throws A TypeError if it has none, or one that is no payload.
 */
export function encodeMessage(message: Message): Octets {
  return exactly(
    framesOf(message).map((payload) => octets(payload)),
    0,
  );
}

/** The frames in a buffer of just their size; every one but the last gets MORE. */
function exactly(bodies: readonly Uint8Array[], flags: number): Octets {
  let size = 0;
  for (const { length } of bodies) size += sizeOfHeader(length) + length;
  const out = new Uint8Array(size);
  const last = bodies.length - 1;
  let at = 0;
  for (let i = 0; i <= last; i++) {
    at = writeHeader(out, at, i < last ? flags | MORE : flags, bodies[i].length);
    out.set(bodies[i], at);
    at += bodies[i].length;
  }
  return out;
}

/** From messages and batches to octets. RFC 37, "Framing". */
import type { FrameBatch } from "./batch.js";
import { type Codec, type Engine, engineOf } from "./codec.js";
import { defaultCodec } from "./default.js";
import { COMMAND, LONG_HEADER, MORE, SHORT_HEADER, SHORT_MAX, writeHeader } from "./frame.js";
import { CAPACITY } from "./layout.js";
import { framesOf, type Message, octets, type Payload } from "./payload.js";
import { mostOctets, writeText } from "./text.js";

/** A new buffer is made for at least this much; after that, for as much as the last flush took. */
const FIRST = 1024;
const MOST_AHEAD = 256 * 1024;

/** Up to here a loop copies a payload faster than `set`. */
const LOOPED = 8;

/** How many buffers, and how large ones, are kept for the next octets. */
const SPARES = 8;
const MOST_SPARE = 512 * 1024;

const EMPTY: Uint8Array = new Uint8Array(0);

/**
 * Encodes frames (RFC 37, "Framing") into one growing buffer; `flush` hands it over. LONG is set exactly where a payload exceeds 255 octets.
 */
export class FrameEncoder {
  readonly #engine: Engine;
  #out = EMPTY;
  #length = 0;
  #ahead = FIRST;
  readonly #spare: Uint8Array[] = [];

  /** @param options.codec - Default `defaultCodec()`. */
  constructor(options: { codec?: Codec | undefined } = {}) {
    this.#engine = engineOf(options.codec ?? defaultCodec());
  }

  /** Octets encoded since the last flush. */
  get length(): number {
    return this.#length;
  }

  /** Adds one frame; its payload is copied. */
  frame(payload: Payload, more = false): this {
    if (typeof payload === "string") this.#text(payload, more ? MORE : 0);
    else this.#bytes(payload, more ? MORE : 0);
    return this;
  }

  /** @internal Adds the header alone of a frame whose payload travels beside the buffer. */
  header(length: number, more: boolean): void {
    this.#room(LONG_HEADER);
    this.#length = writeHeader(this.#out, this.#length, more ? MORE : 0, length);
  }

  /**
   * Adds all frames of a message, MORE on each but the last.
   *
   * @throws A TypeError if it has none.
   */
  message(message: Message): this {
    if (typeof message === "string" || message instanceof Uint8Array) return this.frame(message);
    const last = framesOf(message).length - 1;
    for (let i = 0; i <= last; i++) this.frame(message[i], i < last);
    return this;
  }

  /**
   * Adds all frames of a batch. A batch forwarded as it came is one copy of its octets, headers included; frames that lie apart are
   * gathered.
   *
   * @throws {@link ZmtpError} STALE_BATCH
   */
  batch(batch: FrameBatch): this {
    const { run } = batch;
    if (run !== undefined) {
      this.#room(run.length);
      this.#out.set(run, this.#length);
      this.#length += run.length;
      return this;
    }
    const rows = batch.rowsFor(this.#engine);
    if (rows !== undefined) this.#gather(batch, rows);
    else for (let i = 0; i < batch.length; i++) this.#again(batch, i);
    return this;
  }

  /**
   * All octets since the last flush, owned by the caller: the encoder never touches them again, unless they are given back to
   * `recycle`.
   */
  flush(): Uint8Array {
    const bytes = this.#length === this.#out.length ? this.#out : this.#out.subarray(0, this.#length);
    this.#ahead = Math.min(Math.max(this.#length + LONG_HEADER, FIRST), MOST_AHEAD);
    this.#out = EMPTY;
    this.#length = 0;
    return bytes;
  }

  /**
   * Gives octets that `flush` returned back for the next ones to be written into: fresh memory costs more than encoding.
   * Only when nobody reads them any more: a socket does until its write has called back.
   */
  recycle(bytes: Uint8Array): void {
    const { buffer, byteOffset } = bytes;
    if (byteOffset === 0 && buffer.byteLength <= MOST_SPARE && this.#spare.length < SPARES) {
      this.#spare.push(new Uint8Array(buffer));
    }
  }

  room(length: number): number {
    this.#room(length + LONG_HEADER);
    const at = writeHeader(this.#out, this.#length, 0, length);
    this.#length = at + length;
    return at;
  }

  get bytes(): Uint8Array {
    return this.#out;
  }

  get view(): DataView {
    return new DataView(this.#out.buffer);
  }

  octets(bytes: Uint8Array): this {
    this.#room(bytes.length);
    this.#out.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  #bytes(payload: Uint8Array, flags: number): void {
    const { length } = payload;
    this.#room(length + LONG_HEADER);
    const out = this.#out;
    const at = writeHeader(out, this.#length, flags, length);
    if (length > LOOPED) out.set(payload, at);
    else for (let i = 0; i < length; i++) out[at + i] = payload[i];
    this.#length = at + length;
  }

  #text(text: string, flags: number): void {
    const most = mostOctets(text);
    this.#room(most + LONG_HEADER);
    const out = this.#out;
    const guess = this.#length + (text.length > SHORT_MAX ? LONG_HEADER : SHORT_HEADER);
    const written = writeText(out, guess, text);
    const at = this.#length + (written > SHORT_MAX ? LONG_HEADER : SHORT_HEADER);
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
      if (length > 0) {
        this.#room(length);
        this.#out.set(engine.output.subarray(0, length), this.#length);
        this.#length += length;
      }
      // A frame too large for the output region is copied on its own.
      if (stopped === next) this.#again(batch, next);
      next = Math.max(stopped, next + 1);
    }
  }

  #again(batch: FrameBatch, i: number): void {
    this.#bytes(batch.payload(i), (batch.more(i) ? MORE : 0) | (batch.command(i) ? COMMAND : 0));
  }

  #room(count: number): void {
    const needed = this.#length + count;
    if (needed > this.#out.length) this.#grow(needed);
  }

  #grow(needed: number): void {
    const out = this.#length === 0 ? this.#fresh(needed) : new Uint8Array(Math.max(needed, 2 * this.#out.length));
    if (this.#length > 0) out.set(this.#out.subarray(0, this.#length));
    this.#out = out;
  }

  #fresh(needed: number): Uint8Array {
    const spare = this.#spare.pop();
    return spare !== undefined && spare.length >= needed ? spare : new Uint8Array(Math.max(needed, this.#ahead));
  }
}

/**
 * One frame as octets, owned.
 *
 * @param options.more - More frames of the same message follow.
 * @param options.command - The payload is a command's body.
 * @throws A TypeError for both at once: a command is one frame.
 */
export function encodeFrame(payload: Payload, options: { more?: boolean; command?: boolean } = {}): Uint8Array {
  if (options.more && options.command) throw new TypeError("MORE is illegal on a command");
  const body = octets(payload);
  return exactly([body], (options.more ? MORE : 0) | (options.command ? COMMAND : 0));
}

/**
 * All frames of a message as octets, owned.
 *
 * @throws A TypeError if it has none.
 */
export function encodeMessage(message: Message): Uint8Array {
  return exactly(framesOf(message).map(octets), 0);
}

/** The frames in a buffer of just their size; every one but the last gets MORE. */
function exactly(bodies: readonly Uint8Array[], flags: number): Uint8Array {
  let size = 0;
  for (const { length } of bodies) size += length + (length > SHORT_MAX ? LONG_HEADER : SHORT_HEADER);
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

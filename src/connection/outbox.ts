/** What waits to leave: small messages encoded into one buffer, large payloads beside it, uncopied. */
import type { FrameBatch } from "../codec/batch.js";
import type { Codec } from "../codec/codec.js";
import { FrameEncoder } from "../codec/encoder.js";
import { type Body, framesOf, type Message } from "../codec/payload.js";

/** From here on a payload leaves from where it lies. */
export const UNCOPIED = 64 * 1024;

/** Gathers frames until the transport takes them. How they lie in the chunks is the transport's framing. */
export interface Outbox {
  /** Octets waiting. */
  readonly length: number;
  message(message: Message): void;
  batch(batch: FrameBatch): void;
  /** Frames of the session's own, as ZMTP has them; they leave from where they lie. */
  octets(bytes: Uint8Array): void;
  /** All of it, in order. */
  take(): Uint8Array[];
  /** A chunk has left, and its memory is free again. */
  recycle?(chunk: Uint8Array): void;
}

/** ZMTP's own framing: any number of frames in any chunk. */
export class ZmtpOutbox implements Outbox {
  readonly #encoder: FrameEncoder;
  #chunks: Uint8Array[] = [];
  #gathered = 0;
  /** The chunks under way whose memory is ours, not the application's. */
  readonly #ours = new WeakSet<Uint8Array>();

  constructor(codec: Codec) {
    this.#encoder = new FrameEncoder({ codec });
  }

  get length(): number {
    return this.#gathered + this.#encoder.length;
  }

  message(message: Message): void {
    if (typeof message === "string" || message instanceof Uint8Array) {
      this.#frame(message as Body, false);
      return;
    }
    const frames = framesOf(message);
    const last = frames.length - 1;
    for (let i = 0; i <= last; i++) this.#frame(frames[i], i < last);
  }

  batch(batch: FrameBatch): void {
    this.#encoder.batch(batch);
  }

  octets(bytes: Uint8Array): void {
    this.#cut();
    this.#gather(bytes);
  }

  take(): Uint8Array[] {
    this.#cut();
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#gathered = 0;
    return chunks;
  }

  recycle(chunk: Uint8Array): void {
    if (this.#ours.delete(chunk)) this.#encoder.recycle(chunk);
  }

  #frame(payload: Body, more: boolean): void {
    if (payload.length < UNCOPIED || typeof payload === "string") {
      this.#encoder.frame(payload, more);
      return;
    }
    this.#encoder.header(payload.length, more);
    this.octets(payload);
  }

  #cut(): void {
    if (this.#encoder.length === 0) return;
    const chunk = this.#encoder.flush();
    this.#ours.add(chunk);
    this.#gather(chunk);
  }

  #gather(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#gathered += bytes.length;
  }
}

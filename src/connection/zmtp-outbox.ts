/**
 * What waits to leave, in ZMTP's own framing: small messages encoded into one buffer, large payloads beside it,
 * uncopied.
 */
import type { FrameBatch } from "../codec/batch.js";
import type { Codec } from "../codec/codec.js";
import { FrameEncoder } from "../codec/encoder.js";
import { messagesIn } from "../codec/message-run.js";
import { asOctets, framesOf, type Message, type Payload } from "../codec/payload.js";
import { zmtpEncoding } from "../session/frame-encoding.js";
import type { Outbox, SharedMessage } from "./outbox.js";

/** Octets of a payload from which on it is not copied: it leaves from where it lies. */
export const UNCOPIED = 64 * 1024;

/**
 * A buffer that has grown to this is set aside, and the next is begun: one that doubled on would hold twice what waits.
 */
export const CHUNK = 128 * 1024;

/** ZMTP's own framing: any number of frames in any chunk. */
export class ZmtpOutbox implements Outbox {
  readonly encoding = zmtpEncoding;
  readonly #encoder: FrameEncoder;
  #chunks: Uint8Array[] = [];
  #gathered = 0;
  #messages = 0;
  readonly #counted: boolean;

  /**
   * @param counted - Whether somebody asks how many messages wait: to count those of a run takes a look at each frame.
   */
  constructor(codec: Codec, counted = false) {
    this.#encoder = new FrameEncoder({ codec });
    this.#counted = counted;
  }

  get length(): number {
    return this.#gathered + this.#encoder.length;
  }

  get messages(): number {
    return this.#messages;
  }

  countAsSent(): void {
    this.#messages = 0;
  }

  message(message: Message): void {
    // What nearly every message is comes first, and by itself: engines make one piece of this with its caller.
    if (message instanceof Uint8Array && message.length < UNCOPIED) this.#encoder.payload(message, 0);
    else this.#frames(message);
    this.#messages++;
    if (this.#encoder.length >= CHUNK) this.#cut();
  }

  batch(batch: FrameBatch): void {
    this.#encoder.batch(batch);
    if (this.#counted) this.#messages += messagesIn(batch);
    if (this.#encoder.length >= CHUNK) this.#cut();
  }

  shared({ octets }: SharedMessage): void {
    this.octets(octets, 1);
  }

  octets(bytes: Uint8Array, messages: number): void {
    if (bytes.length < UNCOPIED) this.#encoder.octets(bytes);
    else this.#aside(bytes);
    this.#messages += messages;
    if (this.#encoder.length >= CHUNK) this.#cut();
  }

  room(length: number): number {
    if (this.#encoder.length >= CHUNK) this.#cut();
    this.#messages++;
    return this.#encoder.room(length);
  }

  get memory(): Uint8Array {
    return this.#encoder.bytes;
  }

  get view(): DataView {
    return this.#encoder.view;
  }

  handOver(): Uint8Array[] {
    this.#cut();
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#gathered = 0;
    this.#messages = 0;
    return chunks;
  }

  recycle(chunk: Uint8Array): void {
    this.#encoder.recycle(chunk);
  }

  clear(): void {
    for (const chunk of this.handOver()) this.recycle(chunk);
  }

  #frames(message: Message): void {
    const frames = framesOf(message);
    const last = frames.length - 1;
    for (let i = 0; i <= last; i++) this.#frame(frames[i], i < last);
  }

  #frame(payload: Payload, more: boolean): void {
    if (typeof payload === "string" || payload.byteLength < UNCOPIED) {
      this.#encoder.frame(payload, more);
      return;
    }
    const bytes = asOctets(payload, "a payload");
    this.#encoder.header(bytes.length, more);
    this.#aside(bytes);
  }

  #aside(bytes: Uint8Array): void {
    this.#cut();
    this.#gather(bytes);
  }

  #cut(): void {
    if (this.#encoder.length === 0) return;
    this.#gather(this.#encoder.flush());
  }

  #gather(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#gathered += bytes.length;
  }
}

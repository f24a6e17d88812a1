/** ZWS's framing: each chunk is one frame and one WebSocket message, a flag octet and the body, no length. RFC 45. */
import type { FrameBatch } from "../codec/batch.js";
import * as ZMTP from "../codec/frame.js";
import { framesOf, type Message, octets, type Payload } from "../codec/payload.js";
import type { Outbox } from "./outbox.js";

const MORE = 1;
const COMMAND = 2;

/** What a WebSocket message costs beside its octets while it waits: an object, its memory, a write. */
const MESSAGE_COST = 350;

const OWN_FRAMES: ZMTP.Limits = { maxFrameSize: ZMTP.LARGEST_FRAME, commandsOnly: false };

const NO_ROOM = "room() writes into ZMTP's own framing: over ws:// send the payload";

/** The outbox of a link over WebSocket. */
export class ZwsOutbox implements Outbox {
  #frames: Uint8Array<ArrayBuffer>[] = [];
  #cost = 0;
  #messages = 0;

  get length(): number {
    return this.#cost;
  }

  get messages(): number {
    return this.#messages;
  }

  get memory(): Uint8Array {
    throw new TypeError(NO_ROOM);
  }

  get view(): DataView {
    throw new TypeError(NO_ROOM);
  }

  room(): number {
    throw new TypeError(NO_ROOM);
  }

  message(message: Message): void {
    const frames = framesOf(message);
    const last = frames.length - 1;
    for (let i = 0; i <= last; i++) this.#frame(frames[i], i < last ? MORE : 0);
  }

  batch(batch: FrameBatch): void {
    for (const { payload, more, command } of batch) this.#frame(payload, (more ? MORE : 0) | (command ? COMMAND : 0));
  }

  octets(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const { flags, size, length = 0 } = ZMTP.readHeader(bytes, at, bytes.length, OWN_FRAMES, at);
      const payload = bytes.subarray(at + size, at + size + length);
      this.#frame(payload, (flags & ZMTP.MORE ? MORE : 0) | (flags & ZMTP.COMMAND ? COMMAND : 0));
      at += size + length;
    }
  }

  framed(bytes: Uint8Array): Uint8Array[] {
    const alone = new ZwsOutbox();
    alone.octets(bytes);
    return alone.handOver();
  }

  handOver(): Uint8Array[] {
    const frames = this.#frames;
    this.clear();
    return frames;
  }

  clear(): void {
    this.#frames = [];
    this.#cost = 0;
    this.#messages = 0;
  }

  #frame(payload: Payload, flags: number): void {
    const body = octets(payload);
    const frame = new Uint8Array(1 + body.length);
    frame[0] = flags;
    frame.set(body, 1);
    this.#frames.push(frame);
    this.#cost += frame.length + MESSAGE_COST;
    if (!(flags & (MORE | COMMAND))) this.#messages++;
  }
}

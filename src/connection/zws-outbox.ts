/** ZWS's framing: each chunk is one frame and one WebSocket message, a flag octet and the body, no length. RFC 45. */
import type { FrameBatch } from "../codec/batch.js";
import { framesOf, type Message, octets } from "../codec/payload.js";
import { zwsEncoding, zwsFrame } from "../session/zws.js";
import type { Outbox, SharedMessage } from "./outbox.js";

/** What a WebSocket message costs beside its octets while it waits: an object, its memory, a write. */
const MESSAGE_COST = 350;

const NO_ROOM = "room() writes into ZMTP's own framing: over ws:// send the payload";

/** The outbox of a link over WebSocket. */
export class ZwsOutbox implements Outbox {
  readonly encoding = zwsEncoding;
  #frames: Uint8Array[] = [];
  #cost = 0;
  #messages = 0;

  get length(): number {
    return this.#cost;
  }

  get messages(): number {
    return this.#messages;
  }

  countAsSent(): void {
    this.#messages = 0;
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

  octets(): void {
    throw new TypeError("These octets are framed as ZMTP has it: over ws:// frames are framed one by one");
  }

  message(message: Message): void {
    const frames = framesOf(message);
    const last = frames.length - 1;
    for (let i = 0; i <= last; i++) this.#add(octets(frames[i]), i < last);
  }

  shared({ message }: SharedMessage): void {
    this.message(message);
  }

  batch(batch: FrameBatch): void {
    for (const { payload, more, command } of batch) this.#add(payload, more, command);
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

  #add(payload: Uint8Array, more: boolean, command = false): void {
    const frame = zwsFrame(payload, more, command);
    this.#frames.push(frame);
    this.#cost += frame.length + MESSAGE_COST;
    if (!more && !command) this.#messages++;
  }
}

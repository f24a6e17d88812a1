/** What applications hand to `send`, made into a message: everything that the `zeromq` package takes. */
import { copyOf, textBytes, view, viewOf } from "./bytes.js";

/**
 * Whatever can be one frame: octets in any shape, a text; null is an empty frame, anything else the text it turns into.
 */
export type MessageLike = ArrayBufferView | ArrayBuffer | SharedArrayBuffer | string | number | null;

/** One frame, and a message, as they go through this layer: octets, or a text that travels as UTF-8. */
export type SentFrame = Uint8Array | string;
export type SentMessage = SentFrame | readonly SentFrame[];

/** Payloads up to this size are copied when a queue keeps them; larger ones stay where they are. */
const COPIED = 1024;

const EMPTY = new Uint8Array(0);

/** @internal One frame. */
export function payloadOf(value: unknown): SentFrame {
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  if (value === null) return EMPTY;
  if (ArrayBuffer.isView(value)) return view(value.buffer, value.byteOffset, value.byteLength);
  if (isMemory(value)) return view(value, 0, value.byteLength);
  return String(value);
}

function isMemory(value: unknown): value is ArrayBufferLike {
  if (value instanceof ArrayBuffer) return true;
  return typeof SharedArrayBuffer !== "undefined" && value instanceof SharedArrayBuffer;
}

/** @internal A message. A lone frame stays alone: no array is made for it. */
export function messageOf(value: unknown): SentMessage {
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  return Array.isArray(value) ? value.map(payloadOf) : payloadOf(value);
}

/** @internal The frames of a message, as a view. */
export function partsOf(message: SentMessage): readonly SentFrame[] {
  return typeof message === "string" || message instanceof Uint8Array ? [message] : message;
}

/** @internal The octets of a frame, for a look at them. */
export function bytesOf(payload: SentFrame): Uint8Array {
  return typeof payload === "string" ? textBytes(payload) : payload;
}

/** @internal The first frame of a message. */
export function firstOf(message: SentMessage): SentFrame {
  return typeof message === "string" || message instanceof Uint8Array ? message : message[0];
}

/** @internal A frame as a queue may keep it: a copy if it is small, else the same memory. */
export function keptBytes(payload: SentFrame): Uint8Array {
  if (typeof payload === "string") return textBytes(payload);
  return payload.length <= COPIED ? copyOf(payload) : viewOf(payload);
}

/** @internal A message as a queue may keep it. */
export function keptFrames(message: SentMessage): Uint8Array[] {
  if (typeof message === "string" || message instanceof Uint8Array) return [keptBytes(message)];
  return message.map(keptBytes);
}

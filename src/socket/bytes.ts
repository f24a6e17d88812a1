/**
 * The octets that a socket hands out: a `Buffer` where the engine has one, as every Node socket does, else a
 * `Uint8Array`.
 */
import type { Octets } from "../codec/payload.js";
import { type BufferClass, bufferMaker } from "../connection/buffer-maker.js";

/** What a frame of a received message is. */
export type ReceivedFrame = typeof globalThis extends { Buffer: { from(text: string): infer Bytes } } ? Bytes : Octets;

interface Buffers extends BufferClass {
  allocUnsafe(length: number): Uint8Array;
}

const { Buffer: buffers } = globalThis as unknown as { Buffer?: Buffers };

/** @internal A view of some memory. */
export const view = bufferMaker(buffers) as (memory: ArrayBufferLike, offset: number, length: number) => Uint8Array;

/** The class of our views: what has it already need not be wrapped. */
const owner: unknown = view(new ArrayBuffer(0), 0, 0).constructor;

/** @internal A view of the same memory. */
export function viewOf(octets: Uint8Array): Uint8Array {
  if (octets.constructor === owner) return octets;
  return view(octets.buffer, octets.byteOffset, octets.byteLength);
}

/** @internal Memory with nothing in it yet. */
export function memoryOf(length: number): Uint8Array {
  return buffers === undefined ? new Uint8Array(length) : buffers.allocUnsafe(length);
}

/** @internal A copy. */
export function copyOf(octets: Uint8Array): Uint8Array {
  const copy = memoryOf(octets.length);
  copy.set(octets);
  return copy;
}

const utf8 = new TextEncoder();

/** @internal A text as UTF-8. */
export function textBytes(text: string): Uint8Array {
  return viewOf(utf8.encode(text));
}

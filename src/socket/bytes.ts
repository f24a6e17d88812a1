/**
 * The octets that a socket hands out: a `Buffer` where the engine has one, as every Node socket does, else a
 * `Uint8Array`.
 */
import type { Octets } from "../codec/payload.js";

/** What a frame of a received message is. */
export type ReceivedFrame = typeof globalThis extends { Buffer: { from(text: string): infer Bytes } } ? Bytes : Octets;

type MakeView = new (memory: ArrayBufferLike, offset: number, length: number) => Uint8Array;

interface BufferLike {
  readonly [Symbol.species]: MakeView;
  allocUnsafe(length: number): Uint8Array;
}

const engine = (globalThis as unknown as { Buffer?: BufferLike }).Buffer;

/** Buffer's species makes a true Buffer at the price of a Uint8Array; `Buffer.from` costs twice as much. */
const View: MakeView = engine?.[Symbol.species] ?? Uint8Array;

/** What a view of ours says it was made by. */
const owner: unknown = View.prototype.constructor;

/** @internal A view of the same memory. */
export function viewOf(octets: Uint8Array): Uint8Array {
  if (octets.constructor === owner) return octets;
  return new View(octets.buffer, octets.byteOffset, octets.byteLength);
}

/** @internal A view of some memory. */
export function view(memory: ArrayBufferLike, offset: number, length: number): Uint8Array {
  return new View(memory, offset, length);
}

/** @internal Memory with nothing in it yet. */
export function memoryOf(length: number): Uint8Array {
  return engine === undefined ? new Uint8Array(length) : engine.allocUnsafe(length);
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

/** Payloads as Node's own sockets give them: Buffers, which know how to become text. */
import { Buffer } from "node:buffer";
import type { PayloadMaker } from "../payload-maker.js";

type BufferClass = new (memory: ArrayBuffer, offset: number, length: number) => Buffer;

/**
 * The class behind every Buffer. To construct it takes a third of what `Buffer.from` does, and no longer than a
 * Uint8Array.
 */
const FastBuffer = (Buffer as unknown as { readonly [Symbol.species]?: BufferClass })[Symbol.species];

/** A view that is a Buffer, in any engine that has them. */
export const bufferPayload: PayloadMaker =
  FastBuffer && new FastBuffer(new ArrayBuffer(8), 4, 2) instanceof Buffer
    ? (memory, offset, length) => new FastBuffer(memory, offset, length)
    : (memory, offset, length) => Buffer.from(memory, offset, length);

/** Payloads that are Buffers, in engines that have them: they know how to become text. */
import { type PayloadMaker, plainPayload } from "./payload-maker.js";

type Maker = new (memory: ArrayBuffer, offset: number, length: number) => Uint8Array;

/** As much of an engine's `Buffer` as is used. */
export interface BufferClass {
  /** The class behind every Buffer. Nothing documents it, so it is tried before it is used. */
  readonly [Symbol.species]?: unknown;
  from(memory: ArrayBuffer, offset: number, length: number): Uint8Array;
}

/**
 * Makes views that are Buffers; Uint8Arrays where `buffers` is undefined. By the class behind them it takes a third of
 * what `Buffer.from` does, and no longer than a Uint8Array.
 */
export function bufferMaker(buffers: BufferClass | undefined): PayloadMaker {
  if (buffers === undefined) return plainPayload;
  const Fast = buffers[Symbol.species] as Maker | undefined;
  const isBuffer = buffers as unknown as new () => Uint8Array;
  return Fast !== undefined && new Fast(new ArrayBuffer(8), 4, 2) instanceof isBuffer
    ? (memory, offset, length) => new Fast(memory, offset, length)
    : (memory, offset, length) => buffers.from(memory, offset, length);
}

/** What a payload is to whoever receives it: a `Uint8Array`, or where programs expect one, a `Buffer`. */

/** Makes a payload over memory that it does not copy. */
export type PayloadMaker = (memory: ArrayBuffer, offset: number, length: number) => Uint8Array;

/** Payloads as every platform has them. */
export const plainPayload: PayloadMaker = (memory, offset, length) => new Uint8Array(memory, offset, length);

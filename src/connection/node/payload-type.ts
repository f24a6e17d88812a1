/** What a payload is in Node: a Buffer, where the program has types for it. */
import type { Octets } from "../../codec/payload.js";

/**
 * A `Buffer` where its type is known (with `@types/node`, in Deno, in Bun), else the `Uint8Array` that every Buffer is.
 */
export type NodePayload = typeof globalThis extends { Buffer: { from(text: string): infer B extends Uint8Array } }
  ? B
  : Octets;

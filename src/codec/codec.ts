/** A codec: which of the two engines does the work, as callers choose it. */

/**
 * An interchangeable engine: pass one to a decoder, an encoder or a session, or leave the choice to `defaultCodec()`.
 */
export interface Codec {
  /** Which engine it is: WebAssembly, or its twin in JavaScript. */
  readonly name: "wasm" | "js";
}

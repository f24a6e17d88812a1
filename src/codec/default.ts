/** Which codec to use when nobody says. */
import type { Codec } from "./codec.js";
import { jsCodec } from "./js.js";
import { wasmCodec } from "./wasm.js";

let chosen: Codec | undefined;

/**
 * The faster codec that works here: WebAssembly, or TypeScript where WebAssembly is missing or blocked. `name` says
 * which.
 */
export function defaultCodec(): Codec {
  if (chosen === undefined) chosen = working();
  return chosen;
}

function working(): Codec {
  try {
    return wasmCodec();
  } catch {
    return jsCodec();
  }
}

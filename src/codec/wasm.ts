/** The codec in WebAssembly: `assembly/`, compiled and inlined at build, instantiated once a thread. */
import type { Codec } from "./codec.js";
import { Engine, type Operations } from "./engine.js";
import { instantiateSync } from "./loader.js";
import { codecWasm } from "./module.js";

type Exports = Operations & { readonly memory: { readonly buffer: ArrayBuffer } };

const engines = new Map<WebAssembly.Module | undefined, Engine>();

/**
 * The codec in WebAssembly; one instance and one memory a thread and module, made when first asked for.
 *
 * @param module - This package's WebAssembly, compiled beforehand, for where compiling octets is forbidden (Cloudflare
 *   Workers, a page without `wasm-unsafe-eval`). The package has it as `monocoque/codec.wasm`. Left out, the inlined
 *   octets are compiled.
 * @throws A TypeError if `module` is anything else. What the platform throws where WebAssembly is missing or forbidden;
 *   `defaultCodec()` falls back instead.
 */
export function wasmCodec(module?: WebAssembly.Module): Codec {
  let engine = engines.get(module);
  if (engine === undefined) {
    const exports = instantiated(module);
    engine = new Engine("wasm", exports.memory.buffer, exports);
    engines.set(module, engine);
  }
  return engine;
}

function instantiated(module: WebAssembly.Module | undefined): Exports {
  if (module !== undefined && !(module instanceof WebAssembly.Module)) {
    throw new TypeError("wasmCodec(module) takes a WebAssembly.Module, compiled from monocoque/codec.wasm");
  }
  // The instance's own exports: the loader's wrap each call in another.
  const exports = instantiateSync(module ?? codecWasm()).instance.exports as unknown as Exports;
  if (typeof exports.scan === "function") return exports;
  throw new TypeError("wasmCodec(module) takes the module of monocoque/codec.wasm; this one is another's");
}

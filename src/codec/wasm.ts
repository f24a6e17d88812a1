/** The codec in WebAssembly: `assembly/`, compiled and inlined at build, instantiated once a thread. */
import { type Codec, Engine, type Operations } from "./codec.js";
import { instantiateSync } from "./loader.js";
import { codecWasm } from "./module.js";

type Exports = Operations & { readonly memory: WebAssembly.Memory };

const engines = new Map<WebAssembly.Module | undefined, Engine>();

/**
 * The codec in WebAssembly; one instance and one memory a thread and module, made when first asked for.
 *
 * @param module - A precompiled module of this package's WebAssembly, where compiling octets is forbidden (Cloudflare Workers).
 *   Left out, the inlined octets are compiled.
 * @throws What the platform throws where WebAssembly is missing or forbidden; `defaultCodec()` falls back instead.
 */
export function wasmCodec(module?: WebAssembly.Module): Codec {
  let engine = engines.get(module);
  if (engine === undefined) {
    // The instance's own exports: the loader's wrap each call in another.
    const exports = instantiateSync(module ?? codecWasm()).instance.exports as unknown as Exports;
    engine = new Engine("wasm", exports.memory.buffer, exports);
    engines.set(module, engine);
  }
  return engine;
}

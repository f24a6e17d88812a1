/** Both codecs, for suites that hold for either. */
import { type Codec, jsCodec, wasmCodec } from "../../src/index.js";

export const codecs: readonly Codec[] = [wasmCodec(), jsCodec()];

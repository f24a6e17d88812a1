/** `npm run bench [-- SUITE …] [--json FILE]`: the codec and the session alone, in one process. */
import { jsCodec, wasmCodec } from "monocoque";
import { consume, owned, session } from "./codec/consume.js";
import { batches, encode, greeting, serialise } from "./codec/encode.js";
import { scan } from "./codec/scan.js";
import { scanContenders } from "./lib/native.js";
import { main } from "./lib/program.js";

const suites = { scan, consume, owned, session, encode, serialise, batches, greeting };
const extra = scanContenders();

await main("Codec", suites, { codecs: [wasmCodec(), jsCodec()], extra }, 48);
process.exit(0);

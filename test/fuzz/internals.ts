/** The one place where the campaign looks behind the public API: the codec's memory and its three functions. */
import * as layout from "../../src/codec/layout.js";
import { type Codec, jsCodec, wasmCodec } from "../../src/index.js";

/** What the campaign knows of an engine. */
export interface Inside extends Codec {
  scan(from: number, to: number, limit: number): number;
  gather(first: number, count: number): number;
  judge(from: number, to: number): number;
  track<Batch>(batch: Batch): Batch;
  invalidate(): void;
  readonly status: Int32Array;
  readonly greeting: Uint8Array;
  readonly table: Int32Array;
  readonly selection: Int32Array;
  readonly window: Uint8Array;
  readonly output: Uint8Array;
}

/** What the connections do with owned batches. */
export { joinBatches } from "../../src/codec/join.js";
/** The scan's twin, over any octets and any table. */
export { scanOctets } from "../../src/codec/scan.js";

export const inside = (codec: Codec): Inside => codec as Inside;

/** Both engines, WebAssembly first; `module`: another build of it. */
export const enginesOf = (module?: WebAssembly.Module): readonly [Inside, Inside] => [
  inside(wasmCodec(module)),
  inside(jsCodec()),
];

export const engines = enginesOf();

export const {
  CAPACITY,
  WINDOW,
  WINDOW_SIZE,
  HEADROOM,
  INPUT,
  INPUT_SIZE,
  LANDING,
  LANDING_SIZE,
  OUTPUT_SIZE,
  STATUS,
  TABLE,
} = layout;

/** From this size on, an unfinished frame is put together in a buffer of its own. */
const LARGE = 4096;

/** Offsets where a chunk or a frame meets the end of something. */
export const EDGES = [
  LARGE,
  HEADROOM,
  INPUT_SIZE,
  LANDING_SIZE,
  OUTPUT_SIZE,
  WINDOW_SIZE,
  INPUT + INPUT_SIZE,
  CAPACITY * 2,
];

/** Where each region begins and how many octets it has, in order. */
export const REGIONS: readonly (readonly [name: string, from: number, size: number])[] = [
  ["status", layout.STATUS, 4],
  ["greeting", layout.GREETING, layout.GREETING_SIZE],
  ["table", layout.TABLE, layout.TABLE_SIZE],
  ["selection", layout.SELECTION, layout.TABLE_SIZE],
  ["window", layout.WINDOW, layout.WINDOW_SIZE],
  ["output", layout.OUTPUT, layout.OUTPUT_SIZE],
];

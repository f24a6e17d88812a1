/** The header scan over memory that two threads share: the same AssemblyScript, built anew; or its twin. RFC 37. */
import { ROW, STATUS, WINDOW } from "./layout.js";
import { scanOctets } from "./scan.js";
import { sharedWasm } from "./shared-module.js";

/** Octets, and the table that their rows go into; both in the memory of the scan. */
export interface Scanned {
  readonly bytes: Uint8Array;
  readonly table: Int32Array;
}

/** As `scan`, of octets anywhere in one memory. */
export interface SharedScan {
  /** Where the last scan stopped: an offset into its octets. */
  readonly stopped: number;
  /** Writes rows for the message frames in bytes[from, to), the first as row `row`, and returns how many. */
  scan(where: Scanned, row: number, from: number, to: number, maxFrameSize: number): number;
}

/** `table` to `full`: where rows may go. Offsets are the window's; `less` is taken off each that is written down. */
type ScanInto = (table: number, full: number, less: number, from: number, to: number, limit: number) => number;

let compiled: WebAssembly.Module | undefined;

/** A scan of this memory. One that was made without WebAssembly is scanned without it. */
export function sharedScan(memory: WebAssembly.Memory | SharedArrayBuffer): SharedScan {
  if (memory instanceof SharedArrayBuffer) return new TwinScan();
  compiled ??= new WebAssembly.Module(sharedWasm());
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return new WasmScan(memory.buffer, exports.scanInto as ScanInto);
}

class WasmScan implements SharedScan {
  readonly #status: Int32Array;
  readonly #scanInto: ScanInto;
  stopped = 0;

  constructor(memory: ArrayBufferLike, scanInto: ScanInto) {
    this.#status = new Int32Array(memory, STATUS, 1);
    this.#scanInto = scanInto;
  }

  scan({ bytes, table }: Scanned, row: number, from: number, to: number, maxFrameSize: number): number {
    // The module counts from the window's place.
    const base = bytes.byteOffset - WINDOW;
    const rows = table.byteOffset;
    const count = this.#scanInto(rows + row * ROW, rows + table.byteLength, base, base + from, base + to, maxFrameSize);
    this.stopped = this.#status[0] - base;
    return count;
  }
}

class TwinScan implements SharedScan {
  readonly #status = new Int32Array(1);

  get stopped(): number {
    return this.#status[0];
  }

  scan({ bytes, table }: Scanned, row: number, from: number, to: number, maxFrameSize: number): number {
    return scanOctets(bytes, from, to, maxFrameSize, table.subarray(2 * row), this.#status);
  }
}

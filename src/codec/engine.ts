/** What is behind a codec: three functions over one memory, and who may use that memory now. */
import type { Codec } from "./codec.js";
import {
  CAPACITY,
  GREETING,
  GREETING_SIZE,
  LANDING,
  LANDING_SIZE,
  OUTPUT,
  OUTPUT_SIZE,
  SELECTION,
  STATUS,
  TABLE,
  WINDOW,
  WINDOW_SIZE,
} from "./layout.js";
import { SpareMemory } from "./spare-memory.js";

/**
 * @internal What WebAssembly and its TypeScript twin both provide. Offsets `from` and `to` count from the window's
 * start.
 */
export interface Operations {
  /** Writes rows for the message frames in window[from, to) and returns how many; STATUS says where it stopped. */
  scan(from: number, to: number, maxFrameSize: number): number;
  /**
   * Frames rows [first, count) of the selection into the output and returns the octets written; STATUS says at which
   * row it stopped.
   */
  gather(first: number, count: number): number;
  /** Judges octets [from, to) of the greeting; returns the first wrong one, or `to`. */
  judge(from: number, to: number): number;
}

/** @internal A decoder that may have unread octets in the window; it takes them out because another needs the room. */
export interface Tenant {
  vacate(): void;
}

/** @internal What was handed out to read and lies in the window; it expires before it is overwritten. */
export interface Borrowed {
  expire(): void;
}

/**
 * @internal One per thread and kind: the memory, its regions, who occupies the window, and what is borrowed from it.
 */
export class Engine implements Codec {
  readonly name: "wasm" | "js";
  readonly scan: Operations["scan"];
  readonly gather: Operations["gather"];
  readonly judge: Operations["judge"];
  readonly status: Int32Array;
  readonly greeting: Uint8Array;
  readonly table: Int32Array;
  readonly selection: Int32Array;
  readonly window: Uint8Array<ArrayBuffer>;
  /**
   * What sockets read into, at any time that the thread waits: octets must be decoded, or moved out of here, before the
   * callback of the read returns.
   */
  readonly landing: Uint8Array;
  readonly output: Uint8Array;
  readonly spare: SpareMemory = new SpareMemory();
  #tenant: Tenant | undefined;
  readonly #borrowed: Borrowed[] = [];

  constructor(name: "wasm" | "js", memory: ArrayBuffer, operations: Operations) {
    this.name = name;
    this.scan = operations.scan;
    this.gather = operations.gather;
    this.judge = operations.judge;
    this.status = new Int32Array(memory, STATUS, 1);
    this.greeting = new Uint8Array(memory, GREETING, GREETING_SIZE);
    this.table = new Int32Array(memory, TABLE, CAPACITY * 2);
    this.selection = new Int32Array(memory, SELECTION, CAPACITY * 2);
    this.window = new Uint8Array(memory, WINDOW, WINDOW_SIZE);
    this.landing = this.window.subarray(LANDING, LANDING + LANDING_SIZE);
    this.output = new Uint8Array(memory, OUTPUT, OUTPUT_SIZE);
  }

  /**
   * Gives the window to a decoder, to overwrite. Whoever had it takes its unread octets out first; what was borrowed
   * expires.
   */
  occupy(tenant: Tenant): void {
    this.invalidate();
    if (this.#tenant === tenant) return;
    this.#tenant?.vacate();
    this.#tenant = tenant;
  }

  occupiedBy(tenant: Tenant): boolean {
    return this.#tenant === tenant;
  }

  /** Notes a batch that lies in the window, to expire before its octets or its rows are overwritten. */
  track<Batch extends Borrowed>(batch: Batch): Batch {
    this.#borrowed.push(batch);
    return batch;
  }

  /** Everything that is borrowed expires. */
  invalidate(): void {
    while (this.#borrowed.length > 0) this.#borrowed.pop()?.expire();
  }
}

/** @internal The engine behind a codec. */
export function engineOf(codec: Codec): Engine {
  if (codec instanceof Engine) return codec;
  throw new TypeError("a codec comes from wasmCodec(), jsCodec() or defaultCodec()");
}

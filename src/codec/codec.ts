/** A codec: three functions over one memory, in WebAssembly or in TypeScript, and who may use that memory now. */
import {
  CAPACITY,
  GREETING,
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
import { SpareMemory } from "./tail.js";

/** An interchangeable engine: pass one to a decoder, an encoder or a session, or leave the choice to `defaultCodec()`. */
export interface Codec {
  readonly name: "wasm" | "js";
}

/** @internal What WebAssembly and its TypeScript twin both provide. Offsets `from` and `to` count from the window's start. */
export interface Operations {
  /** Writes rows for the message frames in window[from, to) and returns how many; STATUS says where it stopped, and why. */
  scan(from: number, to: number, maxFrameSize: number): number;
  /** Frames rows [first, count) of the selection into the output and returns the octets written; STATUS: the row it stopped at. */
  gather(first: number, count: number): number;
  /** Judges octets [from, to) of the greeting; returns the first wrong one, or `to`. */
  greeting(from: number, to: number): number;
}

/** @internal Somebody with unread octets in the window; `evict()` takes them out because another needs the room. */
export interface Tenant {
  evict(): void;
}

/** @internal What lies in the window for somebody to read, until it is overwritten. */
export interface Lent {
  expire(): void;
}

/** @internal One per thread and kind: the memory, its regions, and the lease on them. */
export class Engine implements Codec {
  readonly name: "wasm" | "js";
  readonly scan: Operations["scan"];
  readonly gather: Operations["gather"];
  readonly judge: Operations["greeting"];
  readonly status: Int32Array;
  readonly greeting: Uint8Array;
  readonly table: Int32Array;
  readonly selection: Int32Array;
  readonly window: Uint8Array;
  /** What sockets read into. It may change whenever the thread waits, so what it held must have been taken out by then. */
  readonly landing: Uint8Array;
  readonly output: Uint8Array;
  readonly spare = new SpareMemory();
  #tenant: Tenant | undefined;
  readonly #lent: Lent[] = [];

  constructor(name: "wasm" | "js", memory: ArrayBuffer, operations: Operations) {
    this.name = name;
    this.scan = operations.scan;
    this.gather = operations.gather;
    this.judge = operations.greeting;
    this.status = new Int32Array(memory, STATUS, 2);
    this.greeting = new Uint8Array(memory, GREETING, 64);
    this.table = new Int32Array(memory, TABLE, CAPACITY * 2);
    this.selection = new Int32Array(memory, SELECTION, CAPACITY * 2);
    this.window = new Uint8Array(memory, WINDOW, WINDOW_SIZE);
    this.landing = this.window.subarray(LANDING, LANDING + LANDING_SIZE);
    this.output = new Uint8Array(memory, OUTPUT, OUTPUT_SIZE);
  }

  /** Gives the window to a tenant. Whoever had it takes its unread octets out first; the batch that was lent goes stale. */
  lease(tenant: Tenant): void {
    this.recall();
    if (this.#tenant === tenant) return;
    this.#tenant?.evict();
    this.#tenant = tenant;
  }

  leasedTo(tenant: Tenant): boolean {
    return this.#tenant === tenant;
  }

  /** Notes a batch that lies in the window, to be recalled before its octets or its rows are overwritten. */
  lend<Batch extends Lent>(batch: Batch): Batch {
    this.#lent.push(batch);
    return batch;
  }

  /** What was lent goes stale. */
  recall(): void {
    while (this.#lent.length > 0) this.#lent.pop()?.expire();
  }
}

/** @internal The engine behind a codec. */
export function engineOf(codec: Codec): Engine {
  if (codec instanceof Engine) return codec;
  throw new TypeError("a codec comes from wasmCodec(), jsCodec() or defaultCodec()");
}

/**
 * Octets straight into the ring: a socket reads into a chunk, rows are written beside them, whole messages become
 * slots. RFC 37.
 */
import { COMMAND, type Limits, readHeader } from "../../codec/frame.js";
import { END_MASK } from "../../codec/layout.js";
import type { SharedScan } from "../../codec/shared-scan.js";
import {
  type Chunk,
  type RingWriter,
  SLOT_CHUNK,
  SLOT_FROM,
  SLOT_KIND,
  SLOT_OCTETS,
  SLOT_ROW,
  SLOT_ROWS,
} from "./ring.js";
import { RUN } from "./ring-shapes.js";

/** Into less room than this nothing is read: the system would be asked for the rest at once. */
const LEAST = 16 * 1024;

/** Fills one chunk after another. What it does not understand it leaves to whoever asks for the `rest`. */
export class ChunkFiller {
  readonly #ring: RingWriter;
  readonly #scan: SharedScan;
  readonly #limits: Limits;
  #index = -1;
  #chunk: Chunk | undefined;
  /** Octets of whole messages that no slot tells of yet: the first of them, and the one behind them. */
  #from = 0;
  #end = 0;
  /** Their rows: the first, and the one behind them. */
  #row = 0;
  #whole = 0;
  /** How far the scan has come, in octets and in rows, and how far there are octets. */
  #at = 0;
  #rows = 0;
  #to = 0;

  constructor(ring: RingWriter, scan: SharedScan, maxFrameSize: number) {
    this.#ring = ring;
    this.#scan = scan;
    this.#limits = { maxFrameSize, commandsOnly: false };
  }

  /** Whether there are whole messages that no slot tells of. */
  get ready(): boolean {
    return this.#whole > this.#row;
  }

  /** Octets of them. */
  get octets(): number {
    return this.#end - this.#from;
  }

  /** Begins in a new chunk, with these octets. False if there is none. */
  begin(unfinished: Uint8Array): boolean {
    const index = this.#ring.claimChunk();
    if (index < 0) return false;
    const { headroom } = this.#ring.shape;
    const chunk = this.#ring.chunks[index];
    const from = headroom - unfinished.length;
    chunk.bytes.set(unfinished, from);
    this.#index = index;
    this.#chunk = chunk;
    this.#from = this.#end = this.#at = from;
    this.#row = this.#whole = this.#rows = 0;
    this.#to = headroom;
    // A table that was full has left frames unread.
    if (unfinished.length > 0) this.#read();
    return true;
  }

  /** Where the next octets go. Undefined if the chunk is full, of octets or of rows. */
  get room(): Uint8Array | undefined {
    const { bytes } = this.#chunk as Chunk;
    if (bytes.length - this.#to < LEAST || this.#rows === this.#ring.shape.rows) return undefined;
    return bytes.subarray(this.#to);
  }

  /** So many octets more have come. Returns how many of all are whole messages now that were not. */
  landed(length: number): number {
    const before = this.#end;
    this.#to += length;
    this.#read();
    return this.#end - before;
  }

  /**
   * Whether what is behind the whole messages only lacks octets, or rows. False for what this filler does not read: a
   * command, a frame that is too long to wait here, a fault.
   */
  get understood(): boolean {
    return this.#at === this.#to || this.#waits();
  }

  /** Tells of the whole messages. Returns true if the reader has to be woken; false also if no slot is free. */
  publish(): boolean {
    const slot = this.ready ? this.#ring.claim() : undefined;
    if (slot === undefined) return false;
    slot[SLOT_KIND] = RUN;
    slot[SLOT_OCTETS] = this.octets;
    slot[SLOT_ROWS] = this.#whole - this.#row;
    slot[SLOT_FROM] = this.#from;
    slot[SLOT_ROW] = this.#row;
    slot[SLOT_CHUNK] = this.#index;
    this.#from = this.#end;
    this.#row = this.#whole;
    return this.#ring.publish();
  }

  /** What no slot tells of. */
  get rest(): Uint8Array {
    return (this.#chunk as Chunk).bytes.subarray(this.#from, this.#to);
  }

  /** Leaves off; somebody else has the rest, so that `ready` is false from here on. */
  close(): void {
    this.#row = this.#whole;
  }

  #read(): void {
    const chunk = this.#chunk as Chunk;
    const { table } = chunk;
    const before = this.#rows;
    this.#rows += this.#scan.scan(chunk, before, this.#at, this.#to, this.#limits.maxFrameSize);
    this.#at = this.#scan.stopped;
    let whole = this.#rows;
    while (whole > before && table[2 * whole - 1] < 0) whole--;
    if (whole === before) return;
    this.#whole = whole;
    this.#end = table[2 * whole - 1] & END_MASK;
  }

  /** Whether the scan has stopped at a message frame that is unfinished, and not too long to wait here. */
  #waits(): boolean {
    const { bytes } = this.#chunk as Chunk;
    const { headroom, rows } = this.#ring.shape;
    if (this.#rows === rows) return true;
    try {
      const { flags, size, length = 0 } = readHeader(bytes, this.#at, this.#to, this.#limits, 0);
      return !(flags & COMMAND) && size + length <= headroom;
    } catch {
      // Whoever reads it next will say so, with the offset.
      return false;
    }
  }
}

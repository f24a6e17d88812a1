/** Messages of a transport that frames by itself, packed into a ring as runs: many to a slot. RFC 37, "Framing". */
import type { FrameBatch } from "../../codec/batch.js";
import { MORE, sizeOfHeader, writeHeader } from "../../codec/frame.js";
import { MORE_BIT } from "../../codec/layout.js";
import { runOf } from "../../codec/message-run.js";
import type { Inbox } from "../inbox.js";
import type { Copier, Untold } from "./equipment.js";
import { SLOT_CHUNK, SLOT_FROM, SLOT_KIND, SLOT_OCTETS, SLOT_ROW, SLOT_ROWS, type WriterEnd } from "./ring.js";
import { LARGE, RUN } from "./ring-shapes.js";

/** Fills one chunk after another, frames with headers as ZMTP has them: what came may be forwarded in one copy. */
export class MessagePacker implements Copier, Untold {
  readonly gathers = true;
  readonly #ring: WriterEnd;
  readonly #large: (run: FrameBatch) => void;
  /** What waits for room. */
  #message: Uint8Array[] | undefined;
  /** The chunk that is being filled; -1 for none. */
  #index = -1;
  /** What no slot tells of yet: its first octet and row in the chunk, and where the next go. */
  #from = 0;
  #row = 0;
  #to = 0;
  #rows = 0;
  #refused = false;
  #owed = false;

  /** @param large - Called with a message that is too large for a chunk, when a slot that stands for it is filled. */
  constructor(ring: WriterEnd, large: (run: FrameBatch) => void) {
    this.#ring = ring;
    this.#large = large;
  }

  get busy(): boolean {
    return this.#message !== undefined;
  }

  get ready(): boolean {
    return this.#rows > this.#row;
  }

  get refused(): boolean {
    return this.#refused;
  }

  takeFrom(inbox: Inbox): boolean {
    this.#message ??= inbox.takeMessage();
    return this.busy;
  }

  put(): boolean {
    const message = this.#message as Uint8Array[];
    const { octets, rows } = this.#ring.shape;
    const size = framedSize(message);
    const done = size > octets || message.length > rows ? this.#putLarge(message) : this.#pack(message, size);
    if (done) this.#message = undefined;
    return done;
  }

  publish(): boolean {
    this.#tell();
    const owed = this.#owed;
    this.#owed = false;
    return owed;
  }

  #pack(message: Uint8Array[], size: number): boolean {
    if (!this.#fits(message.length, size) && !this.#begin()) return false;
    const { bytes, table } = this.#ring.chunks[this.#index];
    let at = this.#to;
    let row = this.#rows * 2;
    for (let i = 0; i < message.length; i++) {
      const payload = message[i];
      const more = i < message.length - 1;
      at = writeHeader(bytes, at, more ? MORE : 0, payload.length);
      table[row++] = at;
      bytes.set(payload, at);
      at += payload.length;
      table[row++] = more ? at | MORE_BIT : at;
    }
    this.#to = at;
    this.#rows = row / 2;
    return true;
  }

  #fits(frames: number, size: number): boolean {
    const { octets, rows } = this.#ring.shape;
    return this.#index >= 0 && this.#to + size <= octets && this.#rows + frames <= rows;
  }

  /** Goes on in another chunk, once all that is in this one is told of. */
  #begin(): boolean {
    if (!this.#tell()) return false;
    const next = this.#ring.claimChunk();
    if (next < 0) return false;
    this.#index = next;
    this.#from = this.#to = this.#row = this.#rows = 0;
    return true;
  }

  #putLarge(message: Uint8Array[]): boolean {
    const slot = this.#tell() ? this.#ring.claim() : undefined;
    if (slot === undefined) return false;
    slot[SLOT_KIND] = LARGE;
    slot[SLOT_CHUNK] = -1;
    this.#large(runOf(message).copy());
    this.#owed = this.#ring.publish() || this.#owed;
    return true;
  }

  /** Tells of what lies in the chunk. False if there is no slot for it. */
  #tell(): boolean {
    if (!this.ready) return true;
    const slot = this.#ring.claim();
    this.#refused = slot === undefined;
    if (slot === undefined) return false;
    slot[SLOT_KIND] = RUN;
    slot[SLOT_OCTETS] = this.#to - this.#from;
    slot[SLOT_ROWS] = this.#rows - this.#row;
    slot[SLOT_FROM] = this.#from;
    slot[SLOT_ROW] = this.#row;
    slot[SLOT_CHUNK] = this.#index;
    this.#owed = this.#ring.publish() || this.#owed;
    this.#from = this.#to;
    this.#row = this.#rows;
    // Where no memory is shared the chunk has gone over.
    if (this.#ring.chunks[this.#index] === undefined) this.#index = -1;
    return true;
  }
}

function framedSize(message: readonly Uint8Array[]): number {
  return message.reduce((size, { length }) => size + sizeOfHeader(length) + length, 0);
}

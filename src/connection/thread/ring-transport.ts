/** The way out of the application's thread: octets are copied into a ring, and what does not fit waits for room. */
import type { Transport } from "../transport.js";
import { SLOT_CHUNK, SLOT_OCTETS, type WriterEnd } from "./ring.js";

/** Hears what becomes of the octets. */
export interface RingTransportUser {
  /** So many octets lie in the ring; with `chunk`, nobody reads its memory any more. */
  sent(octets: number, chunk?: Uint8Array): void;
  /** The other thread sleeps, and there is something in the ring. */
  filled(): void;
}

/** Writes into a ring. What ends a connection goes another way. */
export class RingTransport implements Transport {
  readonly #ring: WriterEnd;
  readonly #user: RingTransportUser;
  /** Chunks that are not in the ring yet, and where the first of them goes on. */
  #chunks: Uint8Array[] = [];
  #at = 0;

  constructor(ring: WriterEnd, user: RingTransportUser) {
    this.#ring = ring;
    this.#user = user;
  }

  write(chunks: readonly Uint8Array[]): boolean {
    this.#chunks.push(...chunks);
    this.goOn();
    return this.#chunks.length === 0;
  }

  /** There is room in the ring again. */
  goOn(): void {
    let wake = false;
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const slot = this.#ring.claim();
      const place = slot === undefined ? -1 : this.#ring.claimChunk();
      if (slot === undefined || place < 0) break;
      const { bytes } = this.#ring.chunks[place];
      const part = chunk.subarray(this.#at, this.#at + bytes.length);
      bytes.set(part);
      slot[SLOT_OCTETS] = part.length;
      slot[SLOT_CHUNK] = place;
      wake = this.#ring.publish() || wake;
      this.#at += part.length;
      this.#user.sent(part.length, this.#nextChunk(chunk));
    }
    if (wake) this.#user.filled();
  }

  pause(): void {}
  resume(): void {}
  finish(): void {}
  destroy(): void {
    this.#chunks = [];
  }

  /** Goes on to the next chunk once this one is in the ring, and returns it then. */
  #nextChunk(chunk: Uint8Array): Uint8Array | undefined {
    if (this.#at < chunk.length) return undefined;
    this.#chunks.shift();
    this.#at = 0;
    return chunk;
  }
}

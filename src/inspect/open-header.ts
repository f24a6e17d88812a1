/**
 * The header of the frame that is not complete yet: by it a gap inside the frame can be told from one across frames.
 */
import { COMMAND, LARGEST_FRAME, LONG_HEADER, readHeader } from "../codec/frame.js";

/** How long a frame may be is for the decoder to say, which has read its octets already. */
const ANY = { maxFrameSize: LARGEST_FRAME, commandsOnly: false };

/** Follows what a decoder reads. */
export class OpenHeader {
  #head: Uint8Array = new Uint8Array(0);
  /** Octets of the frame that have come. */
  #pending = 0;

  /** These octets were read, and with them the decoder's position went on by `advanced`. */
  follow(octets: Uint8Array, advanced: number): void {
    const from = advanced - this.#pending;
    if (advanced > 0) this.#head = octets.slice(from, from + LONG_HEADER);
    else if (this.#head.length < LONG_HEADER)
      this.#head = Uint8Array.of(...this.#head, ...octets.subarray(0, LONG_HEADER));
    this.#pending += octets.length - advanced;
  }

  /** Octets of the frame's payload that have not come; 0 for a command, and where no header is known. */
  get payloadLeft(): number {
    if (this.#head.length === 0) return 0;
    const { flags, size, length } = readHeader(this.#head, 0, this.#head.length, ANY, 0);
    return length === undefined || flags & COMMAND ? 0 : size + length - this.#pending;
  }
}

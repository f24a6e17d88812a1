/**
 * The header of the frame that is not complete yet: by it a gap inside the frame can be told from one across frames.
 */

/** Octets of a header at most: flags, and a length of eight. */
const LONGEST = 9;
const LONG = 2;
const COMMAND = 4;

/** Follows what a decoder reads. */
export class OpenHeader {
  #head: Uint8Array = new Uint8Array(0);
  /** Octets of the frame that have come. */
  #pending = 0;

  /** These octets were read, and with them the decoder's position went on by `advanced`. */
  follow(octets: Uint8Array, advanced: number): void {
    const from = advanced - this.#pending;
    if (advanced > 0) this.#head = octets.slice(from, from + LONGEST);
    else if (this.#head.length < LONGEST) this.#head = Uint8Array.of(...this.#head, ...octets.subarray(0, LONGEST));
    this.#pending += octets.length - advanced;
  }

  /** Octets of the frame's payload that have not come; 0 for a command, and where no header is known. */
  get payloadLeft(): number {
    const [flags, short] = this.#head;
    if (flags === undefined || short === undefined || flags & COMMAND) return 0;
    if ((flags & LONG) === 0) return 2 + short - this.#pending;
    if (this.#head.length < LONGEST) return 0;
    const view = new DataView(this.#head.buffer, this.#head.byteOffset);
    return LONGEST + Number(view.getBigUint64(1)) - this.#pending;
  }
}

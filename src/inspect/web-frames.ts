/** WebSocket's framing: octets of one side in, messages and control frames out, unmasked. RFC 6455, section 5. */

/** Octets of a payload that are kept: a command's have to be whole, of others the beginning will do. */
const KEPT_OF_COMMAND = 1 << 16;
const KEPT = 512;
/** ZWS's flag octet of a command. */
const COMMAND = 2;
const LONGEST_HEADER = 14;
const CONTINUED = 0;

/** Where a part of a WebSocket frame lies, in octets of the side. */
export interface WebFrame {
  /** Where its first header begins. */
  readonly start: number;
  readonly end: number;
  /** Where the payload of its first frame begins. */
  readonly payload: number;
  readonly opcode: number;
  /** The four octets that its first payload is masked with, if it is. */
  readonly mask: Uint8Array | undefined;
  /** Octets of its payload, in all its fragments. */
  readonly length: number;
  /** The first of them, unmasked. */
  readonly octets: Uint8Array;
  readonly fragments: number;
}

/** What is wrong with a frame, and where. */
export interface WebFault {
  readonly offset: number;
  readonly message: string;
}

/** A frame's header. */
interface Header {
  readonly final: boolean;
  readonly opcode: number;
  readonly mask: Uint8Array | undefined;
  readonly size: number;
  readonly length: number;
}

/** A message, or a control frame, that is not complete. */
interface Growing {
  readonly start: number;
  readonly payload: number;
  readonly opcode: number;
  readonly mask: Uint8Array | undefined;
  readonly octets: number[];
  length: number;
  fragments: number;
}

/** Puts frames together. Holds a header that is not complete, and 64 KiB of a command. */
export class WebFrames {
  #at: number;
  #held: Uint8Array = new Uint8Array(0);
  #header: Header | undefined;
  /** Octets of the current frame's payload that have come. */
  #come = 0;
  #message: Growing | undefined;
  #control: Growing | undefined;

  /** @param at - Where the frames begin, in octets of the side. */
  constructor(at: number) {
    this.#at = at;
  }

  /** Where the message or frame begins that is not complete; undefined: there is none. */
  get open(): number | undefined {
    if (this.#message !== undefined) return this.#message.start;
    return this.#control?.start ?? (this.#held.length > 0 ? this.#at - this.#held.length : undefined);
  }

  /** What these octets complete; a fault is the last. */
  *push(octets: Uint8Array): Generator<WebFrame | WebFault, void> {
    let rest = octets;
    while (rest.length > 0) {
      if (this.#header === undefined) {
        rest = this.#readHeader(rest);
        const fault = this.#header && this.#begin(this.#header);
        if (fault !== undefined) return yield fault;
      } else rest = this.#readPayload(this.#header, rest);
      const done = this.#finished();
      if (done !== undefined) yield done;
    }
  }

  /** Returns what comes behind the header. */
  #readHeader(octets: Uint8Array): Uint8Array {
    const before = this.#held.length;
    const known = Uint8Array.of(...this.#held, ...octets.subarray(0, LONGEST_HEADER - before));
    const header = headerOf(known);
    const taken = header === undefined ? octets.length : header.size - before;
    this.#at += taken;
    this.#held = header === undefined ? known : new Uint8Array(0);
    this.#header = header;
    return octets.subarray(taken);
  }

  #begin({ opcode, mask, size }: Header): WebFault | undefined {
    const start = this.#at - size;
    const payload = this.#at;
    this.#come = 0;
    if (opcode & 0x70) {
      return { offset: start, message: "A WebSocket frame has reserved bits set: it is compressed, or no frame" };
    }
    if (opcode === CONTINUED) {
      if (this.#message === undefined) return { offset: start, message: "A WebSocket frame continues no message" };
      this.#message.fragments++;
      return undefined;
    }
    const growing = { start, payload, opcode, mask, octets: [], length: 0, fragments: 1 };
    if (opcode >= 8) this.#control = growing;
    else if (this.#message !== undefined) {
      return { offset: start, message: "A WebSocket message begins inside another one" };
    } else this.#message = growing;
    return undefined;
  }

  /** What the current frame belongs to. */
  get #growing(): Growing {
    return (this.#control ?? this.#message) as Growing;
  }

  /** Returns what comes behind the payload. */
  #readPayload({ length, mask }: Header, octets: Uint8Array): Uint8Array {
    const part = octets.subarray(0, length - this.#come);
    const growing = this.#growing;
    const kept = growing.octets;
    for (let i = 0; i < part.length && kept.length < (kept[0] === COMMAND ? KEPT_OF_COMMAND : KEPT); i++) {
      kept.push(mask === undefined ? part[i] : part[i] ^ mask[(this.#come + i) & 3]);
    }
    growing.length += part.length;
    this.#come += part.length;
    this.#at += part.length;
    return octets.subarray(part.length);
  }

  /** The message or control frame that is complete now. */
  #finished(): WebFrame | undefined {
    if (this.#header === undefined || this.#come < this.#header.length) return undefined;
    const { final } = this.#header;
    this.#header = undefined;
    const growing = this.#growing;
    if (this.#control !== undefined) this.#control = undefined;
    else if (!final) return undefined;
    else this.#message = undefined;
    return { ...growing, end: this.#at, octets: Uint8Array.from(growing.octets) };
  }
}

/** Undefined: it is not complete. */
function headerOf(octets: Uint8Array): Header | undefined {
  if (octets.length < 2) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const short = octets[1] & 0x7f;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  const masked = (octets[1] & 0x80) !== 0;
  const size = 2 + extended + (masked ? 4 : 0);
  if (octets.length < size) return undefined;
  const length = extended === 0 ? short : extended === 2 ? view.getUint16(2) : Number(view.getBigUint64(2));
  const mask = masked ? octets.slice(size - 4, size) : undefined;
  return { final: (octets[0] & 0x80) !== 0, opcode: octets[0] & 0x7f, mask, size, length };
}

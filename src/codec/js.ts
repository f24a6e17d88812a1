/** The codec in TypeScript: the same three functions as `assembly/`, over a memory of the same layout. RFC 37, "Framing". */
import { type Codec, Engine, type Operations } from "./codec.js";
import { COMMAND, LONG, LONG_HEADER, MORE, SHORT_HEADER, SHORT_MAX } from "./frame.js";
import {
  CAPACITY,
  END_MASK,
  GREETING,
  MEMORY_PAGES,
  MORE_BIT,
  OUTPUT,
  OUTPUT_SIZE,
  SELECTION,
  STATUS,
  STOP_COMMAND,
  STOP_END,
  STOP_FAULT,
  STOP_FULL,
  STOP_PARTIAL,
  TABLE,
  WINDOW,
  WINDOW_SIZE,
} from "./layout.js";

const PAGE = 65536;
const ROWS = CAPACITY * 2;

function operationsOn(memory: ArrayBuffer): Operations {
  const status = new Int32Array(memory, STATUS, 2);
  const peerGreeting = new Uint8Array(memory, GREETING, 64);
  const table = new Int32Array(memory, TABLE, ROWS);
  const selection = new Int32Array(memory, SELECTION, ROWS);
  const window = new Uint8Array(memory, WINDOW, WINDOW_SIZE);
  const output = new Uint8Array(memory, OUTPUT, OUTPUT_SIZE);

  function stop(at: number, why: number, rows: number): number {
    status[0] = at;
    status[1] = why;
    return rows >> 1;
  }

  function scan(from: number, to: number, maxFrameSize: number): number {
    let at = from;
    let out = 0;
    while (out < ROWS) {
      if (at + SHORT_HEADER > to) return stop(at, at < to ? STOP_PARTIAL : STOP_END, out);
      const flags = window[at];
      let start = at + SHORT_HEADER;
      let length = window[at + 1];
      if (flags > MORE) {
        if ((flags | MORE) !== (LONG | MORE)) {
          return stop(at, (flags | LONG) === (COMMAND | LONG) ? STOP_COMMAND : STOP_FAULT, out);
        }
        start = at + LONG_HEADER;
        if (start > to) return stop(at, STOP_PARTIAL, out);
        // Beyond 2^53 the sum is rounded, and still over every limit.
        const high = ((length << 24) | (window[at + 2] << 16) | (window[at + 3] << 8) | window[at + 4]) >>> 0;
        const low = ((window[at + 5] << 24) | (window[at + 6] << 16) | (window[at + 7] << 8) | window[at + 8]) >>> 0;
        if (high !== 0 || low > maxFrameSize) return stop(at, STOP_FAULT, out);
        length = low;
      } else if (length > maxFrameSize) return stop(at, STOP_FAULT, out);
      const end = start + length;
      if (end > to) return stop(at, STOP_PARTIAL, out);
      table[out] = start;
      table[out + 1] = end | (flags << 31);
      out += 2;
      at = end;
    }
    return stop(at, STOP_FULL, out);
  }

  function gather(first: number, count: number): number {
    let out = 0;
    let index = first;
    for (; index < count; index++) {
      let at = selection[2 * index];
      const end = selection[2 * index + 1] & END_MASK;
      const more = selection[2 * index + 1] & MORE_BIT ? MORE : 0;
      const length = end - at;
      if (out + length + LONG_HEADER > OUTPUT_SIZE) break;
      if (length <= SHORT_MAX) {
        output[out] = more;
        output[out + 1] = length;
        out += SHORT_HEADER;
        while (at < end) output[out++] = window[at++];
      } else {
        output[out] = more | LONG;
        output.fill(0, out + 1, out + 5);
        output[out + 5] = length >>> 24;
        output[out + 6] = length >>> 16;
        output[out + 7] = length >>> 8;
        output[out + 8] = length;
        output.set(window.subarray(at, end), out + LONG_HEADER);
        out += LONG_HEADER + length;
      }
    }
    status[0] = index;
    return out;
  }

  function greeting(from: number, to: number): number {
    for (let i = from; i < to; i++) {
      if (!greetingOctet(peerGreeting, i)) return i;
    }
    return to;
  }

  return { scan, gather, greeting };
}

function greetingOctet(bytes: Uint8Array, i: number): boolean {
  const octet = bytes[i];
  if (i === 0) return octet === 0xff;
  if (i === 9) return (octet & 1) === 1;
  if (i === 10) return octet >= 3;
  // The name fills its field from the left; after the first NUL only NUL follows, and there is no empty name.
  if (i === 12) return mechanismChar(octet);
  if (i > 12 && i < 32) return octet === 0 || (mechanismChar(octet) && bytes[i - 1] !== 0);
  if (i === 32) return octet <= 1;
  return true;
}

function mechanismChar(c: number): boolean {
  return (c >= 0x41 && c <= 0x5a) || (c >= 0x30 && c <= 0x39) || c === 0x2d || c === 0x5f || c === 0x2e || c === 0x2b;
}

let engine: Engine | undefined;

/** The codec in TypeScript; one memory a thread, made when first asked for. */
export function jsCodec(): Codec {
  if (engine === undefined) {
    const memory = new ArrayBuffer(MEMORY_PAGES * PAGE);
    engine = new Engine("js", memory, operationsOn(memory));
  }
  return engine;
}

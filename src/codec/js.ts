/**
 * The codec in TypeScript: the same three functions as `assembly/`, over a memory of the same layout. RFC 37,
 * "Framing".
 */
import type { Codec } from "./codec.js";
import { Engine, type Operations } from "./engine.js";
import { LONG_HEADER, MORE, SHORT_MAX, writeHeader } from "./frame.js";
import { AS_SERVER_AT, MAJOR_AT, MECHANISM_AT, SIGNATURE_END } from "./greeting-layout.js";
import {
  CAPACITY,
  END_MASK,
  GREETING,
  GREETING_SIZE,
  MEMORY_PAGES,
  MORE_BIT,
  OUTPUT,
  OUTPUT_SIZE,
  PAGE,
  SELECTION,
  STATUS,
  TABLE,
  WINDOW,
  WINDOW_SIZE,
} from "./layout.js";
import { scanOctets } from "./scan.js";

const ROWS = CAPACITY * 2;

function operationsOn(memory: ArrayBuffer): Operations {
  const status = new Int32Array(memory, STATUS, 1);
  const peerGreeting = new Uint8Array(memory, GREETING, GREETING_SIZE);
  const table = new Int32Array(memory, TABLE, ROWS);
  const selection = new Int32Array(memory, SELECTION, ROWS);
  const window = new Uint8Array(memory, WINDOW, WINDOW_SIZE);
  const output = new Uint8Array(memory, OUTPUT, OUTPUT_SIZE);

  function scan(from: number, to: number, maxFrameSize: number): number {
    return scanOctets(window, from, to, maxFrameSize, table, status);
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
      out = writeHeader(output, out, more, length);
      if (length <= SHORT_MAX) while (at < end) output[out++] = window[at++];
      else {
        output.set(window.subarray(at, end), out);
        out += length;
      }
    }
    status[0] = index;
    return out;
  }

  function judge(from: number, to: number): number {
    for (let i = from; i < to; i++) {
      if (!greetingOctet(peerGreeting, i)) return i;
    }
    return to;
  }

  return { scan, gather, judge };
}

/** Whether octet `i` of a greeting is one that a ZMTP 3 peer sends. */
function greetingOctet(bytes: Uint8Array, i: number): boolean {
  const octet = bytes[i];
  if (i === 0) return octet === 0xff;
  if (i === SIGNATURE_END) return (octet & 1) === 1;
  if (i === MAJOR_AT) return octet >= 3;
  // The name fills its field from the left; after the first NUL only NUL follows, and there is no empty name.
  if (i === MECHANISM_AT) return mechanismChar(octet);
  if (i > MECHANISM_AT && i < AS_SERVER_AT) return octet === 0 || (mechanismChar(octet) && bytes[i - 1] !== 0);
  if (i === AS_SERVER_AT) return octet <= 1;
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

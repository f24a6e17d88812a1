/** A frame: its flags, its header, itself as an object. RFC 37, "Framing". */
import { ZmtpError } from "../error.js";
import type { Octets } from "./payload.js";

/** @internal */
export const MORE = 1;
/** @internal */
export const LONG = 2;
/** @internal */
export const COMMAND = 4;

const RESERVED = 0xf8;

/** @internal */
export const SHORT_HEADER = 2;
/** @internal */
export const LONG_HEADER = 9;
/** @internal The longest payload whose length is one octet. */
export const SHORT_MAX = 255;

/** @internal 64 MiB: the longest payload accepted unless `maxFrameSize` says otherwise. */
export const DEFAULT_MAX_FRAME_SIZE = 64 * 1024 * 1024;
/** @internal 2^31-1: no limit reaches further, since frames are held in one buffer and counted in signed words. */
export const LARGEST_FRAME = 0x7fffffff;

/** One frame of a message, or one command. */
export interface Frame {
  /** The body of the frame, borrowed or owned as the batch or event that it comes from. */
  readonly payload: Octets;
  /** More frames of the same message follow. */
  readonly more: boolean;
  /** It is not part of a message but a command of the protocol: READY, PING, SUBSCRIBE and their like. */
  readonly command: boolean;
}

/** @internal Which frames are welcome. */
export interface Limits {
  /** Longest payload, in octets. */
  readonly maxFrameSize: number;
  /** Messages are refused at their first octet: the handshake is not over. */
  readonly commandsOnly: boolean;
  /** What is said of a longer payload, where it is not `maxFrameSize` that the caller could raise. */
  readonly tooLarge?: { readonly section: string; readonly hint: string } | undefined;
}

/** @internal `maxFrameSize` as a caller gave it, checked once, at the call. */
export function checkedFrameSize(size: number = DEFAULT_MAX_FRAME_SIZE): number {
  return checkedLength("maxFrameSize", size);
}

/**
 * @internal A number of octets that one frame can have.
 *
 * @throws A TypeError for what is no number, a RangeError for a number that is no length; both name it, its unit and
 *   range.
 */
export function checkedLength(name: string, length: number): number {
  // Exactly the integers from 0 to 2^31-1 survive this.
  if (typeof length === "number" && (length & LARGEST_FRAME) === length) return length;
  const message = `${name} is a whole number of octets from 0 to ${LARGEST_FRAME}, not ${String(length)}`;
  throw typeof length === "number" ? new RangeError(message) : new TypeError(message);
}

const DEFAULT_LIMITS: Limits = { maxFrameSize: DEFAULT_MAX_FRAME_SIZE, commandsOnly: false };

/** @internal Limits in traffic. Sessions with the default share one object, so that an idle one stays small. */
export function limitsFor(maxFrameSize: number | undefined): Limits {
  return maxFrameSize === undefined
    ? DEFAULT_LIMITS
    : { maxFrameSize: checkedFrameSize(maxFrameSize), commandsOnly: false };
}

/** @internal Octets of the shortest header for a payload of `length` octets. */
export function sizeOfHeader(length: number): number {
  return length > SHORT_MAX ? LONG_HEADER : SHORT_HEADER;
}

/** @internal Writes the header of a frame at `at` and returns where its payload starts. */
export function writeHeader(out: Uint8Array, at: number, flags: number, length: number): number {
  if (length <= SHORT_MAX) {
    out[at] = flags;
    out[at + 1] = length;
    return at + SHORT_HEADER;
  }
  return writeLongHeader(out, at, flags, length);
}

/** Apart from `writeHeader`, so that engines inline the short case. */
function writeLongHeader(out: Uint8Array, at: number, flags: number, length: number): number {
  const high = Math.floor(length / 0x100000000);
  out[at] = flags | LONG;
  out[at + 1] = 0;
  out[at + 2] = high >>> 16;
  out[at + 3] = high >>> 8;
  out[at + 4] = high;
  out[at + 5] = length >>> 24;
  out[at + 6] = length >>> 16;
  out[at + 7] = length >>> 8;
  out[at + 8] = length;
  return at + LONG_HEADER;
}

/** @internal Refuses a frame that came whole, as `readHeader` refuses one that comes octet by octet. */
export function admit(length: number, command: boolean, limits: Limits): void {
  if (limits.commandsOnly && !command) throw new ZmtpError("UNEXPECTED_MESSAGE", "A message frame came before READY");
  if (length > limits.maxFrameSize) {
    const what = `A frame has ${length} octets; the limit is ${limits.maxFrameSize}`;
    throw new ZmtpError("FRAME_TOO_LARGE", what, limits.tooLarge);
  }
}

/** @internal */
export interface Header {
  readonly flags: number;
  /** Octets of the header itself. */
  readonly size: number;
  /** Octets of the payload; undefined while the header is incomplete. */
  readonly length: number | undefined;
}

/**
 * @internal Reads the header at `at` as far as it has arrived, and refuses it at the first octet that proves it
 * wrong. Both codecs leave this to one function: it runs at the end of a run, never for each frame.
 */
export function readHeader(bytes: Uint8Array, at: number, to: number, limits: Limits, position: number): Header {
  const flags = bytes[at];
  if (flags & RESERVED) {
    throw new ZmtpError("RESERVED_FLAGS", `Flags octet 0x${flags.toString(16)} has reserved bits set`, {
      offset: position,
    });
  }
  if ((flags & (COMMAND | MORE)) === (COMMAND | MORE)) {
    throw new ZmtpError("COMMAND_WITH_MORE", "A command frame has its MORE bit set", { offset: position });
  }
  if (limits.commandsOnly && !(flags & COMMAND)) {
    throw new ZmtpError("UNEXPECTED_MESSAGE", "A message frame came before READY", { offset: position });
  }
  const size = flags & LONG ? LONG_HEADER : SHORT_HEADER;
  const digits = size - 1;
  const known = Math.min(digits, to - at - 1);
  let length = 0;
  for (let i = 1; i <= known; i++) {
    const octet = bytes[at + i];
    if (flags & LONG && i === 1 && octet & 0x80) {
      throw new ZmtpError("ILLEGAL_LENGTH", "A frame's length has its top bit set", { offset: position + 1 });
    }
    length = length * 256 + octet;
    // What is still to come can only make it longer.
    const least = length * 256 ** (digits - i);
    if (least > limits.maxFrameSize) {
      throw new ZmtpError(
        "FRAME_TOO_LARGE",
        `A frame claims at least ${least} octets; the limit is ${limits.maxFrameSize}`,
        { ...limits.tooLarge, offset: position + i },
      );
    }
  }
  return { flags, size, length: known === digits ? length : undefined };
}

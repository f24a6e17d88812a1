/**
 * The oracle's frames: RFC 37, "Framing", read as plainly as can be. Nothing here comes from `src/`, so that a mistake there
 * is not repeated here.
 */

/** A refusal: what is wrong, and the octet of the stream that proves it. */
export interface Fault {
  readonly code: string;
  readonly offset: number;
}

/** A frame by where it lies in the stream. */
export interface OracleFrame {
  /** Where its flags stand. */
  readonly at: number;
  /** Its payload is stream[start, end). */
  readonly start: number;
  readonly end: number;
  readonly more: boolean;
  readonly command: boolean;
}

/** What the reader of a frame insists on. */
export interface Rules {
  /** Longest payload, in octets. */
  readonly limit: number;
  /** The handshake consists of commands; a message has no place in it. */
  readonly commandsOnly: boolean;
}

/** One frame: read, refused, or not there yet as a whole. */
export type FrameReading =
  | { readonly kind: "frame"; readonly frame: OracleFrame }
  | { readonly kind: "fault"; readonly fault: Fault }
  | { readonly kind: "unfinished" };

const UNFINISHED: FrameReading = { kind: "unfinished" };

/** Reads the frame at `at`. A fault is told as soon as the octet that proves it is there, whatever else is missing. */
export function readFrame(stream: Uint8Array, at: number, rules: Rules): FrameReading {
  if (at >= stream.length) return UNFINISHED;
  const flags = stream[at];

  // "Bits 7-3 are reserved for future use and MUST be zero."
  if ((flags & 0b1111_1000) !== 0) return fault("RESERVED_FLAGS", at);
  const more = (flags & 0b001) !== 0;
  const long = (flags & 0b010) !== 0;
  const command = (flags & 0b100) !== 0;
  // "This bit SHALL be zero on command frames."
  if (more && command) return fault("COMMAND_WITH_MORE", at);
  if (rules.commandsOnly && !command) return fault("UNEXPECTED_MESSAGE", at);

  const digits = long ? 8 : 1;
  // The size in network order. Each octet that arrives can only make the least possible size larger.
  let least = 0n;
  for (let digit = 0; digit < digits; digit++) {
    const here = at + 1 + digit;
    if (here >= stream.length) return UNFINISHED;
    // "A long frame has a body of 0 to 2^63-1 octets."
    if (long && digit === 0 && stream[here] >= 0x80) return fault("ILLEGAL_LENGTH", here);
    least += BigInt(stream[here]) << BigInt(8 * (digits - 1 - digit));
    if (least > BigInt(rules.limit)) return fault("FRAME_TOO_LARGE", here);
  }

  const start = at + 1 + digits;
  const end = start + Number(least);
  if (end > stream.length) return UNFINISHED;
  return { kind: "frame", frame: { at, start, end, more, command } };
}

/** A stream of frames, as far as it goes. */
export interface Frames {
  readonly frames: readonly OracleFrame[];
  readonly fault: Fault | undefined;
}

/** Reads all frames of a stream that has no greeting. */
export function readFrames(stream: Uint8Array, limit: number): Frames {
  const frames: OracleFrame[] = [];
  let at = 0;
  for (;;) {
    const reading = readFrame(stream, at, { limit, commandsOnly: false });
    if (reading.kind === "fault") return { frames, fault: reading.fault };
    if (reading.kind === "unfinished") return { frames, fault: undefined };
    frames.push(reading.frame);
    at = reading.frame.end;
  }
}

/** A frame as the RFC has it written: long only where the payload exceeds 255 octets. */
export function writeFrame(payload: Uint8Array, flags: { more?: boolean; command?: boolean } = {}): Uint8Array {
  const long = payload.length > 255;
  const header: number[] = [(flags.more ? 0b001 : 0) + (long ? 0b010 : 0) + (flags.command ? 0b100 : 0)];
  const digits = long ? 8 : 1;
  for (let digit = digits - 1; digit >= 0; digit--) header.push(Math.floor(payload.length / 256 ** digit) % 256);
  return join(Uint8Array.from(header), payload);
}

/** Octets one behind the other. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function fault(code: string, offset: number): FrameReading {
  return { kind: "fault", fault: { code, offset } };
}

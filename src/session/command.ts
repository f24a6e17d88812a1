/** Commands: a name and data in one frame. RFC 37, "Commands". */
import { encodeFrame } from "../codec/encoder.js";
import type { Octets } from "../codec/payload.js";
import { ZmtpError } from "../error.js";

/** A command's body, taken apart. */
export interface Command {
  /** 1 to 255 letters: "READY", "PING". */
  readonly name: string;
  /** What follows the name; a view. */
  readonly data: Uint8Array;
  /** Where in the stream the data begins. */
  readonly position: number;
}

/**
 * A command as it travels, frame header included; owned.
 *
 * @param name - 1 to 255 letters.
 * @param data - What follows the name, in one or several parts.
 * @throws A TypeError if the name is none.
 */
export function encodeCommand(name: string, ...data: readonly Uint8Array[]): Octets {
  return encodeFrame(commandBody(name, ...data), { command: true });
}

/** @internal A command's body: name length, name, data. Owned. */
export function commandBody(name: string, ...data: readonly Uint8Array[]): Octets {
  if (!/^[A-Za-z]{1,255}$/.test(name)) throw new TypeError(`${JSON.stringify(name)} is not the name of a command`);
  let size = 1 + name.length;
  for (const { length } of data) size += length;
  const body = new Uint8Array(size);
  body[0] = name.length;
  // Letters are their own octets, and an encoder costs more than all the rest of a PONG.
  for (let i = 0; i < name.length; i++) body[1 + i] = name.charCodeAt(i);
  let at = 1 + name.length;
  for (const part of data) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

/**
 * Takes a command's body apart.
 *
 * @param body - The payload of a command frame; the data of what is returned is a view of it.
 * @param position - Where the body begins in the stream, for the offsets of errors; default 0.
 * @throws {@link ZmtpError} MALFORMED_COMMAND
 */
export function parseCommand(body: Uint8Array, position = 0): Command {
  const length = body[0];
  if (length === undefined) throw malformed("A command is empty", position);
  if (length === 0) throw malformed("A command has no name", position);
  if (length + 1 > body.length) {
    if (isLibzmqError(body))
      return { name: "ERROR", data: body.subarray(LIBZMQ_ERROR.length), position: position + LIBZMQ_ERROR.length };
    throw malformed(`A command of ${body.length} octets claims a name of ${length}`, position);
  }
  for (let i = 1; i <= length; i++) {
    if (!isLetter(body[i])) throw malformed("A command's name holds something other than letters", position + i);
  }
  return {
    name: String.fromCharCode(...body.subarray(1, 1 + length)),
    data: body.subarray(1 + length),
    position: position + 1 + length,
  };
}

/**
 * PLAIN's ERROR as libzmq sends it, in 4.3.5 at least. Its source has a hexadecimal escape in front of the E of
 * "ERROR", and C takes the E for one more digit. No other command is that short and begins like this.
 */
const LIBZMQ_ERROR = [0x5e, 0x52, 0x52, 0x4f, 0x52];

function isLibzmqError(body: Uint8Array): boolean {
  return LIBZMQ_ERROR.every((octet, i) => body[i] === octet);
}

/** @internal Where in the stream a command's name begins, for errors about the command itself. */
export function nameAt({ name, position }: Command): number {
  return position - name.length;
}

function malformed(what: string, offset: number): ZmtpError {
  return new ZmtpError("MALFORMED_COMMAND", what, { offset });
}

function isLetter(c: number): boolean {
  return (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a);
}

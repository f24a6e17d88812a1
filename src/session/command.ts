/** Commands: a name and data in one frame. RFC 37, "Commands". */
import type { Octets } from "../codec/payload.js";
import { ZmtpError } from "../error.js";

/** A command's body, taken apart. */
export interface Command {
  readonly name: string;
  /** What follows the name; a view. */
  readonly data: Uint8Array;
  /** Where in the stream the data begins. */
  readonly position: number;
}

/** @internal A command's body: name length, name, data. Owned. */
export function commandBody(name: string, ...data: readonly Uint8Array[]): Octets {
  const size = data.reduce((sum, { length }) => sum + length, 1 + name.length);
  const body = new Uint8Array(size);
  body[0] = name.length;
  for (let i = 0; i < name.length; i++) body[1 + i] = name.charCodeAt(i);
  let at = 1 + name.length;
  for (const part of data) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

/** @internal Takes a command's body apart; `position` is where it begins in the stream. */
export function parseCommand(body: Uint8Array, position: number): Command {
  const length = body[0];
  if (length === undefined) throw new ZmtpError("MALFORMED_COMMAND", "A command is empty", { offset: position });
  if (length === 0) throw new ZmtpError("MALFORMED_COMMAND", "A command has no name", { offset: position });
  if (length + 1 > body.length) {
    throw new ZmtpError("MALFORMED_COMMAND", `A command of ${body.length} octets claims a name of ${length}`, {
      offset: position,
    });
  }
  for (let i = 1; i <= length; i++) {
    if (!isLetter(body[i])) {
      throw new ZmtpError("MALFORMED_COMMAND", "A command's name holds something other than letters", {
        offset: position + i,
      });
    }
  }
  return {
    name: String.fromCharCode(...body.subarray(1, 1 + length)),
    data: body.subarray(1 + length),
    position: position + 1 + length,
  };
}

function isLetter(c: number): boolean {
  return (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a);
}

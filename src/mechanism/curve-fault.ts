/** What is said of a CURVE peer that breaks the protocol. RFC 26, "CurveZMQ Commands". */
import { ZmtpError } from "../error.js";
import { type Command, nameAt } from "../session/command.js";

/** @internal */
export const SECTION = "RFC 26, CurveZMQ Commands";

/** @internal What a box is called, and what it means if it does not open. */
export type Meaning = readonly [what: string, hint: string];

/** @internal */
export function unopened(position: number, [what, hint]: Meaning): ZmtpError {
  return new ZmtpError("CURVE_BOX", `${what} does not open`, { offset: position, section: SECTION, hint });
}

/** @internal */
export function malformed(what: string, offset: number): ZmtpError {
  return new ZmtpError("MALFORMED_COMMAND", what, {
    offset,
    section: SECTION,
    hint: "The peer's implementation of CURVE is broken, or speaks another version of it.",
  });
}

/** @internal */
export function unexpected(command: Command, wanted: string, hint?: string): ZmtpError {
  return new ZmtpError("UNEXPECTED_COMMAND", `The peer sent ${command.name} where ${wanted} has its place`, {
    offset: nameAt(command),
    section: SECTION,
    hint,
  });
}

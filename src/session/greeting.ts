/**
 * The greeting: 64 octets that announce version, mechanism and role. RFC 37, "Formal Grammar" and "Version
 * Negotiation".
 */

import { defaultCodec } from "../codec/default.js";
import { type Engine, engineOf } from "../codec/engine.js";
import { AS_SERVER_AT, MAJOR_AT, MECHANISM_AT, MINOR_AT, SIGNATURE_END } from "../codec/greeting-layout.js";
import { GREETING_SIZE } from "../codec/layout.js";
import type { Octets } from "../codec/payload.js";
import { ZmtpError } from "../error.js";
import { greetingFault } from "./diagnosis.js";

/** A version of ZMTP: 3.1 is ours. */
export interface Version {
  /** 3, or more for a later ZMTP. */
  readonly major: number;
  /** 0 or 1 in ZMTP 3. */
  readonly minor: number;
}

/** The versions in use. All sessions share these objects: an idle session is to be small. */
const VERSIONS: readonly Version[] = [
  { major: 3, minor: 1 },
  { major: 3, minor: 0 },
];

/** What a greeting announces. */
export interface Greeting {
  /** The version of ZMTP that the peer speaks. */
  readonly version: Version;
  /** "NULL", "PLAIN", "CURVE", … */
  readonly mechanism: string;
  /** Whether the peer says that it is the server of its mechanism. libzmq says so of no peer. */
  readonly asServer: boolean;
}

/**
 * Our greeting: ZMTP 3.1, 64 octets, owned.
 *
 * @param options.mechanism - Default "NULL"; 1 to 20 capitals, digits, `-`, `_`, `.` or `+`.
 * @param options.asServer - Default false, as NULL demands.
 * @throws A TypeError if the mechanism is not such a name.
 */
export function encodeGreeting(options: { mechanism?: string; asServer?: boolean } = {}): Octets {
  const { mechanism = "NULL", asServer = false } = options;
  if (!/^[A-Z0-9\-_.+]{1,20}$/.test(mechanism)) throw new TypeError(`"${mechanism}" is not the name of a mechanism`);
  const bytes = new Uint8Array(GREETING_SIZE);
  bytes[0] = 0xff;
  bytes[SIGNATURE_END] = 0x7f;
  bytes[MAJOR_AT] = 3;
  bytes[MINOR_AT] = 1;
  bytes.set(new TextEncoder().encode(mechanism), MECHANISM_AT);
  bytes[AS_SERVER_AT] = asServer ? 1 : 0;
  return bytes;
}

/**
 * Reads a peer's greeting.
 *
 * @param bytes - Exactly 64 octets.
 * @throws {@link ZmtpError} NOT_ZMTP, OLD_VERSION or MALFORMED_GREETING at the first octet that no ZMTP 3 peer sends; a
 *   RangeError if the octets are right and their number is not.
 */
export function parseGreeting(bytes: Uint8Array): Greeting {
  judge(engineOf(defaultCodec()), bytes.subarray(0, GREETING_SIZE), 0, Math.min(bytes.length, GREETING_SIZE));
  if (bytes.length !== GREETING_SIZE) throw new RangeError(`a greeting has 64 octets, not ${bytes.length}`);
  return fieldsOf(bytes, mechanismIn(bytes, GREETING_SIZE));
}

/** @internal What a whole greeting that has been judged says. */
export function fieldsOf(bytes: Uint8Array, mechanism: string): Greeting {
  const [major, minor] = [bytes[MAJOR_AT], bytes[MINOR_AT]];
  const known = VERSIONS.find((version) => version.major === major && version.minor === minor);
  return { version: known ?? { major, minor }, mechanism, asServer: bytes[AS_SERVER_AT] === 1 };
}

/** @internal The name of the mechanism, as far as it has come. */
export function mechanismIn(bytes: Uint8Array, length: number): string {
  const field = bytes.subarray(MECHANISM_AT, Math.min(AS_SERVER_AT, length));
  const end = field.indexOf(0);
  return String.fromCharCode(...(end < 0 ? field : field.subarray(0, end)));
}

/**
 * @internal Has the codec judge octets [from, to) of what is known; throws a {@link ZmtpError} at the first wrong one.
 */
export function judge(engine: Engine, known: Uint8Array, from: number, to: number): void {
  engine.greeting.set(known);
  const offset = engine.judge(from, to);
  if (offset < to) throw greetingFault(known, offset);
}

/**
 * The greeting: 64 octets that announce version, mechanism and role. RFC 37, "Formal Grammar" and "Version
 * Negotiation".
 */
import { type Engine, engineOf } from "../codec/codec.js";
import { defaultCodec } from "../codec/default.js";
import { AS_SERVER_AT, MAJOR_AT, MECHANISM_AT, MINOR_AT, SIGNATURE_END } from "../codec/greeting-layout.js";
import { GREETING_SIZE } from "../codec/layout.js";
import type { Octets } from "../codec/payload.js";
import { ZmtpError } from "../error.js";
import { greetingFault } from "./diagnosis.js";
import type { Mechanism } from "./mechanism.js";

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

/** What a whole greeting that has been judged says. */
function fieldsOf(bytes: Uint8Array, mechanism: string): Greeting {
  const [major, minor] = [bytes[MAJOR_AT], bytes[MINOR_AT]];
  const known = VERSIONS.find((version) => version.major === major && version.minor === minor);
  return { version: known ?? { major, minor }, mechanism, asServer: bytes[AS_SERVER_AT] === 1 };
}

/** @internal A peer's greeting as it arrives, each octet judged at once. */
export class GreetingReader {
  readonly #engine: Engine;
  readonly #mechanism: Mechanism;
  readonly #bytes = new Uint8Array(GREETING_SIZE);
  #length = 0;
  #judged = 0;

  /** @param mechanism - Ours: the peer's must have the same name, and the role that ours asks for. */
  constructor(engine: Engine, mechanism: Mechanism) {
    this.#engine = engine;
    this.#mechanism = mechanism;
  }

  /** Octets that have come so far. */
  get length(): number {
    return this.#length;
  }

  /** Copies what belongs to the greeting from the front of `chunk` and returns how many octets that was. */
  append(chunk: Uint8Array): number {
    const count = Math.min(chunk.length, GREETING_SIZE - this.#length);
    this.#bytes.set(chunk.subarray(0, count), this.#length);
    this.#length += count;
    return count;
  }

  /** Judges what has come; the greeting, once it is whole. Throws a {@link ZmtpError}. */
  read(): Greeting | undefined {
    const from = this.#judged;
    this.#judged = this.#length;
    const wrong = this.#otherMechanismAt(Math.max(from, MECHANISM_AT), Math.min(this.#length, AS_SERVER_AT));
    // A greeting that is no ZMTP at all is reported as that, not as a mechanism of another name.
    const known = this.#bytes.subarray(0, this.#length);
    judge(this.#engine, known, from, wrong === undefined ? this.#length : wrong + 1);
    if (wrong !== undefined) throw this.#otherMechanism(wrong);
    if (this.#length > AS_SERVER_AT) this.#checkRole();
    return this.#length === GREETING_SIZE ? fieldsOf(this.#bytes, this.#mechanism.name) : undefined;
  }

  /** The first octet of [from, to) that is not that of our mechanism's name, padded with zeros. */
  #otherMechanismAt(from: number, to: number): number | undefined {
    const { name } = this.#mechanism;
    for (let i = from; i < to; i++) {
      const at = i - MECHANISM_AT;
      if (this.#bytes[i] !== (at < name.length ? name.charCodeAt(at) : 0)) return i;
    }
    return undefined;
  }

  #otherMechanism(offset: number): ZmtpError {
    const whole = this.#length >= AS_SERVER_AT;
    const theirs = mechanismIn(this.#bytes, this.#length);
    const ours = this.#mechanism.name;
    return new ZmtpError(
      "MECHANISM_MISMATCH",
      `The peer's mechanism ${whole ? "is" : "begins with"} ${JSON.stringify(theirs)}, ours is "${ours}"`,
      { offset },
    );
  }

  #checkRole(): void {
    const { name, peerAsServer } = this.#mechanism;
    const asServer = this.#bytes[AS_SERVER_AT] === 1;
    if (peerAsServer === undefined || peerAsServer === asServer) return;
    const claim = asServer ? "claims" : "does not claim";
    throw new ZmtpError("AS_SERVER", `The peer ${claim} to be a server under ${name}`, { offset: AS_SERVER_AT });
  }
}

function mechanismIn(bytes: Uint8Array, length: number): string {
  const field = bytes.subarray(MECHANISM_AT, Math.min(AS_SERVER_AT, length));
  const end = field.indexOf(0);
  return String.fromCharCode(...(end < 0 ? field : field.subarray(0, end)));
}

/** Has the codec judge octets [from, to) of what is known; throws a {@link ZmtpError} at the first wrong one. */
function judge(engine: Engine, known: Uint8Array, from: number, to: number): void {
  engine.greeting.set(known);
  const offset = engine.judge(from, to);
  if (offset < to) throw greetingFault(known, offset);
}

/** The greeting: 64 octets that announce version, mechanism and role. RFC 37, "Formal Grammar" and "Version Negotiation". */
import { type Engine, engineOf } from "../codec/codec.js";
import { defaultCodec } from "../codec/default.js";
import { ZmtpError } from "../error.js";

export const GREETING_SIZE = 64;

const SIGNATURE_END = 9;
const MAJOR = 10;
const MINOR = 11;
const MECHANISM = 12;
const MECHANISM_SIZE = 20;
const AS_SERVER = 32;

export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** What a greeting announces. */
export interface Greeting {
  readonly version: Version;
  /** "NULL", "PLAIN", "CURVE", … */
  readonly mechanism: string;
  readonly asServer: boolean;
}

/**
 * Our greeting: ZMTP 3.1, 64 octets, owned.
 *
 * @param options.mechanism - Default "NULL"; 1 to 20 capitals, digits, `-`, `_`, `.` or `+`.
 * @param options.asServer - Default false, as NULL demands.
 * @throws A TypeError if the mechanism is not such a name.
 */
export function encodeGreeting(options: { mechanism?: string; asServer?: boolean } = {}): Uint8Array {
  const { mechanism = "NULL", asServer = false } = options;
  if (!/^[A-Z0-9\-_.+]{1,20}$/.test(mechanism)) throw new TypeError(`"${mechanism}" is not the name of a mechanism`);
  const bytes = new Uint8Array(GREETING_SIZE);
  bytes[0] = 0xff;
  bytes[SIGNATURE_END] = 0x7f;
  bytes[MAJOR] = 3;
  bytes[MINOR] = 1;
  bytes.set(new TextEncoder().encode(mechanism), MECHANISM);
  bytes[AS_SERVER] = asServer ? 1 : 0;
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
  judge(engineOf(defaultCodec()), bytes, 0, Math.min(bytes.length, GREETING_SIZE));
  if (bytes.length !== GREETING_SIZE) throw new RangeError(`a greeting has 64 octets, not ${bytes.length}`);
  return {
    version: { major: bytes[MAJOR], minor: bytes[MINOR] },
    mechanism: mechanismIn(bytes, GREETING_SIZE),
    asServer: bytes[AS_SERVER] === 1,
  };
}

/** @internal A peer's greeting as it arrives, each octet judged at once. */
export class GreetingReader {
  readonly #engine: Engine;
  readonly #ours: Uint8Array;
  readonly #bytes = new Uint8Array(GREETING_SIZE);
  #length = 0;
  #judged = 0;

  /** @param ours - The greeting we sent: the peer's mechanism must equal it. */
  constructor(engine: Engine, ours: Uint8Array) {
    this.#engine = engine;
    this.#ours = ours;
  }

  /** Octets taken so far. */
  get length(): number {
    return this.#length;
  }

  /** Takes what belongs to the greeting from the front of `chunk` and returns how many octets that was. */
  take(chunk: Uint8Array): number {
    const count = Math.min(chunk.length, GREETING_SIZE - this.#length);
    this.#bytes.set(chunk.subarray(0, count), this.#length);
    this.#length += count;
    return count;
  }

  /** Judges what has been taken; the greeting, once it is whole. Throws a {@link ZmtpError}. */
  read(): Greeting | undefined {
    const from = this.#judged;
    this.#judged = this.#length;
    const wrong = firstDifference(
      this.#bytes,
      this.#ours,
      Math.max(from, MECHANISM),
      Math.min(this.#length, AS_SERVER),
    );
    // A greeting that is no ZMTP at all is reported as that, not as a mechanism of another name.
    judge(this.#engine, this.#bytes, from, wrong === undefined ? this.#length : wrong + 1);
    if (wrong !== undefined) throw this.#otherMechanism(wrong);
    if (this.#length > AS_SERVER && this.#bytes[AS_SERVER] !== 0 && this.#ours[AS_SERVER] === 0 && this.#isNull()) {
      throw new ZmtpError("AS_SERVER", "The peer claims to be a server under NULL", { offset: AS_SERVER });
    }
    return this.#length === GREETING_SIZE ? parseGreeting(this.#bytes) : undefined;
  }

  #isNull(): boolean {
    return mechanismIn(this.#ours, GREETING_SIZE) === "NULL";
  }

  #otherMechanism(offset: number): ZmtpError {
    const whole = this.#length >= AS_SERVER;
    const theirs = mechanismIn(this.#bytes, this.#length);
    const ours = mechanismIn(this.#ours, GREETING_SIZE);
    return new ZmtpError(
      "MECHANISM_MISMATCH",
      `The peer's mechanism ${whole ? "is" : "begins with"} ${JSON.stringify(theirs)}, ours is "${ours}"`,
      { offset },
    );
  }
}

function mechanismIn(bytes: Uint8Array, length: number): string {
  const field = bytes.subarray(MECHANISM, Math.min(MECHANISM + MECHANISM_SIZE, length));
  const end = field.indexOf(0);
  return String.fromCharCode(...(end < 0 ? field : field.subarray(0, end)));
}

function firstDifference(a: Uint8Array, b: Uint8Array, from: number, to: number): number | undefined {
  for (let i = from; i < to; i++) if (a[i] !== b[i]) return i;
  return undefined;
}

/** Has the codec judge octets [from, to); throws a {@link ZmtpError} at the first wrong one. */
function judge(engine: Engine, bytes: Uint8Array, from: number, to: number): void {
  engine.greeting.set(bytes.subarray(0, to));
  const offset = engine.judge(from, to);
  if (offset < to) throw fault(bytes, offset);
}

function fault(bytes: Uint8Array, offset: number): ZmtpError {
  const octet = bytes[offset];
  const seen = `0x${octet.toString(16).padStart(2, "0")}`;
  if (offset === 0) {
    return new ZmtpError("NOT_ZMTP", `The first octet is ${seen}${likelihood(octet)}, a greeting begins with 0xff`, {
      offset,
    });
  }
  if (offset === SIGNATURE_END) {
    return new ZmtpError("OLD_VERSION", "The signature is that of ZMTP 1.0", { offset });
  }
  if (offset === MAJOR) return new ZmtpError("OLD_VERSION", `The peer speaks ZMTP major version ${octet}`, { offset });
  const field = offset === AS_SERVER ? "as-server" : "the mechanism";
  return new ZmtpError("MALFORMED_GREETING", `Octet ${seen} has no place in ${field}`, { offset });
}

function likelihood(octet: number): string {
  if (octet === 0x16) return " (TLS begins like this)";
  if (octet >= 0x41 && octet <= 0x5a) return ` ("${String.fromCharCode(octet)}": HTTP begins like this)`;
  return octet === 1 ? " (ZMTP 1.0 begins like this)" : "";
}

/** A peer's greeting as it arrives: each octet is judged at once, and held against what we have to offer. RFC 37. */
import type { Engine } from "../codec/engine.js";
import { AS_SERVER_AT, MECHANISM_AT } from "../codec/greeting-layout.js";
import { GREETING_SIZE } from "../codec/layout.js";
import { ZmtpError } from "../error.js";
import { fieldsOf, type Greeting, judge, mechanismIn } from "./greeting.js";
import type { Mechanism } from "./mechanism.js";

/** @internal Reads one greeting. */
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

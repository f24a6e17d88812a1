/** What CURVE's commands have in common: nonces, boxes, sizes, errors. RFC 26, "CurveZMQ Commands". */
import { ZmtpError } from "../error.js";
import { type Command, nameAt } from "../session/command.js";
import type { Cryptography } from "./crypto.js";

/** @internal */
export const CURVE = "CURVE";
const SECTION = "RFC 26, CurveZMQ Commands";

/** @internal Octets of a key, of the two kinds of nonce, and of what a box adds. */
export const KEY = 32;
/** @internal */
export const SHORT_NONCE = 8;
/** @internal */
export const LONG_NONCE = 16;
/** @internal */
export const MAC = 16;
/** @internal A cookie: its nonce, then a box of two keys. */
export const COOKIE = LONG_NONCE + MAC + 2 * KEY;

const NONCE = 24;

/** @internal A nonce of 24 octets: a prefix of letters, then what travels. */
export function nonceOf(prefix: string, rest: Uint8Array): Uint8Array {
  const nonce = new Uint8Array(NONCE);
  for (let i = 0; i < prefix.length; i++) nonce[i] = prefix.charCodeAt(i);
  nonce.set(rest, prefix.length);
  return nonce;
}

/** @internal Our counter: 1, 2, 3, … as eight octets. It goes on from the handshake into the traffic. */
export class Counter {
  #last = 0;

  next(): Uint8Array {
    const octets = new Uint8Array(SHORT_NONCE);
    this.nextInto(octets, 0);
    return octets;
  }

  /** The next count, written where it is wanted. */
  nextInto(out: Uint8Array, at: number): void {
    const count = ++this.#last;
    const high = Math.floor(count / 0x100000000);
    const low = count >>> 0;
    for (let i = 0; i < 4; i++) {
      out[at + i] = high >>> (24 - 8 * i);
      out[at + 4 + i] = low >>> (24 - 8 * i);
    }
  }
}

/** @internal The peer's counter, which only rises: what is replayed or reordered is refused. */
export class Rising {
  #high = 0;
  #low = 0;

  /** Takes note of the peer's next count; throws unless it is above all before. */
  check(octets: Uint8Array, position: number): void {
    const high = wordAt(octets, 0);
    const low = wordAt(octets, 4);
    if (high < this.#high || (high === this.#high && low <= this.#low)) {
      throw new ZmtpError("CURVE_NONCE", "A nonce does not rise: the command is replayed, or out of order", {
        offset: position,
        section: SECTION,
        hint: "Somebody between the peers repeats what was sent, or the peer's implementation counts wrongly.",
      });
    }
    this.#high = high;
    this.#low = low;
  }
}

function wordAt(octets: Uint8Array, at: number): number {
  return ((octets[at] << 24) | (octets[at + 1] << 16) | (octets[at + 2] << 8) | octets[at + 3]) >>> 0;
}

/** @internal The keys that a handshake must not leave behind, however it ends. */
export class Secrets {
  #kept: Uint8Array[] = [];

  /** Takes note of a secret as soon as it is there, so that no refusal can come between. */
  keep<T extends Uint8Array>(secret: T): T {
    this.#kept.push(secret);
    return secret;
  }

  /** Erases all but one that is needed further on. */
  erase(needed?: Uint8Array): void {
    for (const secret of this.#kept) if (secret !== needed) secret.fill(0);
    this.#kept = needed === undefined ? [] : [needed];
  }
}

/** @internal Opens a box of a command; throws what its failing means. */
export function openBox(
  cryptography: Cryptography,
  box: Uint8Array,
  nonce: Uint8Array,
  key: Uint8Array,
  position: number,
  meaning: Meaning,
): Uint8Array {
  const clear = cryptography.open(box, nonce, key);
  if (clear !== undefined) return clear;
  throw unopened(position, meaning);
}

/** @internal What a box is called, and what it means if it does not open. */
export type Meaning = readonly [what: string, hint: string];

/** @internal */
export function unopened(position: number, [what, hint]: Meaning): ZmtpError {
  return new ZmtpError("CURVE_BOX", `${what} does not open`, { offset: position, section: SECTION, hint });
}

/** @internal The key shared with a public key of the peer's; refuses one of a small order. */
export function sharedWith(
  cryptography: Cryptography,
  publicKey: Uint8Array,
  secretKey: Uint8Array,
  position: number,
): Uint8Array {
  const shared = cryptography.sharedKey(publicKey, secretKey);
  if (shared !== undefined) return shared;
  throw new ZmtpError("CURVE_KEY", "The peer's public key is none: nothing can be kept secret with it", {
    offset: position,
    section: SECTION,
    hint: "The peer's implementation is broken, or hostile.",
  });
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

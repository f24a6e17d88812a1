/** What CURVE's commands are made of: sizes, nonces, boxes. RFC 26, "CurveZMQ Commands". */
import { ZmtpError } from "../error.js";
import type { Cryptography } from "./crypto.js";
import { type Meaning, SECTION, unopened } from "./curve-fault.js";

/** @internal */
export const CURVE = "CURVE";

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
/** @internal Octets that make HELLO larger than WELCOME, so that nobody can use a server to flood a third. */
export const PADDING = 72;
/** @internal Zeros in HELLO's box: that they come out again proves the key. */
export const SIGNED = 64;

const NONCE = 24;

/** @internal A nonce of 24 octets: a prefix of letters, then what travels. */
export function nonceOf(prefix: string, rest: Uint8Array): Uint8Array {
  const nonce = new Uint8Array(NONCE);
  for (let i = 0; i < prefix.length; i++) nonce[i] = prefix.charCodeAt(i);
  nonce.set(rest, prefix.length);
  return nonce;
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

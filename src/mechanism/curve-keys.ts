/** CURVE's keys as callers give them: Z85 or 32 octets. RFC 26 and RFC 32. */
import type { Cryptography, KeyPair } from "./crypto.js";
import { decodeZ85 } from "./z85.js";

/** A key of CURVE: 40 characters of Z85, or 32 octets. */
export type CurveKey = string | Uint8Array;

const KEY_SIZE = 32;

/** @internal A key as octets of our own. No error shows what was given. */
export function keyOf(key: CurveKey, what: string): Uint8Array {
  const octets = typeof key === "string" ? decoded(key, what) : key;
  if (!(octets instanceof Uint8Array) || octets.length !== KEY_SIZE) {
    throw new TypeError(`${what} is a key of CURVE: 40 characters of Z85, or 32 octets`);
  }
  return new Uint8Array(octets);
}

function decoded(key: string, what: string): Uint8Array | undefined {
  try {
    return decodeZ85(key);
  } catch {
    throw new TypeError(`${what} is not Z85: a key is 40 characters of it, or 32 octets`);
  }
}

/** @internal A pair of which the caller has given the secret half, or both. */
export function pairOf(
  cryptography: Cryptography,
  { secretKey, publicKey }: { secretKey: CurveKey; publicKey?: CurveKey | undefined },
): KeyPair {
  const secret = keyOf(secretKey, "secretKey");
  const belongs = cryptography.publicKey(secret);
  if (publicKey !== undefined && !sameOctets(keyOf(publicKey, "publicKey"), belongs)) {
    throw new TypeError("publicKey does not belong to secretKey: they are two halves of one pair");
  }
  return { secretKey: secret, publicKey: belongs };
}

/** @internal Whether two runs are equal, in a time that does not tell where they differ. */
export function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ (b[i] ?? 0);
  return difference === 0;
}

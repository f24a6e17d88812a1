/** What CURVE needs of cryptography, whichever library does it. RFC 26, "Cryptography". */

/** Two keys of X25519, 32 octets each. */
export interface KeyPair {
  /** What peers are given. Owned. */
  readonly publicKey: Uint8Array;
  /** What nobody else may see. Owned. */
  readonly secretKey: Uint8Array;
}

/**
 * The primitives of NaCl's `crypto_box`: X25519, XSalsa20 and Poly1305. Another library can be put in. Everything
 * returned is owned by the caller.
 */
export interface Cryptography {
  /** A new pair from a good source of randomness. */
  keyPair(): KeyPair;
  /** The public key that belongs to a secret one. */
  publicKey(secretKey: Uint8Array): Uint8Array;
  /** What two pairs have in common (`crypto_box_beforenm`), 32 octets; undefined for a public key of a small order. */
  sharedKey(publicKey: Uint8Array, secretKey: Uint8Array): Uint8Array | undefined;
  /**
   * Seals octets (`crypto_box_easy_afternm`): 16 octets of authentication, then as many as the clear text has.
   *
   * @param clear - The clear text in parts.
   * @param nonce - 24 octets, never the same twice under one key.
   * @param room - Octets left free in front of the box; default none.
   */
  seal(clear: readonly Uint8Array[], nonce: Uint8Array, key: Uint8Array, room?: number): Uint8Array;
  /** Opens a box; undefined if it was not sealed with this nonce and key, or has been changed. */
  open(box: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | undefined;
  /** Octets from a good source of randomness. */
  random(length: number): Uint8Array;
}

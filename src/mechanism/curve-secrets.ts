/** The keys of one handshake, so that none outlives it unnoticed. RFC 26, "Cryptography". */

/** @internal What a handshake must not leave behind, however it ends. */
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

/** libsodium as the library that does what CURVE needs. RFC 26, "Cryptography". */
import type { Cryptography } from "./crypto.js";

/** As much of `libsodium-wrappers` as is used. */
interface Sodium {
  crypto_scalarmult_base(secretKey: Uint8Array): Uint8Array;
  crypto_box_beforenm(publicKey: Uint8Array, secretKey: Uint8Array): Uint8Array;
  readonly libsodium: {
    readonly HEAPU8: Uint8Array;
    _malloc(size: number): number;
    _free(at: number): void;
    _crypto_box_easy_afternm(
      box: number,
      clear: number,
      size: number,
      high: number,
      nonce: number,
      key: number,
    ): number;
    _crypto_box_open_easy_afternm(
      clear: number,
      box: number,
      size: number,
      high: number,
      nonce: number,
      key: number,
    ): number;
  };
}

const KEY_SIZE = 32;
const NONCE_SIZE = 24;
const MAC_SIZE = 16;

/** Where in libsodium's memory a box lies: behind its key and its nonce, 64 octets on, so that it is aligned. */
const BOX = KEY_SIZE + NONCE_SIZE + 8;

/** Octets of libsodium's memory to begin with: what handshakes and small messages take. */
const LEAST = 2048;

/** More octets of it than these are given back after each box. */
const KEPT = 1024 * 1024;

/**
 * libsodium behind the interface. Boxes are sealed and opened where they lie in its memory: the wrappers' own functions
 * allocate and copy twice as much.
 */
export function sodiumCryptography(sodium: unknown): Cryptography {
  const { libsodium, ...wrappers } = sodium as Sodium;
  const memory = new Scratch(libsodium);
  return {
    keyPair() {
      const secretKey = random(KEY_SIZE);
      return { publicKey: wrappers.crypto_scalarmult_base(secretKey), secretKey };
    },
    publicKey: (secretKey) => wrappers.crypto_scalarmult_base(secretKey),
    sharedKey(publicKey, secretKey) {
      try {
        return wrappers.crypto_box_beforenm(publicKey, secretKey);
      } catch {
        return undefined;
      }
    },
    random,
    seal(clear, nonce, key, room = 0) {
      const size = clear.reduce((sum, { length }) => sum + length, 0);
      const at = memory.lay(key, nonce, MAC_SIZE + size);
      const box = at + BOX;
      let end = box + MAC_SIZE;
      for (const part of clear) {
        libsodium.HEAPU8.set(part, end);
        end += part.length;
      }
      libsodium._crypto_box_easy_afternm(box, box + MAC_SIZE, size, 0, at + KEY_SIZE, at);
      const out = new Uint8Array(room + MAC_SIZE + size);
      out.set(libsodium.HEAPU8.subarray(box, end), room);
      memory.settle();
      return out;
    },
    open(box, nonce, key) {
      const size = box.length - MAC_SIZE;
      if (size < 0) return undefined;
      const at = memory.lay(key, nonce, box.length);
      const from = at + BOX;
      libsodium.HEAPU8.set(box, from);
      const failed = libsodium._crypto_box_open_easy_afternm(from + MAC_SIZE, from, box.length, 0, at + KEY_SIZE, at);
      const clear = failed ? undefined : libsodium.HEAPU8.slice(from + MAC_SIZE, from + box.length);
      memory.settle();
      return clear;
    },
  };
}

/**
 * The platform's own source, which libsodium's wrappers use as well, but four octets a call: that takes as long as a
 * multiplication on the curve.
 */
function random(length: number): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}

/** A piece of libsodium's memory that grows with the boxes. */
class Scratch {
  readonly #libsodium: Sodium["libsodium"];
  #at = 0;
  #size = 0;

  constructor(libsodium: Sodium["libsodium"]) {
    this.#libsodium = libsodium;
  }

  /** Lays key and nonce down in front of room for a box of `size` octets; returns where the key lies. */
  lay(key: Uint8Array, nonce: Uint8Array, size: number): number {
    this.#grow(BOX + size);
    this.#libsodium.HEAPU8.set(key, this.#at);
    this.#libsodium.HEAPU8.set(nonce, this.#at + KEY_SIZE);
    return this.#at;
  }

  /** No key stays behind in the memory, and no large box. */
  settle(): void {
    this.#libsodium.HEAPU8.fill(0, this.#at, this.#at + KEY_SIZE);
    if (this.#size > KEPT) this.#free();
  }

  #grow(size: number): void {
    if (size <= this.#size) return;
    if (this.#size > 0) this.#free();
    const wanted = Math.max(size, LEAST);
    this.#at = this.#libsodium._malloc(wanted);
    if (this.#at === 0) throw new RangeError(`libsodium has no memory for a box of ${size} octets`);
    this.#size = wanted;
  }

  #free(): void {
    this.#libsodium._free(this.#at);
    this.#size = 0;
  }
}

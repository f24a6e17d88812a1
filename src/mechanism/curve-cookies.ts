/** Cookies: what a CURVE server would have to remember of a client, sealed and handed to it. RFC 26, "WELCOME". */
import type { Cryptography } from "./crypto.js";
import { COOKIE, KEY, LONG_NONCE, nonceOf } from "./curve-box.js";
import { unopened } from "./curve-fault.js";

/** Milliseconds for which a key seals cookies. It opens them for as long again: between one and two minutes each. */
const AGE = 60_000;

/** Cookies of one key that may be used before another key takes its place: what is remembered of them is bounded. */
const USES = 65_536;

const NONE_OF_OURS = [
  "The INITIATE's cookie",
  "It is older than a minute, was changed on the way, or is of another server.",
] as const;

/** A key for the cookies of all clients. */
interface CookieKey {
  readonly key: Uint8Array;
  /** In milliseconds of `performance.now()`. */
  readonly since: number;
  /** The nonces of those of its cookies that have let a client in. */
  readonly used: Set<string>;
}

/** @internal What a cookie has kept for us. */
export interface Remembered {
  /** C', the client's public short-term key. */
  readonly clientShort: Uint8Array;
  /** s', our own secret short-term key. To be erased. */
  readonly secretKey: Uint8Array;
  /** Lets its client in; false if it has done so before. */
  use(): boolean;
}

/**
 * @internal The cookies of one server. In memory there is nothing but their key, however many clients are half-way
 * through a handshake; when the last of them is through, or gone, it is erased.
 *
 * A cookie fits every connection of its server. Without more, a whole handshake that somebody has recorded could be
 * said again on another connection: the same keys would come of it, and nonces would be used twice. So a cookie lets
 * one client in, once. Remembering that costs nothing for clients that have not proved their key, and ends with the
 * key.
 */
export class Cookies {
  readonly #cryptography: Cryptography;
  #current: CookieKey | undefined;
  #previous: CookieKey | undefined;
  /** Clients that have been given a cookie and not been settled. */
  #outside = 0;

  constructor(cryptography: Cryptography) {
    this.#cryptography = cryptography;
  }

  /** A cookie for a client: call `settled` once it has brought it back, or will not any more. */
  seal(clientShort: Uint8Array, secretKey: Uint8Array): Uint8Array {
    const { key } = this.#forSealing();
    const nonce = this.#cryptography.random(LONG_NONCE);
    const cookie = this.#cryptography.seal([clientShort, secretKey], nonceOf("COOKIE--", nonce), key, LONG_NONCE);
    cookie.set(nonce);
    this.#outside++;
    return cookie;
  }

  /** What a cookie holds. Throws a ZmtpError if it is none of ours, or too old. */
  open(cookie: Uint8Array, position: number): Remembered {
    this.#dropOld();
    const octets = cookie.subarray(0, LONG_NONCE);
    const box = cookie.subarray(LONG_NONCE, COOKIE);
    for (const { key, used } of this.#keys) {
      const clear = this.#cryptography.open(box, nonceOf("COOKIE--", octets), key);
      if (clear === undefined) continue;
      const name = String.fromCharCode(...octets);
      return {
        clientShort: clear.subarray(0, KEY),
        secretKey: clear.subarray(KEY),
        use: () => used.size < used.add(name).size,
      };
    }
    throw unopened(position + LONG_NONCE, NONE_OF_OURS);
  }

  /** A client has brought its cookie back, or is gone. */
  settled(): void {
    if (--this.#outside === 0) this.#keep(undefined, undefined);
  }

  get #keys(): CookieKey[] {
    return [this.#current, this.#previous].filter((one) => one !== undefined);
  }

  #forSealing(): CookieKey {
    this.#dropOld();
    const current = this.#current;
    const since = performance.now();
    if (current !== undefined && since - current.since < AGE && current.used.size < USES) return current;
    const next = { key: this.#cryptography.random(KEY), since, used: new Set<string>() };
    this.#keep(next, current);
    return next;
  }

  #dropOld(): void {
    const now = performance.now();
    const [current, previous] = [this.#current, this.#previous].map((one) =>
      one !== undefined && now - one.since < 2 * AGE ? one : undefined,
    );
    this.#keep(current, previous);
  }

  /** Erases every key but these. */
  #keep(current: CookieKey | undefined, previous: CookieKey | undefined): void {
    for (const one of this.#keys) if (one !== current && one !== previous) one.key.fill(0);
    this.#current = current;
    this.#previous = previous;
  }
}

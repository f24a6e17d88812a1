/** Messages to one peer out of many, by its identity. RFC 28, "The ROUTER Socket Type". */
import { copyOf } from "./bytes.js";
import type { Pipe } from "./pipe.js";

/**
 * Octets of an identity that we make up for a peer without one: a zero, which no peer may begin its own with, and a
 * number.
 */
const MADE_UP = 5;

/** An identity as the key of a map. One that we made up is a number: that spares a text for each look-up. */
type Key = string | number;

export class ByIdentity {
  readonly #pipes = new Map<Key, Pipe>();
  readonly #identities = new Map<Pipe, Uint8Array>();
  /** Begins anywhere, so that answers to a peer of an earlier run find nobody. */
  #number = Math.floor(Math.random() * 2 ** 32);

  /**
   * Finds `pipe` under the identity it gives, or under one made up.
   *
   * @returns The pipe that had this identity until now: if `handover` it has got another one, else it keeps it and
   *   `pipe` has none.
   */
  add(pipe: Pipe, identity: Uint8Array, handover: boolean): Pipe | undefined {
    if (identity.length === 0) {
      this.#set(pipe, this.#makeUp());
      return undefined;
    }
    const known = this.#pipes.get(keyOf(identity));
    if (known !== undefined && handover) {
      this.#identities.delete(known);
      this.#set(known, this.#makeUp());
    }
    if (known === undefined || handover) this.#set(pipe, copyOf(identity));
    return known;
  }

  delete(pipe: Pipe): void {
    const identity = this.#identities.get(pipe);
    if (identity === undefined) return;
    this.#identities.delete(pipe);
    if (this.#pipes.get(keyOf(identity)) === pipe) this.#pipes.delete(keyOf(identity));
  }

  find(identity: Uint8Array): Pipe | undefined {
    return this.#pipes.get(keyOf(identity));
  }

  /** Under which identity a pipe is found; undefined if it is not. Not to be handed out without a copy. */
  of(pipe: Pipe): Uint8Array | undefined {
    return this.#identities.get(pipe);
  }

  get pipes(): Iterable<Pipe> {
    return this.#identities.keys();
  }

  #set(pipe: Pipe, identity: Uint8Array): void {
    this.#pipes.set(keyOf(identity), pipe);
    this.#identities.set(pipe, identity);
  }

  #makeUp(): Uint8Array {
    const identity = new Uint8Array(MADE_UP);
    this.#number = (this.#number + 1) >>> 0;
    new DataView(identity.buffer).setUint32(1, this.#number);
    return copyOf(identity);
  }
}

function keyOf(identity: Uint8Array): Key {
  if (identity.length === MADE_UP && identity[0] === 0) {
    return ((identity[1] << 24) | (identity[2] << 16) | (identity[3] << 8) | identity[4]) >>> 0;
  }
  let key = "";
  for (let i = 0; i < identity.length; i++) key += String.fromCharCode(identity[i]);
  return key;
}

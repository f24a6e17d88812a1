/** Heartbeats in time: when to ask, and when to give the peer up. RFC 37, "Connection Heartbeating". */
import type { HeartbeatOptions } from "./options.js";
import { after, type Timer } from "./timer.js";

/** A tenth of a second, in which PING counts its TTL. */
const TENTH = 100;

/** Milliseconds for the thread to read what has come. */
const MOMENT = 10;

/** What a heart needs of its connection. */
export interface HeartUser {
  /** Sends a PING with this TTL in tenths of a second. */
  beat(ttl: number): void;
  /** Whether silence means anything: not while we ourselves have stopped reading. */
  readonly listening: boolean;
  /** The peer has been silent for so many milliseconds. */
  dead(silence: number): void;
}

export class Heart {
  readonly #user: HeartUser;
  #heard = 0;
  #beats: Timer | undefined;
  #verdict: Timer | undefined;
  #peerTtl: Timer | undefined;
  #again: Timer | undefined;
  #ttl = 0;

  constructor(user: HeartUser) {
    this.#user = user;
  }

  /** Begins to send PINGs. */
  start(options: HeartbeatOptions): void {
    const { interval, timeout = interval, ttl = 0 } = options;
    const tenths = Math.ceil(ttl / TENTH);
    const beat = () => {
      this.#user.beat(tenths);
      this.#verdict ??= after(timeout, () => this.#judge(timeout));
      this.#beats = after(interval, beat);
    };
    this.#beats = after(interval, beat);
    this.heard();
  }

  /** Something came from the peer. Where nobody will ask when, nobody looks at the clock. */
  heard(): void {
    if (this.#beats !== undefined || this.#peerTtl !== undefined) this.#heard = Date.now();
  }

  /** The peer's PING asks to be given up after this silence, in tenths of a second; 0: never. */
  honour(ttl: number): void {
    this.#ttl = ttl * TENTH;
    if (this.#ttl === 0) return;
    this.#peerTtl ??= after(this.#ttl, () => this.#judgeTtl());
    this.heard();
  }

  stop(): void {
    clearTimeout(this.#beats);
    clearTimeout(this.#verdict);
    clearTimeout(this.#peerTtl);
    clearTimeout(this.#again);
  }

  #judge(timeout: number): void {
    this.#verdict = undefined;
    if (this.#silence() >= timeout) this.#lookAgain(timeout);
  }

  /** If this thread was busy, what came meanwhile is read only after its timers have run: one more look, a moment later. */
  #lookAgain(patience: number): void {
    this.#again ??= after(MOMENT, () => {
      this.#again = undefined;
      if (this.#silence() >= patience) this.#user.dead(patience);
    });
  }

  #judgeTtl(): void {
    if (this.#ttl === 0) {
      this.#peerTtl = undefined;
      return;
    }
    const left = this.#ttl - this.#silence();
    if (left <= 0) this.#lookAgain(this.#ttl);
    this.#peerTtl = after(left > 0 ? left : this.#ttl, () => this.#judgeTtl());
  }

  #silence(): number {
    if (!this.#user.listening) this.heard();
    return Date.now() - this.#heard;
  }
}

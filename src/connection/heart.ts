/** Heartbeats in time: when to ask, and when to give the peer up. RFC 37, "Connection Heartbeating". */
import { onceRead } from "./deadline.js";
import { UNANSWERED_PINGS } from "./limits.js";
import type { HeartbeatOptions } from "./options.js";
import { after, type Timer } from "./timer.js";

/** A tenth of a second, in which PING counts its TTL. */
const TENTH = 100;

/** What a heart needs of its connection. */
export interface HeartUser {
  /** Sends a PING with this TTL in tenths of a second. */
  beat(ttl: number): void;
  /** Whether silence means anything: not while we ourselves have stopped reading. */
  readonly listening: boolean;
  /** The peer has been silent for so many milliseconds. */
  dead(silence: number): void;
}

/** The heartbeat of one connection. */
export class Heart {
  readonly #user: HeartUser;
  /** When the peer was heard last; kept only while a TTL of the peer's runs. */
  #heard = 0;
  /** PINGs since the peer was heard last. */
  #unanswered = 0;
  /** When the first of them left. */
  #asked = 0;
  /** The next PING; then the next look whether ours were answered, and whether the peer's own TTL has run out. */
  #beats: Timer | undefined;
  #verdict: Timer | undefined;
  #ttlVerdict: Timer | undefined;
  #peerTtl = 0;
  #stopped = false;

  constructor(user: HeartUser) {
    this.#user = user;
  }

  /** Begins to send PINGs; `interval` is not 0. */
  start({ interval, timeout = interval, ttl = 0 }: HeartbeatOptions): void {
    if (this.#beats !== undefined || this.#stopped) return;
    const tenths = Math.floor(ttl / TENTH);
    const beat = () => {
      if (this.#unanswered < UNANSWERED_PINGS) {
        if (this.#unanswered++ === 0) this.#asked = Date.now();
        this.#user.beat(tenths);
      }
      this.#verdict ??= after(timeout, () => this.#judge(timeout));
      this.#beats = after(interval, beat);
    };
    this.#beats = after(interval, beat);
    this.heard();
  }

  /** Something came from the peer. Reads the clock only for the peer's TTL. */
  heard(): void {
    this.#unanswered = 0;
    if (this.#ttlVerdict !== undefined) this.#heard = Date.now();
  }

  /** The peer's PING asks to be given up after this silence, in tenths of a second; 0: never. The last word counts. */
  honour(tenths: number): void {
    clearTimeout(this.#ttlVerdict);
    this.#ttlVerdict = undefined;
    this.#peerTtl = tenths * TENTH;
    if (this.#peerTtl === 0 || this.#stopped) return;
    this.#ttlVerdict = after(this.#peerTtl, () => this.#judgeTtl());
    this.heard();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#beats);
    clearTimeout(this.#verdict);
    clearTimeout(this.#ttlVerdict);
  }

  #judge(timeout: number): void {
    this.#verdict = undefined;
    const left = timeout - this.#unansweredFor();
    if (left <= 0) this.#lookAgain(timeout, () => this.#unansweredFor());
    else if (this.#unanswered > 0) this.#verdict = after(left, () => this.#judge(timeout));
  }

  /**
   * Milliseconds since the first PING that is unanswered; 0 if none is. Not since the peer was heard last: a thread
   * that was busy has asked nothing meanwhile, so there was nothing to answer.
   */
  #unansweredFor(): number {
    if (!this.#user.listening) this.heard();
    return this.#unanswered === 0 ? 0 : Date.now() - this.#asked;
  }

  /** If this thread was busy, the peer's octets may lie in its sockets unread: they are read first. */
  #lookAgain(patience: number, silence: () => number): void {
    onceRead(() => {
      if (!this.#stopped && silence() >= patience) this.#user.dead(patience);
    });
  }

  #judgeTtl(): void {
    const left = this.#peerTtl - this.#silence();
    this.#lookAgain(this.#peerTtl, () => this.#silence());
    this.#ttlVerdict = after(left > 0 ? left : this.#peerTtl, () => this.#judgeTtl());
  }

  #silence(): number {
    if (!this.#user.listening) this.heard();
    return Date.now() - this.#heard;
  }
}

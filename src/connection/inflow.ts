/** The way in: what waits to be consumed, and a pause in reading from the peer while too much waits. */
import { Inbox, type InboxUser } from "./inbox.js";
import type { PayloadMaker } from "./payload-maker.js";
import type { Transport } from "./transport.js";

/** Hears what becomes of the inbox. */
export interface InflowUser {
  /** What waits has changed. */
  heldChanged(): void;
  /** The peer is read from again: it may have spoken meanwhile. */
  resumed(): void;
  /** Everything that came before the end has been taken, and somebody asked for more. */
  exhausted(): void;
}

/** The inbox of one link, and the back-pressure on its peer. */
export class Inflow implements InboxUser {
  readonly inbox: Inbox;
  readonly #mark: number;
  readonly #messageMark: (() => number) | undefined;
  readonly #user: InflowUser;
  #transport: Transport | undefined;
  #paused = false;

  /** `messageMark` is how many messages may wait, beside the octets; 0: any number. */
  constructor(mark: number, makePayload: PayloadMaker, user: InflowUser, messageMark?: () => number) {
    this.inbox = new Inbox(this, makePayload, messageMark !== undefined);
    this.#mark = mark;
    this.#messageMark = messageMark;
    this.#user = user;
  }

  /** Whether we have stopped reading, because of too much that waits. */
  get paused(): boolean {
    return this.#paused;
  }

  attach(transport: Transport): void {
    this.#transport = transport;
  }

  filled(cost: number): void {
    const messageMark = this.#messageMark?.() || Infinity;
    const { messages } = this.inbox;
    if (!this.#paused && (cost >= this.#mark || messages >= messageMark)) {
      this.#paused = true;
      this.#transport?.pause();
    } else if (this.#paused && (cost === 0 || (cost * 2 < this.#mark && messages * 2 < messageMark))) {
      this.#paused = false;
      this.#user.resumed();
      this.#transport?.resume();
    }
    this.#user.heldChanged();
  }

  exhausted(): void {
    this.#user.exhausted();
  }
}

/** How often a socket answers at once before the event loop has a turn, so that others run as well. */
import { nextTurn } from "./turn.js";

/** So many messages at most are received or sent within one turn. */
const PER_TURN = 512;

/** The answer to every send that had room: one promise for all. */
export const SENT: Promise<void> = Promise.resolve();

/** Counts the messages of one socket within a turn of the event loop. */
export class AtOnce {
  #count = 0;
  #turn: Promise<void> | undefined;

  /** Whether one more message may be handled within this turn. */
  use(): boolean {
    return this.#count++ < PER_TURN;
  }

  /** The event loop has its turn now: the count begins again. */
  renew(): void {
    this.#count = 0;
  }

  /** The answer to a message that was sent: at once, or from time to time after a turn of the event loop. */
  sent(): Promise<void> {
    if (this.use()) return SENT;
    this.#turn ??= new Promise((resolve) =>
      nextTurn(() => {
        this.renew();
        this.#turn = undefined;
        resolve();
      }),
    );
    return this.#turn;
  }
}

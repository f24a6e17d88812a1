/**
 * What has been closed and still has messages to deliver: it keeps the process alive until its time is up. libzmq's
 * ZMQ_LINGER.
 */
import { deadline } from "../connection/deadline.js";
import { hold, release } from "./hold.js";

/** Who lingers. */
export interface Lingerer {
  /** Whether everything has left, or there is no hope for it. */
  readonly done: boolean;
  /** Gives up what is left. */
  giveUp(): void;
}

const lingering = new Set<Lingerer>();

/** Whether anything lingers. */
export function somethingLingers(): boolean {
  return lingering.size > 0;
}

export class Linger {
  readonly #who: Lingerer;
  #stopWaiting: (() => void) | undefined;
  #over = false;

  /** For at most so many milliseconds; -1, or more than a timer can count: for ever. */
  constructor(who: Lingerer, milliseconds: number) {
    this.#who = who;
    hold();
    lingering.add(who);
    // What peers took while this thread was busy is seen first, and they are offered more for as long as it was late.
    if (milliseconds >= 0) this.#stopWaiting = deadline(milliseconds, () => who.giveUp());
    this.look();
  }

  /** Something has left. */
  look(): void {
    if (this.#who.done) this.stop();
  }

  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopWaiting?.();
    lingering.delete(this.#who);
    release();
  }
}

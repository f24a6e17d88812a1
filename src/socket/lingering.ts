/**
 * What has been closed and still has messages to deliver: it keeps the process alive until its time is up. libzmq's
 * ZMQ_LINGER.
 */
import { hold, release } from "./turn.js";

/** Who lingers. */
export interface Lingerer {
  /** Whether everything has left, or there is no hope for it. */
  readonly done: boolean;
  /** Gives up what is left. */
  giveUp(): void;
}

/** A socket that is bound or connected. */
export interface OpenSocket {
  /** Whether messages wait that somebody could still get. */
  readonly unsent: boolean;
  /** Whether its context holds a process for the sake of its messages. */
  readonly blocky: boolean;
  close(): void;
}

/** All that there are on this thread. A forgotten socket is closed when it is collected (`forgotten` in socket.ts). */
export const openSockets = new Set<OpenSocket>();

/** As long as a timer can be: whoever lingers longer lingers for ever. */
const FOREVER = 2 ** 31 - 1;

const lingering = new Set<Lingerer>();

/** Whether anything lingers. */
export function somethingLingers(): boolean {
  return lingering.size > 0;
}

export class Linger {
  readonly #who: Lingerer;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  /** For at most so many milliseconds; -1: for ever. */
  constructor(who: Lingerer, milliseconds: number) {
    this.#who = who;
    hold();
    lingering.add(who);
    if (milliseconds >= 0 && milliseconds <= FOREVER) this.#timer = setTimeout(() => who.giveUp(), milliseconds);
    this.look();
  }

  /** Something has left. */
  look(): void {
    if (this.#who.done) this.stop();
  }

  stop(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    lingering.delete(this.#who);
    release();
  }
}

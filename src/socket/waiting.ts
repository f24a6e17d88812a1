/**
 * An operation that waits: for a message, or for room. It keeps the process alive meanwhile, as a pending one of
 * libzmq's does.
 */
import { onceRead } from "../connection/deadline.js";
import { fault } from "./errno.js";
import { hold, release } from "./hold.js";

/** Does it if it can be done now; false if not. What it throws ends the waiting. */
export type Attempt<T> = (resolve: (value: T) => void) => boolean;

export class Waiting<T> {
  readonly promise: Promise<T>;
  readonly #attempt: Attempt<T>;
  readonly #over: () => void;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  /** Waits `timeout` milliseconds at most; -1: for ever. `over` is called before the promise is settled. */
  constructor(timeout: number, attempt: Attempt<T>, over: () => void) {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#attempt = attempt;
    this.#over = over;
    hold();
    // The application's own clock, which nobody's slowness lengthens. But what had come in time counts, and a thread
    // that was busy has not read it yet.
    if (timeout > 0) this.#timer = setTimeout(() => onceRead(() => this.#tooLate()), timeout);
  }

  /** It may be possible now. */
  tryAgain(): boolean {
    try {
      if (!this.#attempt(this.#resolve)) return false;
    } catch (error) {
      this.#reject(error);
    }
    this.#end();
    return true;
  }

  /** Tries once more, and fails if that is in vain. */
  giveUp(): void {
    if (this.tryAgain()) return;
    this.#reject(fault("EAGAIN"));
    this.#end();
  }

  #tooLate(): void {
    if (!this.#ended) this.giveUp();
  }

  #end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    release();
    this.#over();
  }
}

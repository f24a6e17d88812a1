/** When the other thread is told of what lies in the ring. To wake a thread costs both of them microseconds. */

/** What a waker does. */
export interface WakerUser {
  /** Tells of what has come, in the ring. Returns true if the reader sleeps. */
  publish(): boolean;
  wake(): void;
  /** Acts at the end of this turn of the event loop, when everything that waits has been read. */
  readonly later: (act: () => void) => void;
}

/** Up to so many wakes within a period are made at once. If there are more, there is one a period. */
const PROMPT = 2;
/** Milliseconds of a period. */
const PERIOD = 1;

/**
 * Where a waker stands.
 *
 * | state | something has come |
 * |---|---|
 * | `still` | it is told of at the end of the turn: `turn` |
 * | `turn` | it is told of together with the rest |
 * | `ticking` | it is told of by the next tick; one that finds nothing is the last |
 */
type State = "still" | "turn" | "ticking";

/** Tells of what comes, at once if it is rare, else once a millisecond. */
export class Waker {
  readonly #user: WakerUser;
  #state: State = "still";
  /** Something has come since the last tick. */
  #news = false;
  /** The reader sleeps and has not been woken. */
  #owed = false;
  #since = 0;
  #wakes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(user: WakerUser) {
    this.#user = user;
  }

  /** There is something to tell of. */
  arrived(): void {
    this.#news = true;
    if (this.#state !== "still") return;
    this.#state = "turn";
    this.#user.later(() => this.#endTurn());
  }

  /** It has been told of, and the reader sleeps. */
  owe(): void {
    this.#owed = true;
    this.arrived();
  }

  /** There will soon be no more room: it cannot wait for the next tick. */
  hurry(): void {
    if (this.#state === "ticking" && this.#news) this.#tell();
  }

  /** The application has spoken, and may wait for an answer: from here on it is told at once. */
  prompt(): void {
    this.#wakes = 0;
    if (this.#state !== "ticking") return;
    clearTimeout(this.#timer);
    this.#state = "still";
    if (this.#news) this.arrived();
  }

  #endTurn(): void {
    this.#tell();
    this.#state = this.#wakes > PROMPT ? "ticking" : "still";
    if (this.#state === "ticking") this.#wait();
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      if (this.#news) {
        this.#tell();
        this.#wait();
      } else {
        this.#state = "still";
        this.#wakes = 0;
      }
    }, PERIOD);
  }

  #tell(): void {
    this.#news = false;
    if (this.#user.publish()) this.#owed = true;
    if (!this.#owed) return;
    this.#owed = false;
    this.#user.wake();
    const now = performance.now();
    if (now - this.#since > PERIOD) {
      this.#since = now;
      this.#wakes = 0;
    }
    this.#wakes++;
  }
}

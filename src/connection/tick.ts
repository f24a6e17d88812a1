/**
 * The end of a tick: when everything that one turn of the program sends has been sent, so that it leaves in one write.
 */

type NextTick = (act: () => void) => void;

/**
 * Node runs these after all promises that are ready, so a loop that awaits between two sends still makes one write. Bun
 * and Deno have it too.
 */
const nextTick = (globalThis as { process?: { nextTick?: NextTick } }).process?.nextTick;

/** Turns of the promise queue that a page waits without a further send: enough for `await` and for `for await`. */
const TURNS = 4;

const ready: Promise<void> = /* @__PURE__ */ Promise.resolve();

/** Calls `act` once this turn of the program has nothing more to send. */
export class TickEnd {
  readonly #act: () => void;
  #waiting = false;
  #turns = 0;

  constructor(act: () => void) {
    this.#act = act;
  }

  /** There is something to send. */
  ask(): void {
    this.#turns = TURNS;
    if (this.#waiting) return;
    this.#waiting = true;
    if (nextTick) nextTick(this.#arrived);
    else ready.then(this.#turn);
  }

  readonly #arrived = (): void => {
    this.#waiting = false;
    this.#act();
  };

  readonly #turn = (): void => {
    if (this.#turns-- > 0) ready.then(this.#turn);
    else this.#arrived();
  };
}

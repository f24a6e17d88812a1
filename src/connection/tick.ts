/**
 * The end of a tick: when everything that one turn of the program sends has been sent, so that it leaves in one write.
 */

type NextTick = (act: () => void) => void;

/**
 * Node runs these after all promises that are ready, so a loop that awaits between two sends still makes one write. Bun
 * and Deno have it too.
 */
const engineTick = (globalThis as { process?: { nextTick?: NextTick } }).process?.nextTick;

/** Turns of the promise queue that a page waits without a further send: enough for `await` and for `for await`. */
const TURNS = 4;

const ready: Promise<void> = /* @__PURE__ */ Promise.resolve();

/** Calls `act` once this turn of the program has nothing more to send. */
export class TickEnd {
  readonly #act: () => void;
  readonly #amount: () => number;
  readonly #nextTick: NextTick | undefined;
  #waiting = false;
  /** What there was to send when last looked at, and how many turns have passed without more. */
  #seen = 0;
  #turns = 0;

  /**
   * @param amount - How much there is to send: while it grows, the tick goes on.
   * @param engine - What the engine has; a test says here that it has nothing.
   */
  constructor(
    act: () => void,
    amount: () => number,
    engine: { nextTick: NextTick | undefined } = { nextTick: engineTick },
  ) {
    this.#act = act;
    this.#amount = amount;
    this.#nextTick = engine.nextTick;
  }

  /** Whether `act` will be called. */
  get asked(): boolean {
    return this.#waiting;
  }

  /** There is something to send. */
  ask(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#turns = 0;
    const nextTick = this.#nextTick;
    if (nextTick) nextTick(this.#arrived);
    else ready.then(this.#turn);
  }

  readonly #arrived = (): void => {
    this.#waiting = false;
    this.#act();
  };

  readonly #turn = (): void => {
    const amount = this.#amount();
    this.#turns = amount === this.#seen ? this.#turns + 1 : 0;
    this.#seen = amount;
    if (this.#turns < TURNS) ready.then(this.#turn);
    else this.#arrived();
  };
}

// Ends the story when nothing has moved for ten seconds.
const PATIENCE = 10_000;

export class Watchdog {
  #doing = "";
  #timer;

  constructor(fail) {
    this.#timer = setTimeout(
      () => fail(new Error(`stalled: ${this.#doing}; nothing has moved for ${PATIENCE / 1000} s`)),
      PATIENCE,
    );
  }

  /** What we are doing now, and how far it is. Saying the same again is no sign of life. */
  saw(doing) {
    if (doing === this.#doing) return;
    this.#doing = doing;
    this.#timer.refresh();
  }

  stop() {
    clearTimeout(this.#timer);
  }
}

/** What has come of numbered messages: each once at most, and what is missing only where a connection was cut. */

/** How far behind the newest a number may still come: what two links of one peer hold at once is read in turn. */
const WINDOW = 16_384;

/** Numbers 0, 1, 2, … of one stream, in whatever order. Its memory does not grow: whether others' does is the question. */
export class Ledger {
  /** Numbers that came a second time, or so late that nobody can tell. */
  doubled = 0;
  /** Runs of numbers that never came. */
  gaps = 0;
  missing = 0;
  count = 0;
  #seen = new Uint8Array(WINDOW);
  #highest;
  #settled;
  #inGap = false;

  /** @param from - The first number that has to come; undefined: whichever comes first, as a subscriber sees it. */
  constructor(from) {
    this.#settled = from;
    this.#highest = from === undefined ? -1 : from - 1;
  }

  take(number) {
    this.#settled ??= number;
    if (number < this.#settled || (number <= this.#highest && this.#seen[number % WINDOW] === 1)) {
      this.doubled++;
      return;
    }
    this.count++;
    this.#highest = Math.max(this.#highest, number);
    this.#settle(this.#highest - WINDOW + 1);
    this.#seen[number % WINDOW] = 1;
  }

  /** Nothing more will come: what is missing now is missing for good. */
  close() {
    if (this.#settled !== undefined) this.#settle(this.#highest + 1);
    return this;
  }

  #settle(end) {
    for (; this.#settled < end; this.#settled++) {
      const place = this.#settled % WINDOW;
      const came = this.#seen[place] === 1;
      this.#seen[place] = 0;
      if (came) this.#inGap = false;
      else {
        this.missing++;
        if (!this.#inGap) this.gaps++;
        this.#inGap = true;
      }
    }
  }
}

/** What one side says was done against what the other says was acknowledged, as both tell it, in any order. */
export class Reconciliation {
  acknowledged = 0;
  #done = new Set();
  #waiting = new Set();

  done(keys) {
    for (const key of keys) if (!this.#waiting.delete(key)) this.#done.add(key);
  }

  acknowledge(keys) {
    for (const key of keys) {
      this.acknowledged++;
      if (!this.#done.delete(key)) this.#waiting.add(key);
    }
  }

  /** Acknowledged, and yet nobody has done it. */
  get lost() {
    return this.#waiting.size;
  }
}

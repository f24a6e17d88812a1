/** Events that wait to be asked for, and the run of frames that is being handed out one by one. */
import type { FrameBatch } from "../codec/batch.js";
import type { SessionBatchEvent, SessionEvent } from "./event.js";

export class EventQueue {
  /** There only while there is something: an idle session is to be small. */
  #waiting: SessionBatchEvent[] | undefined;
  #head = 0;
  /** An owned run of which `nextFrame` has handed out the first `#handedOut` frames. */
  #run: FrameBatch | undefined;
  #handedOut = 0;

  add(event: SessionBatchEvent): void {
    this.#waiting ??= [];
    this.#waiting.push(event);
  }

  /** The first event that waits. */
  shift(): SessionBatchEvent | undefined {
    const event = this.#waiting?.[this.#head++];
    if (event !== undefined) return event;
    this.#waiting = undefined;
    this.#head = 0;
    return undefined;
  }

  /** The frames of the run that have not been handed out. */
  restOfRun(): FrameBatch | undefined {
    const run = this.#run;
    const from = this.#handedOut;
    this.#run = undefined;
    return run?.filter((_, i) => i >= from);
  }

  /** The next event with runs taken apart; `next` gives those that come after the run. */
  nextFrame(next: () => SessionBatchEvent | undefined): SessionEvent | undefined {
    for (;;) {
      const run = this.#run;
      if (run !== undefined && this.#handedOut < run.length) {
        return { type: "Frame", frame: run.frame(this.#handedOut++) };
      }
      this.#run = undefined;
      const event = next();
      if (event?.type !== "Frames") return event;
      this.#run = event.batch.toOwned();
      this.#handedOut = 0;
    }
  }
}

/** An iterator over what `next` gives, until it gives undefined. */
export function iterate<T>(next: () => T | undefined): IterableIterator<T> {
  return {
    [Symbol.iterator]() {
      return this;
    },
    next() {
      const value = next();
      return value === undefined ? { done: true, value } : { done: false, value };
    },
  };
}

/** Events that wait to be asked for, and a run of frames that is handed out one by one. */
import type { FrameBatch } from "../codec/batch.js";
import type { Frame } from "../codec/frame.js";
import type { SessionBatchEvent } from "./event.js";

/** Events in the order they were added. */
export class EventQueue {
  readonly #waiting: SessionBatchEvent[] = [];
  #head = 0;

  add(event: SessionBatchEvent): void {
    this.#waiting.push(event);
  }

  /** The first event that waits; undefined if none does. */
  shift(): SessionBatchEvent | undefined {
    return this.#waiting[this.#head++];
  }
}

/** An owned run, frame by frame. */
export class FrameByFrame {
  readonly #run: FrameBatch;
  #handedOut = 0;

  constructor(run: FrameBatch) {
    this.#run = run;
  }

  next(): Frame | undefined {
    return this.#handedOut < this.#run.length ? this.#run.frame(this.#handedOut++) : undefined;
  }

  /** The frames that have not been handed out. */
  rest(): FrameBatch | undefined {
    return this.#run.filter((_, i) => i >= this.#handedOut);
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

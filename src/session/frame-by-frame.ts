/** A run of frames handed out one by one, as `receive` reports them. */
import type { FrameBatch } from "../codec/batch.js";
import type { Frame } from "../codec/frame.js";

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

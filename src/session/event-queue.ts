/** Events of a session that wait to be asked for. */
import type { SessionBatchEvent } from "./event.js";

/** Events in the order they were added. It never shrinks: whoever has emptied it throws it away. */
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

/** How many commands a peer may send that nobody asked for: each costs an answer or at least a look. */
import { COMMAND_BURST, COMMANDS_PER_SECOND } from "./limits.js";

/** A bucket that fills with time: so many at once, then so many a second. */
export class CommandRate {
  #left = COMMAND_BURST;
  /** When it was filled last. */
  #since = Date.now();

  /** Whether one more is tolerated now. The clock is looked at only when the bucket is empty. */
  allows(): boolean {
    if (this.#left === 0) this.#fill();
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }

  #fill(): void {
    const now = Date.now();
    const seconds = (now - this.#since) / 1000;
    this.#since = now;
    this.#left = Math.min(COMMAND_BURST, Math.floor(seconds * COMMANDS_PER_SECOND));
  }
}

/** Looking for an answer again and again in place of sleeping until it comes: waking takes longer than most answers. */
import { setImmediate } from "node:timers";

/** When this thread goes back to sleep, in `performance.now()`'s milliseconds. */
let until = 0;
let polling = false;

/**
 * Keeps the event loop from sleeping for so many microseconds from now on; whatever comes meanwhile is taken in as
 * ever.
 */
export function busyPoll(microseconds: number): void {
  until = Math.max(until, performance.now() + microseconds / 1000);
  if (polling) return;
  polling = true;
  setImmediate(goOn);
}

function goOn(): void {
  polling = performance.now() < until;
  if (polling) setImmediate(goOn);
}

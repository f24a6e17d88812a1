/** A thread that is busy: timers, sockets and promises of it wait. */
import { performance } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";

/** Far longer than a peer takes to act on a busy machine, and shorter than `BUSY`: milliseconds. */
export const PATIENCE = 1500;
/** How long a thread is busy that comes too late to every deadline of `PATIENCE`: milliseconds. */
export const BUSY = 2500;

/** Keeps this thread from doing anything else. */
export function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** As many turns of the loop as it takes to accept a socket that is connected. */
export async function someTurns(): Promise<void> {
  for (let i = 0; i < 10; i++) await turn();
}

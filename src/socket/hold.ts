/** What keeps a process alive: sockets do not, whoever waits for something of theirs does. */
import { LONGEST_TIMER } from "../connection/timer.js";

const { process } = globalThis as { process?: unknown };

interface NodeTimer {
  ref(): void;
  unref(): void;
}

let holders = 0;
let timer: NodeTimer | undefined;

/**
 * @internal Keeps the process alive until `release`: somebody waits for something of ours. Without effect in a page.
 */
export function hold(): void {
  if (holders++ > 0) return;
  timer ??= nodeTimer();
  timer?.ref();
}

/** @internal Undoes one `hold`. */
export function release(): void {
  if (--holders === 0) timer?.unref();
}

function nodeTimer(): NodeTimer | undefined {
  if (process === undefined) return undefined;
  const made: unknown = setInterval(() => {}, LONGEST_TIMER);
  return typeof made === "object" ? (made as NodeTimer) : undefined;
}

/** Timers that keep no process alive. */

/** A timer, for `clearTimeout`. */
export type Timer = ReturnType<typeof setTimeout>;

/** Platforms count a timer's milliseconds in 31 bits; what lasts longer, `Infinity` included, never comes. */
const LONGEST = 0x7fffffff;

/** Calls `act` after so many milliseconds. Returns nothing if that is longer than platforms count. */
export function after(milliseconds: number, act: () => void): Timer | undefined {
  if (milliseconds > LONGEST) return undefined;
  const timer = setTimeout(act, milliseconds) as Timer & { unref?: () => void };
  timer.unref?.();
  return timer;
}

const setImmediate = (globalThis as { setImmediate?: (act: () => void) => void }).setImmediate;

/** Milliseconds that a page's event loop is given to hand over what has come. */
const MOMENT = 50;

/**
 * Calls `act` when this thread has read whatever had come before: timers that were late run before the sockets are
 * read. Node reads its sockets between a timer and an immediate; the second makes sure of one whole turn.
 */
export function onceRead(act: () => void): void {
  if (setImmediate) setImmediate(() => setImmediate(act));
  else after(0, () => after(MOMENT, act));
}

/** Timers that keep no process alive. */

/** A timer, for `clearTimeout`. */
export type Timer = ReturnType<typeof setTimeout>;

/** Platforms count a timer's milliseconds in 31 bits; what lasts longer, `Infinity` included, never comes. */
export const LONGEST_TIMER = 0x7fffffff;

/** Calls `act` after so many milliseconds. Returns nothing if that is longer than platforms count. */
export function after(milliseconds: number, act: () => void): Timer | undefined {
  if (milliseconds > LONGEST_TIMER) return undefined;
  const timer = setTimeout(act, milliseconds) as Timer & { unref?: () => void };
  timer.unref?.();
  return timer;
}

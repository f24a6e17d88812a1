/** Timers that keep no process alive. */

export type Timer = ReturnType<typeof setTimeout>;

export function after(milliseconds: number, act: () => void): Timer {
  const timer = setTimeout(act, milliseconds) as Timer & { unref?: () => void };
  timer.unref?.();
  return timer;
}

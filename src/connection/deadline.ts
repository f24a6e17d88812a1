/** Deadlines for peers: if this thread was busy, that is not taken for the silence of a peer. */
import { after, type Timer } from "./timer.js";

/** What Node, Deno and Bun have beside timers, and pages have not. */
type WithImmediates = { setImmediate?: (act: () => void) => void };

/** Milliseconds that a page's event loop is given to hand over what has come. */
const MOMENT = 50;

/** A timer that is late by fewer milliseconds than these says nothing: on an idle thread some are late, too. */
const PUNCTUAL = 100;

/**
 * Calls `act` when this thread has read whatever had come before: timers that were late run before the sockets are
 * read. Node reads its sockets between a timer and an immediate; the second makes sure of one whole turn.
 */
export function onceRead(act: () => void): void {
  const { setImmediate } = globalThis as WithImmediates;
  if (setImmediate) setImmediate(() => setImmediate(act));
  else after(0, () => after(MOMENT, act));
}

/**
 * Calls `act` unless the returned function is called before: after so many milliseconds, and after a look at what has
 * come. If the timer was late, this thread was busy, and others may still wait for our next word: they are given the
 * time by which it was late on top, once, and at most as long as they had at first.
 */
export function deadline(milliseconds: number, act: () => void): () => void {
  let timer: Timer | undefined;
  let stopped = false;
  const wait = (time: number, late: (by: number) => void) => {
    const due = Date.now() + time;
    timer = after(time, () =>
      onceRead(() => {
        if (!stopped) late(Date.now() - due);
      }),
    );
  };
  wait(milliseconds, (by) => {
    if (by > PUNCTUAL) wait(Math.min(by, milliseconds), act);
    else act();
  });
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** One deadline at a time. */
export class Patience {
  #stop: (() => void) | undefined;

  /** Waits for this from now on, as `deadline` does, and no longer for what was waited for before. */
  wait(milliseconds: number, act: () => void): void {
    this.#stop?.();
    this.#stop = deadline(milliseconds, act);
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}

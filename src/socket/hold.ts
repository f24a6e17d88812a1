/** What keeps a process alive: sockets do not, whoever waits for something of theirs does. */
import { LONGEST_TIMER } from "../connection/timer.js";

interface Engine {
  readonly process?: unknown;
  setInterval(act: () => void, milliseconds: number): unknown;
}

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

/** @internal A timer that can hold a process; undefined where there is none, or where timers are numbers. */
export function nodeTimer(engine: Engine = globalThis): NodeTimer | undefined {
  if (engine.process === undefined) return undefined;
  const made = engine.setInterval(() => {}, LONGEST_TIMER);
  return typeof made === "object" ? (made as NodeTimer) : undefined;
}

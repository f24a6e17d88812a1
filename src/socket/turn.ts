/** A turn of the event loop, a warning, what keeps a process alive: by what the engine has, without naming one. */

interface Engine {
  setImmediate?: (run: () => void) => unknown;
  process?: { emitWarning?: (text: string) => void };
}

const engine = globalThis as Engine;

/** @internal Runs `run` once the event loop has gone round. */
export function nextTurn(run: () => void): void {
  if (engine.setImmediate !== undefined) engine.setImmediate(run);
  else setTimeout(run);
}

/** @internal A warning of the process, where there is one. */
export function warn(text: string): void {
  if (engine.process?.emitWarning !== undefined) engine.process.emitWarning(text);
  else console.warn(text);
}

interface NodeTimer {
  ref(): void;
  unref(): void;
}

/** As long as a timer can be. */
const FOREVER = 2 ** 31 - 1;

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
  if (engine.process === undefined) return undefined;
  const made: unknown = setInterval(() => {}, FOREVER);
  return typeof made === "object" ? (made as NodeTimer) : undefined;
}

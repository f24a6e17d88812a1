/** A turn of the event loop, by what the engine has, without naming one. */

const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => unknown };

/** @internal Runs `run` once the event loop has gone round. */
export function nextTurn(run: () => void): void {
  if (setImmediate !== undefined) setImmediate(run);
  else setTimeout(run);
}

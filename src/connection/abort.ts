/** Abort signals. Any number of connections may share one: it gets one listener for all of them. */

const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `act` when the signal is aborted, at once if it is already. Returns a function that cancels it. */
export function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal?.aborted) act();
  if (signal === undefined || signal.aborted) return () => {};
  const acts = waiting.get(signal) ?? listenTo(signal);
  acts.add(act);
  return () => acts.delete(act);
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const acts = new Set<() => void>();
  waiting.set(signal, acts);
  const all = () => {
    for (const act of [...acts]) act();
  };
  signal.addEventListener("abort", all, { once: true });
  return acts;
}

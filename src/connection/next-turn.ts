/** A turn of the event loop, given back at once: a page's timers would hold up each by milliseconds. */

const { setImmediate } = globalThis as { setImmediate?: (run: () => void) => unknown };

let channel: MessageChannel | undefined;
const waiting: (() => void)[] = [];

/** Runs `run` once the event loop has gone round. */
export function nextTurn(run: () => void): void {
  if (setImmediate !== undefined) {
    setImmediate(run);
    return;
  }
  if (channel === undefined) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => waiting.shift()?.();
  }
  waiting.push(run);
  channel.port2.postMessage(undefined);
}

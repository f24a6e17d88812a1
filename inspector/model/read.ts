/** Reads a whole file or paste into a log, in slices: raw octets, as the side that listened sent them. */
import { Breath } from "./breath.js";
import { BITE, type Log } from "./log.js";

/** `shown` is called between two slices. Stops when the signal says so. */
export async function read(source: Uint8Array, log: Log, shown: () => void, signal: AbortSignal): Promise<void> {
  const breath = new Breath();
  const conversation = log.conversation("raw", "raw octets", "zmtp");
  for (let at = 0; at < source.length; at += BITE) {
    log.read(conversation, "server", source.subarray(at, at + BITE));
    if (!breath.due) continue;
    shown();
    await breath.take();
    if (signal.aborted) return;
  }
  log.end(conversation, "server");
}

/** One message as a run: for whoever takes runs, where frames have come one by one. RFC 37, "Messages". */
import { type FrameBatch, ownedFrame } from "./batch.js";
import { joinBatches } from "./join.js";

/** @internal The frames of one message as an owned run. */
export function runOf(message: readonly Uint8Array[]): FrameBatch {
  const last = message.length - 1;
  return last === 0
    ? ownedFrame(message[0], false, false)
    : joinBatches(message.map((payload, i) => ownedFrame(payload, i < last, false)));
}

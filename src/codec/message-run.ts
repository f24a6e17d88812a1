/** Messages and runs of them: one made into a run, those of a run counted. RFC 37, "Messages". */
import { type FrameBatch, ownedFrame } from "./batch.js";
import { joinBatches } from "./join.js";

/** @internal The frames of one message as an owned run. */
export function runOf(message: readonly Uint8Array[]): FrameBatch {
  const last = message.length - 1;
  return last === 0
    ? ownedFrame(message[0], false, false)
    : joinBatches(message.map((payload, i) => ownedFrame(payload, i < last, false)));
}

/** @internal How many messages a run holds: frames without MORE end one each. */
export function messagesIn(batch: FrameBatch): number {
  const { length } = batch;
  let messages = 0;
  for (let i = 0; i < length; i++) if (!batch.more(i)) messages++;
  return messages;
}

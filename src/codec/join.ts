/** Frames of several batches laid one behind the other, as one run. RFC 37, "Framing". */
import { FrameBatch, moveRows } from "./batch.js";
import { framedSize, writeFrame } from "./forward.js";
import { LARGEST_FRAME } from "./frame.js";
import { MORE_BIT } from "./layout.js";

/**
 * @internal One owned batch of all frames of `batches`, in order: one run, whatever they were. Frames that lay
 * apart are framed anew.
 *
 * @throws {@link ZmtpError} STALE_BATCH; a TypeError for none, or for a command among others, which is alone in its
 *   batch.
 */
export function joinBatches(batches: readonly FrameBatch[]): FrameBatch {
  if (batches.length === 0) throw new TypeError("no batches to join");
  if (batches.length === 1) return batches[0].toOwned();
  let frames = 0;
  let octets = 0;
  for (const batch of batches) {
    if (batch.command(0)) throw new TypeError("a command is alone in its batch: it joins no other frames");
    frames += batch.length;
    octets += framedSize(batch);
  }
  if (octets > LARGEST_FRAME) throw new RangeError(`joined, the batches would have ${octets} octets: over 2^31-1`);
  const bytes = new Uint8Array(octets);
  const table = new Int32Array(frames * 2);
  let at = 0;
  let row = 0;
  for (const batch of batches) {
    const { run } = batch;
    if (run === undefined) at = frameInto(batch, bytes, at, table, row);
    else {
      bytes.set(run, at);
      moveRows(batch.rows, batch.length, table, row, at - batch.from);
      at += run.length;
    }
    row += 2 * batch.length;
  }
  return new FrameBatch(bytes, table, frames, false, 0, undefined, true);
}

/** Frames anew what lies apart, at `at`, with rows into `table`; returns where the last frame ends. */
function frameInto(batch: FrameBatch, out: Uint8Array, at: number, table: Int32Array, row: number): number {
  let end = at;
  for (let i = 0; i < batch.length; i++) {
    end = writeFrame(batch, i, out, end);
    table[row + 2 * i] = end - (batch.end(i) - batch.start(i));
    table[row + 2 * i + 1] = end | (batch.more(i) ? MORE_BIT : 0);
  }
  return end;
}

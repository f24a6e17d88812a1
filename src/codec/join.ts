/** Frames of several batches laid one behind the other, as one run. RFC 37, "Framing". */
import type { FrameBatch } from "./batch.js";
import { LARGEST_FRAME, MORE, sizeOfHeader, writeHeader } from "./frame.js";
import { MORE_BIT } from "./layout.js";
import type { Octets } from "./payload.js";

/** @internal Octets with their rows. */
export interface Run {
  readonly bytes: Octets;
  readonly table: Int32Array;
  readonly frames: number;
}

/** @internal All frames of batches that hold no command, in order. What lay apart is framed anew. */
export function joined(batches: readonly FrameBatch[]): Run {
  let frames = 0;
  let octets = 0;
  for (const batch of batches) {
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
      moveRows(batch.rows, table, row, at - batch.from);
      at += run.length;
    }
    row += 2 * batch.length;
  }
  return { bytes, table, frames };
}

/** @internal Writes rows into `table` from word `at` on, for octets that lie `shift` further on. */
export function moveRows(rows: Int32Array, table: Int32Array, at: number, shift: number): void {
  for (let i = 0; i < rows.length; i += 2) {
    table[at + i] = rows[i] + shift;
    // MORE in the top bit is left alone: no end comes to lie before the first octet, or behind 2^31-1.
    table[at + i + 1] = rows[i + 1] + shift;
  }
}

/** Octets of its frames with their headers. */
function framedSize(batch: FrameBatch): number {
  if (batch.from >= 0) return batch.size;
  let octets = 0;
  for (let i = 0; i < batch.length; i++) {
    const length = batch.end(i) - batch.start(i);
    octets += sizeOfHeader(length) + length;
  }
  return octets;
}

/** Frames anew what lies apart, at `at`, with rows into `table`; returns where the last frame ends. */
function frameInto(batch: FrameBatch, out: Uint8Array, at: number, table: Int32Array, row: number): number {
  let end = at;
  for (let i = 0; i < batch.length; i++) {
    const payload = batch.payload(i);
    const more = batch.more(i);
    const start = writeHeader(out, end, more ? MORE : 0, payload.length);
    out.set(payload, start);
    end = start + payload.length;
    table[row + 2 * i] = start;
    table[row + 2 * i + 1] = end | (more ? MORE_BIT : 0);
  }
  return end;
}

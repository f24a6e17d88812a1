/** A batch as octets to send: one copy where it lies as it came, else framed anew. RFC 37, "Framing". */
import type { FrameBatch } from "./batch.js";
import type { Engine } from "./engine.js";
import { COMMAND, MORE, sizeOfHeader, writeHeader } from "./frame.js";
import { END_MASK } from "./layout.js";
import type { Octets } from "./payload.js";

/** Payloads of at most so many octets are copied faster by a loop than by `set`. */
const LOOPED = 8;

/** @internal All frames of a batch as octets, owned. */
export function encodeBatch(batch: FrameBatch, engine: Engine): Octets {
  const { run } = batch;
  // The constructor copies. To make memory and then fill it, the engine would clear it first.
  if (run !== undefined) return new Uint8Array(run);
  const rows = batch.rowsFor(engine);
  if (rows !== undefined) return gathered(batch, rows, engine);
  const out = new Uint8Array(framedSize(batch));
  let at = 0;
  for (let i = 0; i < batch.length; i++) at = writeFrame(batch, i, out, at);
  return out;
}

/** Frames in the engine's window. Where its output holds them all, nobody need look at their lengths first. */
function gathered(batch: FrameBatch, rows: Int32Array, engine: Engine): Octets {
  const { length } = batch;
  const { output, selection, status } = engine;
  selection.set(rows);
  let size = engine.gather(0, length);
  if (status[0] === length) return output.slice(0, size) as Octets;
  const out = new Uint8Array(framedSize(batch));
  let at = 0;
  for (;;) {
    out.set(output.subarray(0, size), at);
    const next = status[0];
    if (next === length) return out;
    // The one for which there was no room is copied on its own, for it may be too large for the output.
    at = writeFrame(batch, next, out, at + size);
    size = engine.gather(next + 1, length);
  }
}

/** @internal Octets of its frames with their headers. */
export function framedSize(batch: FrameBatch): number {
  if (batch.from >= 0) return batch.size;
  const { rows } = batch;
  let octets = 0;
  for (let i = 0; i < rows.length; i += 2) {
    const length = (rows[i + 1] & END_MASK) - rows[i];
    octets += sizeOfHeader(length) + length;
  }
  return octets;
}

/** @internal Writes frame `i` of a batch at `at`, header and payload; returns where it ends. */
export function writeFrame(batch: FrameBatch, i: number, out: Uint8Array, at: number): number {
  const start = batch.start(i);
  const length = batch.end(i) - start;
  const to = writeHeader(out, at, (batch.more(i) ? MORE : 0) | (batch.command(i) ? COMMAND : 0), length);
  if (length > LOOPED) out.set(batch.payload(i), to);
  else {
    const { bytes } = batch;
    for (let k = 0; k < length; k++) out[to + k] = bytes[start + k];
  }
  return to + length;
}

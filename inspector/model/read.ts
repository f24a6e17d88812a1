/** Reads a whole file or paste into a log, in slices: a capture, a recording of `monocoque tap`, or raw octets. */
import { isPcap, isRecording, type Recorded, RecordingReader, readPcap, type Side } from "../inspect.js";
import { Breath } from "./breath.js";
import type { Conversation } from "./conversation.js";
import { BITE, type Log } from "./log.js";

/** As a recording has it. Raw octets have no time, and come from the side that listened. */
type Piece = Omit<Recorded, "time"> & { readonly time?: number };

/** `shown` is called between two slices. Stops when the signal says so; throws what the source's format forbids. */
export async function read(source: Uint8Array, log: Log, shown: () => void, signal: AbortSignal): Promise<void> {
  const breath = new Breath();
  const unended = new Map<Conversation, Set<Side>>();
  const { titleOf, pieces } = formOf(source);
  for (const { connection, side, octets, time, missing } of pieces) {
    // What lies behind a gap has lost its place in the stream: it would read as faults of the peer's.
    if (missing) throw new Error(`the capture lacks ${missing} octets here: what follows is not shown`);
    const conversation = log.conversation(connection, titleOf(connection), "zmtp");
    const seconds = time === undefined ? undefined : time / 1000;
    const sides = unended.get(conversation) ?? new Set();
    unended.set(conversation, sides);
    if (octets === undefined) {
      sides.delete(side);
      log.end(conversation, side, seconds);
    } else {
      sides.add(side);
      log.read(conversation, side, octets, seconds);
    }
    if (!breath.due) continue;
    shown();
    await breath.take();
    if (signal.aborted) return;
  }
  for (const [conversation, sides] of unended) for (const side of sides) log.end(conversation, side);
}

interface Form {
  readonly titleOf: (connection: number) => string;
  readonly pieces: Iterable<Piece>;
}

/** Which form a source has, told by its first octets. */
function formOf(source: Uint8Array): Form {
  const numbered = (connection: number) => `connection ${connection}`;
  if (isPcap(source)) return { titleOf: numbered, pieces: bites(readPcap(source)) };
  if (isRecording(source)) return { titleOf: numbered, pieces: bites(recorded(source)) };
  const octets = source;
  return { titleOf: () => "raw octets", pieces: bites([{ connection: 0, side: "server", octets }]) };
}

function* recorded(source: Uint8Array): Generator<Recorded, void> {
  const reader = new RecordingReader();
  for (let at = 0; at < source.length; ) {
    // The reader copies what it holds each time: a long record comes in pieces that double, so the work stays linear.
    const end = at + Math.max(BITE, reader.unfinished);
    yield* reader.push(source.subarray(at, end));
    at = end;
  }
  if (reader.unfinished > 0) throw new Error("the recording breaks off inside a record");
}

/** No piece is longer than a story is given at once. */
function* bites(pieces: Iterable<Piece>): Generator<Piece, void> {
  for (const piece of pieces) {
    const { octets } = piece;
    if (octets === undefined || octets.length <= BITE) yield piece;
    else for (let at = 0; at < octets.length; at += BITE) yield { ...piece, octets: octets.subarray(at, at + BITE) };
  }
}

/** Reads a whole file or paste into a log, in slices: a capture, a recording of `monocoque tap`, or raw octets. */
import {
  isPcap,
  isRecording,
  RECORDING_MAGIC,
  type Recorded,
  RecordingReader,
  readPcap,
  type Side,
} from "../inspect.js";
import { Breath } from "./breath.js";
import { BITE, type Log } from "./log.js";

/** What is asked of a file at a time: little at first, so that the first entries are seen at once. */
const FIRST = 1 << 18;
const NEXT = 1 << 22;
/** Pieces between two looks at the clock. */
const UNWATCHED = 4;

/** As a recording has it. Raw octets have no time. */
type Piece = Omit<Recorded, "time"> & { readonly time?: number };

/** A source, and who sent its octets if they are raw. */
export interface Source {
  readonly octets: Blob;
  readonly side: Side;
}

/** `shown` is called between two slices. Stops when the signal says so; throws what the source's format forbids. */
export async function read(
  { octets: source, side }: Source,
  log: Log,
  shown: () => void,
  signal: AbortSignal,
): Promise<void> {
  const breath = new Breath();
  const form = formOf(await octetsOf(source.slice(0, RECORDING_MAGIC.length)), side);
  let unwatched = 0;
  for await (const octets of partsOf(source, form)) {
    for (const piece of bites(form.pieces(octets))) {
      hear(log, form, piece);
      if (++unwatched % UNWATCHED > 0 || !breath.due) continue;
      shown();
      await breath.take();
      if (signal.aborted) return;
    }
  }
  form.end();
  for (const conversation of log.conversations) for (const side of conversation.open) log.end(conversation, side);
}

function hear(log: Log, { titleOf }: Form, { connection, side, octets, time, missing }: Piece): void {
  const conversation = log.known(connection) ?? log.begin(connection, titleOf(connection), "stream");
  const seconds = time === undefined ? undefined : time / 1000;
  if (missing) log.gap(conversation, side, missing, seconds);
  if (octets === undefined) log.end(conversation, side, seconds);
  else log.read(conversation, side, octets, seconds);
}

/** Which form a source has. */
interface Form {
  readonly titleOf: (connection: number) => string;
  /** Whether it is read in one piece: a capture's octets may come in any order. */
  readonly atOnce: boolean;
  /** What the next octets of the source bring. */
  pieces(octets: Uint8Array): Iterable<Piece>;
  /** The source is over. */
  end(): void;
}

/** Told by a source's first octets. */
function formOf(first: Uint8Array, side: Side): Form {
  const numbered = (connection: number) => `connection ${connection}`;
  if (isPcap(first)) return { titleOf: numbered, atOnce: true, pieces: readPcap, end: () => {} };
  if (isRecording(first)) return { titleOf: numbered, ...recording() };
  const pieces = (octets: Uint8Array) => [{ connection: 0, side, octets }];
  return { titleOf: () => "raw octets", atOnce: false, pieces, end: () => {} };
}

function recording(): Omit<Form, "titleOf"> {
  const reader = new RecordingReader();
  return {
    atOnce: false,
    *pieces(octets) {
      for (let at = 0; at < octets.length; ) {
        // The reader copies what it holds each time: a long record comes in pieces that double, so the work stays linear.
        const end = at + Math.max(BITE, reader.unfinished);
        yield* reader.push(octets.subarray(at, end));
        at = end;
      }
    },
    end() {
      if (reader.unfinished > 0) throw new Error("the recording breaks off inside a record");
    },
  };
}

const octetsOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());

async function* partsOf(source: Blob, { atOnce }: Form): AsyncGenerator<Uint8Array, void> {
  let size = atOnce ? source.size : FIRST;
  for (let at = 0; at < source.size; ) {
    yield await octetsOf(source.slice(at, at + size));
    at += size;
    size = NEXT;
  }
}

/** No piece is longer than a story is given at once. */
function* bites(pieces: Iterable<Piece>): Generator<Piece, void> {
  for (const piece of pieces) {
    const { octets } = piece;
    if (octets === undefined || octets.length <= BITE) {
      yield piece;
      continue;
    }
    yield { ...piece, octets: octets.subarray(0, BITE) };
    const rest = { ...piece, missing: 0 };
    for (let at = BITE; at < octets.length; at += BITE) yield { ...rest, octets: octets.subarray(at, at + BITE) };
  }
}

/**
 * A model check of the ring between two threads: every interleaving of its atomic steps, for a ring and a stream small
 * enough to try them all. The steps stand in the order of `ring.ts`; where one is left out, the check must find what
 * goes wrong.
 */
import { describe, expect, it } from "vitest";

const SLOTS = 4;
/** Each takes two slots, one behind the other. */
const CHUNKS = 2;
const MESSAGES = 7;

/** All that two threads share and know. `at` is the step a thread does next. */
interface State {
  readonly written: number;
  readonly freed: number;
  readonly readerWaits: boolean;
  readonly writerWaits: boolean;
  /** What lies in the chunks, where each slot says. */
  readonly cells: readonly number[];
  readonly writer: Thread;
  readonly reader: Thread;
}

interface Thread {
  readonly at: string;
  /** Slots written or freed so far, by its own count. */
  readonly done: number;
  /** Somebody has woken it, and it does not know yet. */
  readonly woken: boolean;
}

/** What a check may leave out, to see that it is needed. */
interface Flaws {
  readonly noSecondLook?: boolean;
  readonly tellsTooEarly?: boolean;
  readonly takesChunkTooEarly?: boolean;
}

type Move = (state: State, flaws: Flaws) => State;

const begins = ({ done }: Thread) => done % 2 === 0;
/** No slot, or no chunk where one is needed: all slots in it must have been given back. */
const full = ({ writer, freed }: State, { takesChunkTooEarly }: Flaws) =>
  writer.done - freed >= SLOTS || (begins(writer) && !takesChunkTooEarly && writer.done - freed > 2 * (CHUNKS - 1));
const empty = ({ reader, written }: State) => written === reader.done;
const writerAt = (state: State, at: string, more: Partial<State> = {}): State => ({
  ...state,
  ...more,
  writer: { ...(more.writer ?? state.writer), at },
});
const readerAt = (state: State, at: string, more: Partial<State> = {}): State => ({
  ...state,
  ...more,
  reader: { ...(more.reader ?? state.reader), at },
});

/** `claim`, `claimChunk`, a plain store into the chunk, `publish`. */
const WRITER: Record<string, Move> = {
  look: (s, flaws) => {
    if (!full(s, flaws)) return writerAt(s, "take");
    return writerAt(s, flaws.noSecondLook ? "sleepSaid" : "sayWaits");
  },
  sayWaits: (s) => writerAt(s, "lookAgain", { writerWaits: true }),
  lookAgain: (s, flaws) => writerAt(s, full(s, flaws) ? "sleep" : "takeBack"),
  takeBack: (s) => writerAt(s, "take", { writerWaits: false }),
  // A socket may write anywhere in a chunk that was taken.
  take: (s) => {
    if (!begins(s.writer)) return writerAt(s, "fill");
    const at = s.writer.done % SLOTS;
    return writerAt(s, "fill", { cells: s.cells.with(at, -1).with(at + 1, -1) });
  },
  sleepSaid: (s) => writerAt(s, "sleep", { writerWaits: true }),
  fill: (s, { tellsTooEarly }) => {
    if (tellsTooEarly) return writerAt(s, "fillLate", { written: s.written + 1 });
    return writerAt(s, "count", { cells: s.cells.with(s.writer.done % SLOTS, s.writer.done) });
  },
  fillLate: (s) =>
    writerAt(s, "wake", {
      cells: s.cells.with(s.writer.done % SLOTS, s.writer.done),
      writer: { ...s.writer, done: s.writer.done + 1 },
    }),
  count: (s) => writerAt(s, "wake", { written: s.written + 1, writer: { ...s.writer, done: s.writer.done + 1 } }),
  wake: (s) => {
    const reader = s.readerWaits ? { ...s.reader, woken: true } : s.reader;
    return writerAt({ ...s, readerWaits: false, reader }, s.writer.done === MESSAGES ? "end" : "look");
  },
};

/** `peek`, plain loads from the chunk, `free`. */
const READER: Record<string, Move> = {
  look: (s, { noSecondLook }) => {
    if (!empty(s)) return readerAt(s, "read");
    return readerAt(s, noSecondLook ? "sleepSaid" : "sayWaits");
  },
  sayWaits: (s) => readerAt(s, "lookAgain", { readerWaits: true }),
  lookAgain: (s) => readerAt(s, empty(s) ? "sleep" : "takeBack"),
  takeBack: (s) => readerAt(s, "read", { readerWaits: false }),
  sleepSaid: (s) => readerAt(s, "sleep", { readerWaits: true }),
  read: (s) => {
    // What is read is what was written, or the ring has torn.
    if (s.cells[s.reader.done % SLOTS] !== s.reader.done) throw new Error(`torn at message ${s.reader.done}`);
    return readerAt(s, "count");
  },
  count: (s) => readerAt(s, "wake", { freed: s.freed + 1, reader: { ...s.reader, done: s.reader.done + 1 } }),
  wake: (s) => {
    const writer = s.writerWaits ? { ...s.writer, woken: true } : s.writer;
    return readerAt({ ...s, writerWaits: false, writer }, s.reader.done === MESSAGES ? "end" : "look");
  },
};

/** The states that one step of either thread leads to. Whoever sleeps goes on when it has been woken. */
function* next(state: State, flaws: Flaws): Generator<State> {
  const { writer, reader } = state;
  const asleep = (thread: Thread) => thread.at === "sleep" || thread.at === "end";
  if (!asleep(writer)) yield WRITER[writer.at](state, flaws);
  else if (writer.at === "sleep" && writer.woken) yield { ...state, writer: { ...writer, at: "look", woken: false } };
  if (!asleep(reader)) yield READER[reader.at](state, flaws);
  else if (reader.at === "sleep" && reader.woken) yield { ...state, reader: { ...reader, at: "look", woken: false } };
}

/** Tries every order of steps. Returns how many states there are; throws for one in which the ring fails. */
function explore(flaws: Flaws = {}): number {
  const begun: Thread = { at: "look", done: 0, woken: false };
  const first: State = {
    written: 0,
    freed: 0,
    readerWaits: false,
    writerWaits: false,
    cells: Array(SLOTS).fill(-1),
    writer: begun,
    reader: begun,
  };
  const seen = new Set([JSON.stringify(first)]);
  const waiting = [first];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    const after = [...next(state, flaws)];
    const ended = state.writer.at === "end" && state.reader.at === "end";
    if (after.length === 0 && !ended) throw new Error(`both sleep, and ${state.reader.done} messages were read`);
    for (const each of after) {
      const key = JSON.stringify(each);
      if (seen.has(key)) continue;
      seen.add(key);
      waiting.push(each);
    }
  }
  return seen.size;
}

describe("every interleaving of a writer and a reader", () => {
  it("reads each message once, whole and in order, and leaves nobody asleep", () => {
    const states = explore();
    console.log(`${states} states of ${MESSAGES} messages in ${SLOTS} slots and ${CHUNKS} chunks`);
    expect(states).toBeGreaterThan(1000);
  });

  it("would find a wake that is missed without the second look", () => {
    expect(() => explore({ noSecondLook: true })).toThrow("both sleep");
  });

  it("would find a chunk that is taken while some of it is still read", () => {
    expect(() => explore({ takesChunkTooEarly: true })).toThrow("torn");
  });

  it("would find a slot that is told of before it is filled", () => {
    expect(() => explore({ tellsTooEarly: true })).toThrow("torn");
  });
});

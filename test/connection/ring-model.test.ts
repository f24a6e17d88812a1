/**
 * A model check of the ring between two threads: every interleaving of its atomic steps, for a ring and a stream small
 * enough to try them all. The steps stand in the order of `ring.ts`; where one is left out, the check must find what
 * goes wrong.
 */
import { describe, expect, it } from "vitest";

const SLOTS = 2;
const MESSAGES = 5;

/** All that two threads share and know. `at` is the step a thread does next. */
interface State {
  readonly written: number;
  readonly freed: number;
  readonly readerWaits: boolean;
  readonly writerWaits: boolean;
  readonly slots: readonly number[];
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
}

type Move = (state: State, flaws: Flaws) => State;

const full = ({ writer, freed }: State) => writer.done - freed >= SLOTS;
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

/** `claim`, a plain store into the slot, `publish`. */
const WRITER: Record<string, Move> = {
  look: (s, { noSecondLook }) => {
    if (!full(s)) return writerAt(s, "fill");
    return writerAt(s, noSecondLook ? "sleepSaid" : "sayWaits");
  },
  sayWaits: (s) => writerAt(s, "lookAgain", { writerWaits: true }),
  lookAgain: (s) => writerAt(s, full(s) ? "sleep" : "takeBack"),
  takeBack: (s) => writerAt(s, "fill", { writerWaits: false }),
  sleepSaid: (s) => writerAt(s, "sleep", { writerWaits: true }),
  fill: (s, { tellsTooEarly }) => {
    if (tellsTooEarly) return writerAt(s, "fillLate", { written: s.written + 1 });
    return writerAt(s, "count", { slots: s.slots.with(s.writer.done % SLOTS, s.writer.done) });
  },
  fillLate: (s) =>
    writerAt(s, "wake", {
      slots: s.slots.with(s.writer.done % SLOTS, s.writer.done),
      writer: { ...s.writer, done: s.writer.done + 1 },
    }),
  count: (s) => writerAt(s, "wake", { written: s.written + 1, writer: { ...s.writer, done: s.writer.done + 1 } }),
  wake: (s) => {
    const reader = s.readerWaits ? { ...s.reader, woken: true } : s.reader;
    return writerAt({ ...s, readerWaits: false, reader }, s.writer.done === MESSAGES ? "end" : "look");
  },
};

/** `peek`, plain loads from the slot, `free`. */
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
    if (s.slots[s.reader.done % SLOTS] !== s.reader.done) throw new Error(`torn at message ${s.reader.done}`);
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
    slots: Array(SLOTS).fill(-1),
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
    expect(explore()).toBeGreaterThan(1000);
  });

  it("would find a wake that is missed without the second look", () => {
    expect(() => explore({ noSecondLook: true })).toThrow("both sleep");
  });

  it("would find a slot that is told of before it is filled", () => {
    expect(() => explore({ tellsTooEarly: true })).toThrow("torn");
  });
});

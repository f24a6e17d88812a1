/**
 * Runs of equal headers that end where it hurts: those streams that chance hardly ever makes. After two equal headers the
 * scanner guesses where the next four lie, so each of those must be looked at in every bit; and it writes four rows at a
 * time, so the table must be able to end anywhere inside a run.
 */
import { CAPACITY } from "./internals.js";
import { noise, Random } from "./random.js";
import { Writer } from "./streams.js";

/** A stream, and what it is about. */
export interface Named {
  readonly name: string;
  readonly octets: Uint8Array;
}

const LONG = 2;
/** More frames than any one look of the scanner takes in, and whole steps of it behind the broken one. */
const FRAMES = 14;
const SHAPES: readonly (readonly [flags: number, length: number])[] = [
  [0, 0],
  [1, 0],
  [1, 3],
  [0, 200],
  [LONG, 0],
  [LONG | 1, 0],
  [LONG, 3],
  [LONG, 256],
];

const out = new Writer();
const random = new Random(1);

/** Payloads differ: rows of the wrong frames would show. */
function frame(flags: number, length: number): void {
  out.header(flags, length);
  out.put(noise(random, length));
}

/** A run of which one frame, any of those that a guess confirms, or all from there on differ in one bit of the header. */
function* brokenRuns(only: boolean): Generator<Named> {
  for (const [flags, length] of SHAPES) {
    const bits = flags & LONG ? 72 : 16;
    for (let broken = 2; broken < 10; broken++) {
      for (let bit = 0; bit < bits; bit++) {
        for (let i = 0; i < FRAMES; i++) {
          const at = out.length;
          frame(flags, length);
          if (only ? i === broken : i >= broken) out.flip(at + (bit >> 3), 1 << (bit & 7));
        }
        const which = only ? "" : " and all that follow";
        const name = `flags ${flags}, length ${length}: frame ${broken}${which} in bit ${bit}`;
        yield { name, octets: out.done() };
      }
    }
  }
}

/** A run of so many that a stride taken for a larger one would hit upon headers, too. */
function* longRuns(): Generator<Named> {
  for (const [flags, length] of SHAPES) {
    for (let i = 0; i < 1200; i++) frame(flags, length);
    yield { name: `1200 of flags ${flags}, length ${length}`, octets: out.done() };
  }
}

/** More frames than the table has rows: it ends `left` rows behind where a run begins, well before the octets do. */
function* fullTables(): Generator<Named> {
  for (const [flags, length] of SHAPES) {
    for (let left = 0; left < 11; left++) {
      for (let i = 0; i < CAPACITY - left; i++) frame(i % 2, 0);
      for (let i = 0; i < left + FRAMES; i++) frame(flags, length);
      yield { name: `${left} rows left for a run of flags ${flags}, length ${length}`, octets: out.done() };
    }
  }
}

/** Small frames, no two neighbours alike: no run, and the table is full while many are still to come. */
function* alternating(): Generator<Named> {
  for (const lengths of [[0], [0, 1], [1, 2, 3]]) {
    for (let i = 0; i < CAPACITY + 600; i++) frame(i % 2, lengths[i % lengths.length]);
    yield { name: `no run, lengths ${lengths}`, octets: out.done() };
  }
}

/** All of them. */
export function* hardRuns(): Generator<Named> {
  yield* brokenRuns(true);
  yield* brokenRuns(false);
  yield* longRuns();
  yield* fullTables();
  yield* alternating();
}

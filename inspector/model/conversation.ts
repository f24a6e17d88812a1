/** One connection: its story, and what each side has sent. */
import { type Entry, type Framing, type Side, Story } from "../inspect.js";
import { Octets } from "./octets.js";

/** Octets of a story's opening that are kept for telling it again; no honest opening is longer. */
const LONGEST_OPENING = 1 << 16;

export class Conversation {
  /** Its place among the connections of its log. */
  readonly number: number;
  readonly title: string;
  readonly streams: Readonly<Record<Side, Octets>> = { client: new Octets(), server: new Octets() };
  /** Sides that have begun and have not closed. */
  readonly open = new Set<Side>();
  readonly #story: Story;
  readonly #framing: Framing;
  /** What each side said before its first message: whoever decodes a later entry again has to hear it first. */
  readonly #opening: Entry[] = [];
  readonly #opened = new Set<Side>();
  #openingLength = 0;
  #again: Story | undefined;
  readonly #told: Record<Side, number> = { client: 0, server: 0 };
  /** Where each message of ZWS begins: a story hears them one by one. */
  readonly #marks: Readonly<Record<Side, number[]>> = { client: [], server: [] };

  constructor(number: number, title: string, framing: Framing) {
    this.number = number;
    this.title = title;
    this.#framing = framing;
    this.#story = new Story({ framing });
  }

  read(side: Side, octets: Uint8Array): readonly Entry[] {
    if (this.#framing === "zws") this.#marks[side].push(this.streams[side].length);
    this.streams[side].push(octets);
    this.open.add(side);
    return this.#story.read(side, octets);
  }

  /** So many octets of this side are not there. */
  gap(side: Side, missing: number): readonly Entry[] {
    this.streams[side].skip(missing);
    return this.#story.gap(side, missing);
  }

  end(side: Side): readonly Entry[] {
    this.open.delete(side);
    return this.#story.end(side);
  }

  /** Notes an entry of the opening; says whether it is one. */
  opens(entry: Entry): boolean {
    const { side, kind, start, end } = entry;
    if (this.#opened.has(side) || kind === "gap") return false;
    this.#openingLength += end - start;
    if (kind === "message" || this.#openingLength > LONGEST_OPENING) {
      this.#opened.add(side);
      return false;
    }
    this.#opening.push(entry);
    return true;
  }

  /** The entry of this kind that starts at `start`, decoded again: by a second story which hears the opening, and then these octets. */
  recall(side: Side, kind: Entry["kind"], start: number, end: number): Entry | undefined {
    this.#again ??= this.#begun();
    const again = this.#again;
    const at = this.#told[side];
    this.#told[side] += end - start;
    const entries = this.#cuts(side, start, end).flatMap((from, i, cuts) => {
      return again.read(side, this.streams[side].slice(from, cuts[i + 1] ?? end));
    });
    // Between the WebSocket frames of a message there may be commands.
    const found = entries.find((entry) => entry.kind === kind);
    return found && moved(found, start - at);
  }

  /** Where the pieces begin in which a story hears these octets: over ZWS message by message. */
  #cuts(side: Side, start: number, end: number): readonly number[] {
    if (this.#framing !== "zws") return [start];
    const marks = this.#marks[side];
    return marks.slice(placeOf(marks, start), placeOf(marks, end));
  }

  #begun(): Story {
    const story = new Story({ framing: this.#framing });
    for (const { side, start, end } of this.#opening) {
      story.read(side, this.streams[side].slice(start, end));
      this.#told[side] = Math.max(this.#told[side], end);
    }
    return story;
  }
}

/** How many of these rising numbers are less than `value`. */
function placeOf(numbers: readonly number[], value: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same entry, `by` octets further on. */
function moved(entry: Entry, by: number): Entry {
  const move = <T extends { readonly start: number; readonly end: number }>(part: T): T => ({
    ...part,
    start: part.start + by,
    end: part.end + by,
  });
  const { side, kind, title, section, name, frames, fields } = entry;
  const { start, end } = move({ start: entry.start, end: entry.end });
  return { side, kind, title, section, name, start, end, frames: frames?.map(move), fields: fields.map(move) };
}

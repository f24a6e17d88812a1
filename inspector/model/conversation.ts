/** One connection: its story, and what each side has sent. */
import { type Entry, type Framing, type Side, Story } from "../inspect.js";
import { Octets } from "./octets.js";

/** Octets of a story's opening that are kept for telling it again; no honest opening is longer. */
const LONGEST_OPENING = 1 << 16;

export class Conversation {
  /** Its place among the connections of its log. */
  readonly number: number;
  readonly title: string;
  readonly streams: Record<Side, Octets> = { client: new Octets(), server: new Octets() };
  readonly story: Story;
  readonly #framing: Framing;
  /** What came before the first message: whoever decodes a later entry again has to hear it first. */
  readonly #opening: Entry[] = [];
  #openingLength = 0;
  #opened = false;
  #again: Story | undefined;
  readonly #told: Record<Side, number> = { client: 0, server: 0 };

  constructor(number: number, title: string, framing: Framing) {
    this.number = number;
    this.title = title;
    this.#framing = framing;
    this.story = new Story({ framing });
  }

  read(side: Side, octets: Uint8Array): readonly Entry[] {
    this.streams[side].push(octets);
    return this.story.read(side, octets);
  }

  /** Notes an entry of the opening; says whether it is one. */
  opens(entry: Entry): boolean {
    if (this.#opened) return false;
    this.#opened = entry.kind === "message" || entry.kind === "gap" || this.#openingLength > LONGEST_OPENING;
    if (this.#opened) return false;
    this.#opening.push(entry);
    this.#openingLength += entry.end - entry.start;
    return true;
  }

  /** The entry that starts at `start`, decoded again: by a second story which hears the opening, and then these octets. */
  recall(side: Side, start: number, end: number): Entry | undefined {
    this.#again ??= this.#begun();
    const again = this.#again;
    const at = this.#told[side];
    this.#told[side] += end - start;
    const entries = this.#pieces(side, start, end).flatMap((octets) => again.read(side, octets));
    const found = entries.find((entry) => entry.kind !== "fault");
    return found && moved(found, start - at);
  }

  /** As a story hears them: over ZWS message by message. */
  #pieces(side: Side, start: number, end: number): readonly Uint8Array[] {
    const stream = this.streams[side];
    return this.#framing === "zws" ? stream.pieces(start, end) : [stream.slice(start, end)];
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

/** A connection, told from the octets that both sides send. */
import { Half } from "./half.js";
import type { Entry, Framing, Side } from "./shape.js";
import { WebHalf } from "./web-half.js";

export class Story {
  readonly #halves: Readonly<Record<Side, Half | WebHalf>>;

  constructor({ framing = "zmtp" }: { framing?: Framing } = {}) {
    const Reader = framing === "zmtp" ? Half : WebHalf;
    this.#halves = { client: new Reader("client"), server: new Reader("server") };
  }

  /** What these octets completed. Over ZWS they are one message. */
  read(side: Side, octets: Uint8Array): readonly Entry[] {
    const entries: Entry[] = [];
    this.#halves[side].read(octets, entries);
    return entries;
  }

  /** The side has closed. */
  end(side: Side): readonly Entry[] {
    const entries: Entry[] = [];
    this.#halves[side].end(entries);
    return entries;
  }
}

/** A connection, told from the octets that both sides send. RFC 37; RFC 45 where WebSocket frames it. */
import { Half } from "./half.js";
import type { Side } from "./recording.js";
import type { Entry, Framing } from "./shape.js";
import { type Meeting, StreamHalf } from "./stream-half.js";
import { WebHalf } from "./web-half.js";

/** How to read a connection. */
export interface StoryOptions {
  /**
   * "zmtp": a stream, cut anywhere; "zws": one call brings one WebSocket message; "stream": what TCP carries, ZMTP or
   * a WebSocket from its upgrade on. Default "zmtp".
   */
  readonly framing?: Framing;
  /** Longest payload accepted, in octets; default 64 MiB, at most 2^31-1. */
  readonly maxFrameSize?: number;
}

type AnyHalf = Half | WebHalf | StreamHalf;

/** How each framing reads one side. */
const HALVES: Readonly<Record<Framing, (side: Side, maxFrameSize: number | undefined, meeting: Meeting) => AnyHalf>> = {
  zmtp: (side, maxFrameSize) => new Half(side, maxFrameSize),
  zws: (side) => new WebHalf(side),
  stream: (side, maxFrameSize, meeting) => new StreamHalf(side, meeting, maxFrameSize),
};

/** Tells what both sides of one connection say. No I/O, no clock: octets in, entries out. */
export class Story {
  readonly #halves: Readonly<Record<Side, AnyHalf>>;

  /** @throws A TypeError or RangeError for a `maxFrameSize` that is no size, or a framing that is none. */
  constructor({ framing = "zmtp", maxFrameSize }: StoryOptions = {}) {
    if (!Object.hasOwn(HALVES, framing)) {
      throw new TypeError(`framing is "zmtp", "zws" or "stream", not ${JSON.stringify(framing)}`);
    }
    const meeting = { asked: false };
    const half = (side: Side) => HALVES[framing](side, maxFrameSize, meeting);
    this.#halves = { client: half("client"), server: half("server") };
  }

  /**
   * What these octets completed. Once a side has made a fault, nothing more is told of it.
   *
   * @param octets - May be reused at once.
   */
  read(side: Side, octets: Uint8Array): readonly Entry[] {
    const entries: Entry[] = [];
    this.#halves[side].read(octets, entries);
    return entries;
  }

  /**
   * Octets of this side were lost. Where frames begin behind them is not known: they are counted, and not told.
   *
   * @param missing - How many.
   */
  gap(side: Side, missing: number): readonly Entry[] {
    const entries: Entry[] = [];
    this.#halves[side].gap(missing, entries);
    return entries;
  }

  /** The side has closed: what it left unfinished. */
  end(side: Side): readonly Entry[] {
    const entries: Entry[] = [];
    this.#halves[side].end(entries);
    return entries;
  }
}

/** TCP segments, in any order and more than once, as the streams they carry. RFC 9293. */
import type { Segment } from "./packet.js";
import type { Recorded, Side } from "./recording.js";

/** Octets that may wait for one that is missing, a side, and segments: with more, what is missing was lost. */
const MOST_WAITING = 16 * 1024 * 1024;
const MOST_SEGMENTS = 4096;

/** What a stream brings next. Without octets: the side has closed. */
interface Piece {
  readonly octets: Uint8Array | undefined;
  /** Octets in front of these that the capture has lost; left out: none. */
  readonly missing?: number;
}

/** One side of a connection. */
class Stream {
  /** The sequence number that is wanted next. */
  next: number | undefined;
  ended = false;
  readonly #waiting = new Map<number, Segment>();
  #octets = 0;

  /** What this segment makes available, in order. */
  take(segment: Segment): Piece[] {
    if (this.ended) return [];
    if (segment.syn) {
      this.next ??= (segment.sequence + 1) >>> 0;
      return [];
    }
    this.next ??= segment.sequence;
    const found: Piece[] = [];
    this.#all(segment, 0, found);
    while (this.#octets > MOST_WAITING || this.#waiting.size > MOST_SEGMENTS) this.#leap(found);
    return found;
  }

  /** No segment follows: what waits is given, with what is missing in front of it. */
  flush(): Piece[] {
    const found: Piece[] = [];
    while (!this.ended && this.#waiting.size > 0) this.#leap(found);
    return found;
  }

  /** Gives up what is missing before the first that waits. */
  #leap(found: Piece[]): void {
    const from = this.next ?? 0;
    const ahead = Math.min(...Array.from(this.#waiting.keys(), (sequence) => (sequence - from) | 0));
    this.next = (from + ahead) >>> 0;
    const first = this.#ready();
    if (first !== undefined) this.#all(first, ahead, found);
  }

  /** A segment, and those that waited for nothing else. */
  #all(segment: Segment, missing: number, found: Piece[]): void {
    this.#one(segment, missing, found);
    for (let next = this.#ready(); next !== undefined; next = this.#ready()) this.#one(next, 0, found);
  }

  #one({ sequence, octets, cut, fin, reset, ...rest }: Segment, missing: number, found: Piece[]): void {
    // Sequence numbers wrap: the distance is a signed word.
    const behind = ((this.next ?? sequence) - sequence) | 0;
    if (behind < 0) {
      const known = this.#waiting.get(sequence)?.octets.length ?? -1;
      if (octets.length <= known) return;
      this.#octets += octets.length - Math.max(0, known);
      this.#waiting.set(sequence, { sequence, octets, cut, fin, reset, ...rest });
      return;
    }
    const kept = Math.max(behind, octets.length);
    if (behind < octets.length || missing > 0) {
      found.push(missing > 0 ? { octets: octets.slice(behind), missing } : { octets: octets.slice(behind) });
      this.next = (sequence + kept) >>> 0;
    }
    const whole = octets.length + cut;
    if (kept < whole) {
      found.push({ octets: new Uint8Array(0), missing: whole - kept });
      this.next = (sequence + whole) >>> 0;
    }
    if ((fin && behind <= whole) || reset) {
      this.ended = true;
      found.push({ octets: undefined });
    }
  }

  /** The next that waited, and waits no longer for anything. */
  #ready(): Segment | undefined {
    if (this.ended || this.#waiting.size === 0) return undefined;
    for (const [sequence, segment] of this.#waiting) {
      if ((((this.next ?? 0) - sequence) | 0) < 0) continue;
      this.#waiting.delete(sequence);
      this.#octets -= segment.octets.length;
      return segment;
    }
    return undefined;
  }
}

/** Two sides, and who of them dialled. */
interface Connection {
  readonly number: number;
  readonly client: string;
  readonly streams: Readonly<Record<Side, Stream>>;
}

/** All connections of a capture. */
export class Streams {
  readonly #open = new Map<string, Connection>();
  #count = 0;

  /** What a segment adds to its connection. */
  *add(segment: Segment, time: number): Generator<Recorded, void> {
    const { from, to, syn, ack } = segment;
    const key = from < to ? `${from} ${to}` : `${to} ${from}`;
    let connection = this.#open.get(key);
    // The same two ports once more are another connection.
    const again = syn && !ack && (connection?.streams.client.ended ?? false);
    if (connection !== undefined && again) yield* rest(connection, time);
    if (connection === undefined || again) {
      // Without a SYN nobody knows who dialled: the first that speaks is taken for the client.
      const client = syn && ack ? to : from;
      connection = { number: this.#count++, client, streams: { client: new Stream(), server: new Stream() } };
      this.#open.set(key, connection);
    }
    const side: Side = from === connection.client ? "client" : "server";
    const { number, streams } = connection;
    for (const piece of streams[side].take(segment)) yield { time, connection: number, side, ...piece };
  }

  /** The capture is over: what waits behind gaps. */
  *end(time: number): Generator<Recorded, void> {
    for (const connection of this.#open.values()) yield* rest(connection, time);
  }
}

function* rest({ number, streams }: Connection, time: number): Generator<Recorded, void> {
  for (const side of ["client", "server"] as const) {
    for (const piece of streams[side].flush()) yield { time, connection: number, side, ...piece };
  }
}

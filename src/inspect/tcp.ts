/** TCP segments, in any order and more than once, as the streams they carry. RFC 9293. */
import type { Segment } from "./packet.js";
import type { Recorded, Side } from "./recording.js";

/** Octets that may wait for one that is missing, a side. */
const MOST_WAITING = 16 * 1024 * 1024;

/** One side of a connection. */
class Stream {
  /** The sequence number that is wanted next. */
  next: number | undefined;
  ended = false;
  readonly #waiting = new Map<number, Segment>();
  #octets = 0;

  /** What this segment makes available, in order; undefined at its end: the side has closed. */
  take(segment: Segment): (Uint8Array | undefined)[] {
    if (this.ended) return [];
    if (segment.syn) {
      this.next ??= (segment.sequence + 1) >>> 0;
      return [];
    }
    this.next ??= segment.sequence;
    const found: (Uint8Array | undefined)[] = [];
    for (let now: Segment | undefined = segment; now !== undefined; now = this.#ready()) this.#one(now, found);
    if (this.#octets > MOST_WAITING) throw new Error("a gap: the capture lost octets of a connection");
    return found;
  }

  #one(segment: Segment, found: (Uint8Array | undefined)[]): void {
    const { sequence, octets, fin, reset } = segment;
    // Sequence numbers wrap: the distance is a signed word.
    const behind = ((this.next ?? sequence) - sequence) | 0;
    if (behind < 0) {
      if (!this.#waiting.has(sequence)) this.#octets += octets.length;
      if ((this.#waiting.get(sequence)?.octets.length ?? -1) < octets.length) this.#waiting.set(sequence, segment);
      return;
    }
    if (behind < octets.length) {
      found.push(octets.slice(behind));
      this.next = (sequence + octets.length) >>> 0;
    }
    if ((fin && behind <= octets.length) || reset) {
      this.ended = true;
      found.push(undefined);
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
    if (connection === undefined || again) {
      // Without a SYN nobody knows who dialled: the first that speaks is taken for the client.
      const client = syn && ack ? to : from;
      connection = { number: this.#count++, client, streams: { client: new Stream(), server: new Stream() } };
      this.#open.set(key, connection);
    }
    const side: Side = from === connection.client ? "client" : "server";
    for (const octets of connection.streams[side].take(segment)) {
      yield { time, connection: connection.number, side, octets };
    }
  }
}

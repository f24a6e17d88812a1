/** One side of a connection as TCP carries it, of which its first octets tell whether it is ZMTP or a WebSocket. */
import { ZmtpError } from "../error.js";
import { Half } from "./half.js";
import { headLength, parseHead } from "./http-head.js";
import type { Entry, Side } from "./shape.js";
import { WEBSOCKET } from "./web-fields.js";
import { WebStreamHalf } from "./web-stream.js";

/** What both sides of a connection know of each other. */
export interface Meeting {
  /** Whether the client has asked for an upgrade to WebSocket. */
  asked: boolean;
}

/** Holds the head of an upgrade until it is complete, 16 KiB at most. */
export class StreamHalf {
  readonly #side: Side;
  readonly #maxFrameSize: number | undefined;
  readonly #meeting: Meeting;
  #head: Uint8Array = new Uint8Array(0);
  #inner: Half | WebStreamHalf | undefined;

  constructor(side: Side, meeting: Meeting, maxFrameSize?: number) {
    this.#side = side;
    this.#meeting = meeting;
    this.#maxFrameSize = maxFrameSize;
  }

  /** What these octets completed. */
  read(octets: Uint8Array, entries: Entry[]): void {
    if (this.#inner !== undefined) {
      this.#inner.read(octets, entries);
      return;
    }
    const known = new Uint8Array(this.#head.length + octets.length);
    known.set(this.#head);
    known.set(octets, this.#head.length);
    this.#head = known;
    const length = headLength(known);
    if (length !== 0) this.#decide(length, entries);
  }

  /** Octets were lost. */
  gap(missing: number, entries: Entry[]): void {
    this.#decided(entries).gap(missing, entries);
  }

  /** The side has closed; says what it left unfinished. */
  end(entries: Entry[]): void {
    this.#decided(entries).end(entries);
  }

  /** What has come so far is no upgrade unless it is a whole one. */
  #decided(entries: Entry[]): Half | WebStreamHalf {
    return this.#inner ?? this.#decide(-1, entries);
  }

  /** `length` is that of a head; -1: there is none. */
  #decide(length: number, entries: Entry[]): Half | WebStreamHalf {
    const head = length < 0 ? undefined : this.#head.slice(0, length);
    const parsed = head && parseHead(head);
    const rest = this.#head;
    this.#head = new Uint8Array(0);
    if (head !== undefined && parsed?.upgrade) {
      if (this.#side === "client") this.#meeting.asked = true;
      const half = new WebStreamHalf(this.#side, head, entries);
      this.#inner = half;
      if (rest.length > length) half.read(rest.subarray(length), entries);
      return half;
    }
    const half = new Half(this.#side, this.#maxFrameSize);
    this.#inner = half;
    const refused = parsed !== undefined && this.#side === "server" && this.#meeting.asked;
    const told: Entry[] = [];
    half.read(rest, told);
    entries.push(...(refused ? told.map((entry) => refusal(entry, parsed.first)) : told));
    return half;
  }
}

/** A web server that does not want a WebSocket is no ZMTP either, and this says more. */
function refusal(entry: Entry, first: string): Entry {
  const title = `The server does not upgrade to WebSocket: it answers "${first}"`;
  const hint = "Is this the host, port and path of a ws:// listener? Another server answers here, or a proxy.";
  const error = new ZmtpError("NOT_ZMTP", title, { offset: 0, section: WEBSOCKET, hint });
  return { ...entry, title, section: WEBSOCKET, error };
}

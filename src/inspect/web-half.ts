/** One side of a ZWS connection, WebSocket message by WebSocket message. RFC 45. */
import { ZmtpError } from "../error.js";
import type { Entry, Side } from "./shape.js";
import { seenIn } from "./told-error.js";
import { ZWS, Zws } from "./zws.js";

/** Reads one side's WebSocket messages. */
export class WebHalf {
  readonly #side: Side;
  readonly #zws: Zws;
  #seen = 0;
  #over = false;

  constructor(side: Side) {
    this.#side = side;
    this.#zws = new Zws(side, "NULL");
  }

  /** Takes one WebSocket message in. */
  read(octets: Uint8Array, entries: Entry[]): void {
    if (this.#over) return;
    const start = this.#seen;
    const { length } = octets;
    this.#seen += length;
    try {
      this.#zws.tell({ start, end: this.#seen, payload: start, length, octets }, entries);
    } catch (error) {
      if (!(error instanceof ZmtpError)) throw error;
      this.#over = true;
      entries.push({ ...this.#entry(start, "fault", seenIn(error)), error });
    }
  }

  /** Messages were lost; each that follows is whole all the same. */
  gap(missing: number, entries: Entry[]): void {
    const start = this.#seen;
    this.#seen += missing;
    entries.push(this.#entry(start, "gap", `A gap: ${missing} octets were lost`));
  }

  /** The side has closed. */
  end(): void {
    this.#over = true;
  }

  #entry(start: number, kind: Entry["kind"], title: string): Entry {
    return { side: this.#side, start, end: this.#seen, kind, title, section: ZWS, fields: [] };
  }
}

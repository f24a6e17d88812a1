/** One side of a WebSocket as TCP carries it: the upgrade, then frames, and ZWS in them. RFC 6455, RFC 45. */
import { ZmtpError } from "../error.js";
import { type Head, parseHead } from "./http-head.js";
import type { Entry, Side } from "./shape.js";
import { seenIn } from "./told-error.js";
import { controlFields, OPCODES, WEBSOCKET, webHeader } from "./web-fields.js";
import { type WebFault, type WebFrame, WebFrames } from "./web-frames.js";
import { ZWS, Zws } from "./zws.js";

const BINARY = 2;
const TEXT = 1;

/** Reads one side's octets behind the head of its upgrade. After a fault or a gap it tells nothing more. */
export class WebStreamHalf {
  readonly #side: Side;
  readonly #frames: WebFrames;
  readonly #zws: Zws;
  #seen: number;
  #over = false;

  /** @param head - The head of the upgrade, whole; told as the first entry. */
  constructor(side: Side, head: Uint8Array, entries: Entry[]) {
    this.#side = side;
    this.#seen = head.length;
    const parsed = parseHead(head);
    this.#frames = new WebFrames(head.length);
    this.#zws = new Zws(side, mechanismOf(parsed));
    const { first, protocol, fields } = parsed;
    const title = `WebSocket upgrade: ${first}${protocol === "" ? "" : `; ${protocol}`}`;
    const section = "RFC 6455, Opening Handshake";
    entries.push({ side, start: 0, end: head.length, kind: "greeting", title, section, fields });
  }

  /** What these octets completed. */
  read(octets: Uint8Array, entries: Entry[]): void {
    this.#seen += octets.length;
    if (this.#over) return;
    try {
      for (const frame of this.#frames.push(octets)) this.#tell(frame, entries);
    } catch (error) {
      if (!(error instanceof ZmtpError)) throw error;
      this.#over = true;
      const { offset = 0, section = WEBSOCKET } = error;
      entries.push({ ...this.#entry(offset, "fault", seenIn(error), section), error });
    }
  }

  /** Octets were lost: where the next frame begins is not known. */
  gap(missing: number, entries: Entry[]): void {
    const start = this.#seen;
    this.#seen += missing;
    if (this.#over) return;
    this.#over = true;
    const lost = `A gap: the capture lost ${missing} octets, ${start} to ${start + missing - 1}`;
    entries.push(this.#entry(start, "gap", `${lost}; this side is not told any further`, WEBSOCKET));
  }

  /** The side has closed; says what it left unfinished. */
  end(entries: Entry[]): void {
    const start = this.#frames.open ?? this.#zws.open;
    if (this.#over || start === undefined) return;
    this.#over = true;
    const where = this.#frames.open === undefined ? "a message" : "a WebSocket frame";
    const error = new ZmtpError("TRUNCATED", `The stream ends inside ${where}`, { offset: this.#seen });
    entries.push({ ...this.#entry(start, "end", `Ends inside ${where}`, WEBSOCKET), error });
  }

  #tell(frame: WebFrame | WebFault, entries: Entry[]): void {
    if ("message" in frame) throw fault(frame.offset, frame.message);
    const { start, end, payload, opcode, length, octets } = frame;
    if (opcode === BINARY) {
      this.#zws.tell(frame, entries);
      return;
    }
    if (opcode === TEXT) throw fault(start, "A WebSocket message is text: ZWS's are binary");
    const name = OPCODES[opcode];
    if (name === undefined) throw fault(start, `A WebSocket frame has the opcode ${opcode}, which is reserved`);
    const fields = [...webHeader(start, payload, opcode, length), ...controlFields(name, octets, payload)];
    const title = `WebSocket ${name}`;
    entries.push({ side: this.#side, start, end, kind: "command", title, section: WEBSOCKET, name, fields });
  }

  #entry(start: number, kind: Entry["kind"], title: string, section: string): Entry {
    return { side: this.#side, start, end: this.#seen, kind, title, section, fields: [] };
  }
}

function fault(offset: number, message: string): ZmtpError {
  const hint = "ZWS wants binary frames without compression: look at what stands between the two.";
  return new ZmtpError("RESERVED_FLAGS", message, { offset, section: ZWS, hint });
}

/** "ZWS2.0/CURVE" names one; of several that a client offers the first with one. */
function mechanismOf({ protocol }: Head): string {
  return /ZWS2\.0\/([A-Z]+)/.exec(protocol)?.[1] ?? "NULL";
}

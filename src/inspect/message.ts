/** Frames become messages: all with MORE, and the one after them. RFC 37, "Framing". */
import { FRAMING, headerFields, payloadField } from "./fields.js";
import { type Entry, type Field, type FramePart, PREVIEW, type Side } from "./shape.js";

/** Frames of one message whose fields are told; the others are counted. */
const MOST = 64;

interface Part {
  readonly frame: Uint8Array;
  readonly header: number;
  readonly start: number;
}

export class MessageMaker {
  readonly #side: Side;
  #parts: Part[] = [];

  constructor(side: Side) {
    this.#side = side;
  }

  /** Where the message begins that is not complete yet. */
  get open(): number | undefined {
    return this.#parts[0]?.start;
  }

  /** Takes one frame in, header and all. */
  add(frame: Uint8Array, header: number, start: number, entries: Entry[]): void {
    this.#parts.push({ frame, header, start });
    if (frame[0] & 1) return;
    entries.push(new MessageEntry(this.#side, this.#parts, start + frame.length));
    this.#parts = [];
  }

  header(frame: Uint8Array, header: number, start: number): Field[] {
    return headerFields(start, start + header, frame[0], frame.length - header);
  }
}

/** A message says what is in it when it is asked: most of a long recording never are. */
class MessageEntry implements Entry {
  readonly kind = "message";
  readonly section = FRAMING;
  readonly side: Side;
  readonly start: number;
  readonly end: number;
  readonly #parts: readonly Part[];

  constructor(side: Side, parts: readonly Part[], end: number) {
    this.side = side;
    this.start = parts[0].start;
    this.end = end;
    this.#parts = parts;
  }

  get title(): string {
    return this.#parts.length === 1 ? "Message" : `Message of ${this.#parts.length} frames`;
  }

  get frames(): readonly FramePart[] {
    return this.#parts.map(({ frame, header, start }) => ({
      start,
      end: start + frame.length,
      length: frame.length - header,
      more: (frame[0] & 1) === 1,
      preview: frame.slice(header, header + PREVIEW),
    }));
  }

  get fields(): readonly Field[] {
    return this.#parts.slice(0, MOST).flatMap(({ frame, header, start }) => {
      const payload = frame.subarray(header);
      const head = headerFields(start, start + header, frame[0], payload.length);
      return payload.length > 0 ? [...head, payloadField(start + header, payload)] : head;
    });
  }
}

/** Frames become messages: all with MORE, and the one after them. RFC 37, "Framing". */
import { commandFields, FRAMING, headerFields, payloadField } from "./fields.js";
import { SEALED, sealedTitle } from "./security-fields.js";
import type { Entry, Field, FramePart, Side } from "./shape.js";

/** Frames of one message that are kept, and of which the fields are told; the others are counted. */
const MOST_FRAMES = 1024;
const MOST_FIELDS = 64;

/** How a framing tells one frame of a message. */
export interface Telling {
  readonly section: string;
  readonly fields: (frame: FramePart) => Field[];
}

/** Puts the frames of one side together. */
export class MessageMaker {
  readonly #side: Side;
  readonly #telling: Telling;
  #frames: FramePart[] = [];
  #count = 0;

  constructor(side: Side, telling: Telling) {
    this.#side = side;
    this.#telling = telling;
  }

  /** Where the message begins that is not complete yet. */
  get open(): number | undefined {
    return this.#frames[0]?.start;
  }

  /** The next frame; with the last of a message, the message is told. */
  add(frame: FramePart, entries: Entry[]): void {
    this.#count++;
    if (this.#frames.length < MOST_FRAMES) this.#frames.push(frame);
    if (frame.more) return;
    entries.push(new MessageEntry(this.#side, this.#telling, this.#frames, this.#count, frame.end));
    this.#frames = [];
    this.#count = 0;
  }
}

/** A message says what its octets mean when it is asked: most of a long recording never are. */
class MessageEntry implements Entry {
  readonly kind = "message";
  readonly section: string;
  readonly side: Side;
  readonly start: number;
  readonly end: number;
  readonly title: string;
  readonly frames: readonly FramePart[];
  readonly #telling: Telling;

  constructor(side: Side, telling: Telling, frames: readonly FramePart[], count: number, end: number) {
    this.side = side;
    this.section = telling.section;
    this.start = frames[0].start;
    this.end = end;
    this.title = count === 1 ? "Message" : `Message of ${count} frames`;
    this.frames = frames;
    this.#telling = telling;
  }

  get fields(): readonly Field[] {
    return this.frames.slice(0, MOST_FIELDS).flatMap((frame) => {
      const { end, length, preview } = frame;
      const head = this.#telling.fields(frame);
      return length > 0 ? [...head, payloadField(end - length, length, preview, this.section)] : head;
    });
  }
}

/** A frame or a command that CURVE has sealed: whether it ends a message stands inside. */
class SealedEntry implements Entry {
  readonly kind = "message";
  readonly name = "MESSAGE";
  readonly section = SEALED;
  readonly side: Side;
  readonly start: number;
  readonly end: number;
  readonly frames: readonly FramePart[];
  readonly #telling: Telling;

  constructor(side: Side, frame: FramePart, telling: Telling) {
    this.side = side;
    this.start = frame.start;
    this.end = frame.end;
    this.frames = [frame];
    this.#telling = telling;
  }

  get title(): string {
    return sealedTitle(this.frames[0].length);
  }

  get fields(): readonly Field[] {
    const [frame] = this.frames;
    const { end, length, preview } = frame;
    const body = end - length;
    // Of a long box only the beginning is kept; where it ends is known all the same.
    const whole = new Uint8Array(length);
    whole.set(preview);
    const position = body + 1 + this.name.length;
    const command = { name: this.name, data: whole.subarray(1 + this.name.length), position };
    return [...this.#telling.fields(frame), ...commandFields(command, body, "CURVE")];
  }
}

/** A frame that holds a MESSAGE of CURVE. */
export function sealedEntry(side: Side, frame: FramePart, telling: Telling): Entry {
  return new SealedEntry(side, frame, telling);
}

/** Flags and length of a frame of ZMTP. */
function zmtpHeader({ start, end, length, more }: FramePart): Field[] {
  const payload = end - length;
  return headerFields(start, payload, (more ? 1 : 0) | (payload - start > 2 ? 2 : 0), length);
}

/** How ZMTP's frames are told. */
export const ZMTP_FRAMES: Telling = { section: FRAMING, fields: zmtpHeader };

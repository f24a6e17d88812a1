/** What one side says over ZWS: a WebSocket message is one frame, an octet of flags in front. RFC 45. */
import { ZmtpError } from "../error.js";
import { parseCommand } from "../session/command.js";
import { commandFields } from "./fields.js";
import { MessageMaker, sealedEntry, type Telling } from "./message.js";
import { isSealed } from "./security-fields.js";
import { type Entry, type Field, type FramePart, PREVIEW, type Side } from "./shape.js";
import { shown } from "./shown.js";
import { webHeader } from "./web-fields.js";

export const ZWS = "RFC 45, The ZWS 2.0 Protocol";
const FLAGS = ["The last frame of a message.", "A frame of a message, and more follow.", "A command."];
const BINARY = 2;

/** One WebSocket message, and where it lies. */
export interface ZwsFrame {
  readonly start: number;
  readonly end: number;
  /** Where its flag octet stands: behind the WebSocket header, if that is among the octets. */
  readonly payload: number;
  /** Octets of its payload, the flag included. */
  readonly length: number;
  /** The first of them, unmasked. */
  readonly octets: Uint8Array;
}

/** Tells ZWS's frames, one after the other. */
export class Zws {
  readonly #side: Side;
  readonly #mechanism: string;
  readonly #messages: MessageMaker;
  #identified = false;

  constructor(side: Side, mechanism: string) {
    this.#side = side;
    this.#mechanism = mechanism;
    this.#messages = new MessageMaker(side, FRAMES);
  }

  /** Where the message begins that is not complete yet. */
  get open(): number | undefined {
    return this.#messages.open;
  }

  /** @throws A ZmtpError for what is no frame of ZWS. */
  tell(frame: ZwsFrame, entries: Entry[]): void {
    const { start, end, payload, length, octets } = frame;
    const flags = octets[0];
    if (flags === undefined || FLAGS[flags] === undefined) {
      const says = flags === undefined ? "A WebSocket message is empty" : "The flag octet is not 0, 1 or 2";
      throw new ZmtpError("RESERVED_FLAGS", says, { offset: payload, section: ZWS });
    }
    const body = octets.subarray(1);
    const part = { start, end, length: length - 1, more: flags === 1, preview: body.slice(0, PREVIEW) };
    const head = [...webHeader(start, payload, BINARY, length), fieldOf(flags, payload)];
    if (flags === 2) this.#command(frame, head, entries);
    else if (!this.#identified) this.#identity(frame, head, entries);
    else if (this.#mechanism === "CURVE" && isSealed(body, length - 1)) {
      entries.push(sealedEntry(this.#side, part, FRAMES));
    } else this.#messages.add(part, entries);
  }

  #command({ start, end, payload, length, octets }: ZwsFrame, head: readonly Field[], entries: Entry[]): void {
    const command = parseCommand(octets.subarray(1), payload + 1);
    const { name } = command;
    // Under a mechanism READY stands where an identity would.
    this.#identified = true;
    const whole = octets.length === length;
    const fields = whole ? [...head, ...commandFields(command, payload + 1, this.#mechanism)] : head;
    entries.push({ side: this.#side, start, end, kind: "command", title: name, section: ZWS, name, fields });
  }

  /** The first message each way is an identity: it stands where ZMTP has READY. */
  #identity({ start, end, payload, length, octets }: ZwsFrame, head: readonly Field[], entries: Entry[]): void {
    this.#identified = true;
    const meaning = "The name under which the other side may address this one; empty: it has none.";
    const value = shown(octets.subarray(1), length - 1);
    const field: Field = { name: "value", start: payload + 1, end: payload + length, value, meaning, section: ZWS };
    const [title, fields] = length > 1 ? [`Identity: ${value}`, [...head, field]] : ["Identity: none", head];
    entries.push({ side: this.#side, start, end, kind: "greeting", title, section: ZWS, fields });
  }
}

function fieldOf(flags: number, start: number): Field {
  return { name: "flags", start, end: start + 1, value: `${flags}`, meaning: FLAGS[flags] as string, section: ZWS };
}

function zwsFields({ start, end, length, more }: FramePart): Field[] {
  const payload = end - length - 1;
  return [...webHeader(start, payload, BINARY, length + 1), fieldOf(more ? 1 : 0, payload)];
}

const FRAMES: Telling = { section: ZWS, fields: zwsFields };

/** One side of a ZWS connection: a WebSocket message is one frame, an octet of flags in front. RFC 45. */
import { ZmtpError } from "../error.js";
import { parseCommand } from "../session/command.js";
import { commandFields, shown } from "./fields.js";
import { MessageMaker } from "./message.js";
import { type Entry, type Field, type FramePart, PREVIEW, type Side } from "./shape.js";

const SECTION = "RFC 45, The ZWS 2.0 Protocol";
const FLAGS = ["The last frame of a message.", "A frame of a message, and more follow.", "A command."];

/** Reads one side's WebSocket messages. */
export class WebHalf {
  readonly #side: Side;
  #start = 0;
  #identified = false;
  #over = false;
  readonly #messages: MessageMaker;

  constructor(side: Side) {
    this.#side = side;
    this.#messages = new MessageMaker(side, { section: SECTION, fields: flagsField });
  }

  /** Takes one WebSocket message in. */
  read(octets: Uint8Array, entries: Entry[]): void {
    if (this.#over) return;
    const start = this.#start;
    this.#start += octets.length;
    try {
      this.#frame(octets, start, entries);
    } catch (error) {
      if (!(error instanceof ZmtpError)) throw error;
      this.#over = true;
      const [title] = error.message.split(" (octet");
      entries.push({ ...this.#entry(start, "fault", title, []), error });
    }
  }

  /** Messages were lost; each that follows is whole all the same. */
  gap(missing: number, entries: Entry[]): void {
    const start = this.#start;
    this.#start += missing;
    entries.push(this.#entry(start, "gap", `A gap: ${missing} octets were lost`, []));
  }

  /** The side has closed. */
  end(): void {
    this.#over = true;
  }

  #frame(octets: Uint8Array, start: number, entries: Entry[]): void {
    const flags = octets[0];
    if (FLAGS[flags] === undefined) {
      throw new ZmtpError("RESERVED_FLAGS", "The flag octet is not 0, 1 or 2", { offset: start, section: SECTION });
    }
    const flag = fieldOf(flags, start);
    const body = octets.subarray(1);
    if (flags === 2) {
      const command = parseCommand(body, start + 1);
      const fields = [flag, ...commandFields(command, start + 1)];
      entries.push({ ...this.#entry(start, "command", command.name, fields), name: command.name });
    } else if (this.#identified) {
      const preview = body.slice(0, PREVIEW);
      const frame = { start, end: this.#start, length: body.length, more: flags === 1, preview };
      this.#messages.add(frame, entries);
    } else {
      this.#identified = true;
      entries.push(this.#identity(flag, body, start));
    }
  }

  /** The first message each way is an identity: it stands where ZMTP has READY. */
  #identity(flag: Field, body: Uint8Array, start: number): Entry {
    const meaning = "The name under which the other side may address this one; empty: it has none.";
    const value = { name: "value", start: start + 1, end: start + 1 + body.length, value: shown(body), meaning };
    const fields = body.length > 0 ? [flag, { ...value, section: SECTION }] : [flag];
    return { ...this.#entry(start, "greeting", body.length > 0 ? "Identity" : "Identity: none", fields) };
  }

  #entry(start: number, kind: Entry["kind"], title: string, fields: readonly Field[]): Entry {
    return { side: this.#side, start, end: this.#start, kind, title, section: SECTION, fields };
  }
}

function fieldOf(flags: number, start: number): Field {
  return { name: "flags", start, end: start + 1, value: `${flags}`, meaning: FLAGS[flags], section: SECTION };
}

const flagsField = ({ start, more }: FramePart): Field[] => [fieldOf(more ? 1 : 0, start)];

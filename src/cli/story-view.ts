/** Entries of a story on a terminal, field by field, at any width. No RFC section: this is ours. */
import type { ZmtpError } from "../error.js";
import { type Entry, type Field, filterName, type Side } from "../inspect/index.js";
import { seenIn } from "../inspect/told-error.js";
import { harmless } from "./harmless.js";
import type { Talk } from "./talk.js";
import { cut, wrap } from "./wrap.js";

/** Octets of each side that are kept, to be shown in hexadecimal. */
const KEPT = 4096;
/** Below so many columns there is no room for hexadecimal. */
const NARROW = 64;
const HEX_COLUMNS = 17;

/** What an error says, without the place and the hint that its message ends with. */
export function plainMessage(error: ZmtpError): string {
  return harmless(seenIn(error));
}

/** Shows what each side says. */
export class StoryView {
  readonly #say: Talk;
  readonly #names: Readonly<Record<Side, string>>;
  readonly #heads: Record<Side, Uint8Array> = { client: new Uint8Array(0), server: new Uint8Array(0) };
  readonly #fields: boolean;

  /** @param names - What each side is called. @param fields - Whether to show each field, or a line for each entry. */
  constructor(say: Talk, names: Readonly<Record<Side, string>>, fields: boolean) {
    this.#say = say;
    this.#names = names;
    this.#fields = fields;
  }

  /** Keeps the first octets of a side, to show them in hexadecimal. */
  keep(side: Side, octets: Uint8Array): void {
    const head = this.#heads[side];
    if (head.length < KEPT) this.#heads[side] = Buffer.concat([head, octets.subarray(0, KEPT - head.length)]);
  }

  show(entries: readonly Entry[], connection?: number, time?: number): void {
    for (const entry of entries) {
      if (this.#say.json) this.#say.object(entryObject(entry, connection, time));
      else this.#text(entry, connection);
    }
  }

  #text(entry: Entry, connection: number | undefined): void {
    const { side, start, end, kind, error } = entry;
    const bad = kind === "fault" || kind === "end" || kind === "gap";
    const arrow = side === "client" ? "→" : "←";
    const which = connection === undefined ? "" : `${connection} `;
    const title = error === undefined ? harmless(entry.title) : plainMessage(error);
    const line = this.#cut(`${which}${arrow} ${this.#names[side]}, octets ${start}–${end}: ${title}`);
    this.#say.line(this.#say.paint(bad ? "bad" : "bold", line, "stdout"));
    if (bad && error !== undefined) this.#fault(error);
    else if (this.#fields) for (const field of entry.fields) this.#say.line(this.#field(side, field));
    else
      for (const { preview, length } of entry.frames ?? []) this.#say.line(this.#cut(`  ${length}  ${hex(preview)}`));
  }

  #fault(error: ZmtpError): void {
    for (const line of faultLines(error, this.#say.width)) this.#say.line(line);
  }

  #field(side: Side, { name, start, end, value, meaning }: Field): string {
    const offset = `${start}`.padStart(6);
    const octets = this.#heads[side].subarray(start, end);
    const middle = this.#say.width < NARROW ? "" : `  ${shortHex(octets, end - start).padEnd(HEX_COLUMNS)}`;
    const more = this.#say.verbose ? `  ${meaning}` : "";
    return this.#cut(`${offset}${middle}  ${name}: ${harmless(value)}${more}`);
  }

  #cut(line: string): string {
    return cut(line, this.#say.width);
  }
}

/** An error for people: code and octet, what was seen, the section, what to do. */
export function faultLines(error: ZmtpError, columns: number): string[] {
  const { code, offset, section, hint } = error;
  const at = offset === undefined ? "" : ` at octet ${offset}`;
  return [
    ...wrap(`${code}${at}${section === undefined ? "" : ` (${section})`}`, columns, "  ", "    "),
    ...(hint === undefined ? [] : wrap(`remedy: ${harmless(hint)}`, columns, "  ", "    ")),
  ];
}

function hex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join(" ");
}

/** Six octets at most: of a longer run the first four and the last. */
function shortHex(octets: Uint8Array, length: number): string {
  if (octets.length < length) return "";
  return length <= 6
    ? hex(octets)
    : `${hex(octets.subarray(0, 4))} … ${hex(octets.subarray(-1))}`.slice(0, HEX_COLUMNS);
}

/** An entry as one object. */
export function entryObject(entry: Entry, connection?: number, time?: number): object {
  const { side, start, end, kind, title, section, name, fields, frames, error } = entry;
  return {
    type: "entry",
    connection,
    side,
    time: Number.isNaN(time) ? undefined : time,
    start,
    end,
    kind,
    title,
    section,
    name,
    fields: fields.map((field) => ({ ...field, name: filterName(field.name) })),
    frames: frames?.map(({ preview, ...frame }) => ({ ...frame, preview: hex(preview) })),
    error: error && errorFields(error),
  };
}

/** What there is to know of an error, as an object. */
export function errorFields(error: ZmtpError): object {
  const { code, offset, section, hint, blame } = error;
  return { code, message: plainMessage(error), offset, section, hint, blame };
}

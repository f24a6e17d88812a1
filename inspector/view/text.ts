/** Numbers and octets as people read them. */
import type { Side } from "../inspect.js";

const whole = new Intl.NumberFormat("en");

export const count = (value: number): string => whole.format(value);

/** "1 octet", "2 octets". */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

export function size(octets: number): string {
  if (octets < 1000) return counted(octets, "octet");
  if (octets < 1e6) return `${(octets / 1e3).toPrecision(3)} kB`;
  return `${(octets / 1e6).toPrecision(3)} MB`;
}

/** Which way a side's octets go, as the program's stories draw it. */
export const arrow = (side: Side): string => (side === "client" ? "→" : "←");

export const hex = (octet: number): string => octet.toString(16).padStart(2, "0");

/** A printable ASCII character, or a dot. */
export const glyph = (octet: number): string => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : "·");

export function glyphs(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) text += glyph(octet);
  return text;
}

/** Invisible characters, those that turn the direction of writing, and control characters: as their code points. */
export const harmless = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);

/** Seconds to the microsecond. */
export const seconds = (time: number): string => (Number.isNaN(time) ? "" : time.toFixed(6));

/** Octets as text and back, without loss: what is no plain text becomes an escape. No RFC section: this is ours. */
import { UsageError } from "./exit.js";
import { isHarmless } from "./harmless.js";

const NAMED: Readonly<Record<number, string>> = { 9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\" };
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The octets as UTF-8, or undefined if they are not. */
export function textOf(octets: Uint8Array): string | undefined {
  try {
    return utf8.decode(octets);
  } catch {
    return undefined;
  }
}

/** The octets as text: UTF-8 where that is harmless to a terminal, `\xHH` for the rest, `\\` for a backslash. */
export function quote(octets: Uint8Array): string {
  if (octets.every(isPlain)) return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("latin1");
  const text = textOf(octets);
  if (text !== undefined && !text.includes("\\") && isHarmless(text)) return text;
  return text === undefined ? quoteRuns(octets) : Array.from(text, quoteCharacter).join("");
}

/** Whether an octet is a letter of ASCII that stands for itself: most are, and are written without a look at UTF-8. */
function isPlain(octet: number): boolean {
  return octet >= 0x20 && octet < 0x7f && octet !== 0x5c;
}

function quoteCharacter(character: string): string {
  if (character !== "\\" && isHarmless(character)) return character;
  return Array.from(encoder.encode(character), escapeOf).join("");
}

/** Not UTF-8 as a whole: every octet beyond ASCII is an escape. */
function quoteRuns(octets: Uint8Array): string {
  return Array.from(octets, (octet) => (isPlain(octet) ? String.fromCharCode(octet) : escapeOf(octet))).join("");
}

function escapeOf(octet: number): string {
  return NAMED[octet] ?? `\\x${octet.toString(16).padStart(2, "0")}`;
}

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|([tnr\\]))/g;
const CHARACTERS: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", "\\": "\\" };

/** The octets that `quote` wrote. A backslash that begins no escape stands for itself. */
export function unquote(text: string): Uint8Array {
  if (!text.includes("\\")) return encoder.encode(text);
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const match of text.matchAll(ESCAPE)) {
    const [all, hex, named] = match;
    parts.push(encoder.encode(text.slice(at, match.index)));
    parts.push(
      hex === undefined ? encoder.encode(CHARACTERS[named as string]) : Uint8Array.of(Number.parseInt(hex, 16)),
    );
    at = match.index + all.length;
  }
  return Buffer.concat([...parts, encoder.encode(text.slice(at))]);
}

/** The octets of hexadecimal digits. */
export function unhex(text: string): Uint8Array {
  if (/^(?:[0-9a-fA-F]{2})*$/.test(text)) return Buffer.from(text, "hex");
  throw new UsageError(`a frame in --hex is an even number of digits 0 to 9 and a to f, not ${JSON.stringify(text)}`);
}

/** What a peer on the shell is to send: messages of the command line, over and over, or the lines of stdin. */
import { UsageError } from "./exit.js";
import type { Format } from "./lines.js";

/** Octets of a line at most: a file without a line feed shall not fill the memory. */
const LONGEST = 64 * 1024 * 1024;

/** Where messages come from. */
export interface Source {
  /** Messages that stand on the command line. */
  readonly given: readonly string[];
  readonly stdin: AsyncIterable<Buffer | string>;
  readonly format: Format;
  /** Messages at most. */
  readonly count: number | undefined;
}

/** One message after the other. */
export async function* messages({
  given,
  stdin,
  format,
  count = Infinity,
}: Source): AsyncGenerator<Uint8Array[], void> {
  if (given.length > 0) {
    // Without a count once, with one over and over.
    const most = count === Infinity ? given.length : count;
    for (let i = 0; i < most; i++) yield format.given(given[i % given.length] as string);
    return;
  }
  let sent = 0;
  for await (const line of linesOf(stdin, format.end)) {
    if (sent++ >= count) return;
    yield format.read(line);
    if (sent >= count) return;
  }
}

/** The lines of a stream; what stands behind the last end is one, too. */
export async function* linesOf(stream: AsyncIterable<Buffer | string>, end: string): AsyncGenerator<string, void> {
  const mark = end.charCodeAt(0);
  let pieces: Buffer[] = [];
  let held = 0;
  for await (const piece of stream) {
    let rest = Buffer.from(piece as Buffer);
    for (let at = rest.indexOf(mark); at !== -1; at = rest.indexOf(mark)) {
      yield decode([...pieces, rest.subarray(0, at)]);
      pieces = [];
      held = 0;
      rest = rest.subarray(at + 1);
    }
    if (rest.length > 0) pieces.push(rest);
    held += rest.length;
    if (held > LONGEST)
      throw new UsageError(`a message on stdin is over ${LONGEST} octets: end it with a line feed, or -0`);
  }
  if (held > 0) yield decode(pieces);
}

/** Octets that are not UTF-8 come through as escapes, so that none is lost. */
function decode(pieces: readonly Buffer[]): string {
  const line = Buffer.concat(pieces);
  const text = line.toString("utf8");
  if (Buffer.from(text).equals(line)) return text;
  return Array.from(line, (octet) => (octet < 0x80 ? String.fromCharCode(octet) : `\\x${octet.toString(16)}`)).join("");
}

/** Hexadecimal as people paste it: xxd, hexdump -C, Wireshark, C's 0x.., or digits alone. */

/** A line's offset in front, as xxd ("00000010: ") and hexdump ("00000010  ") print it. */
const OFFSET = /^\s*[\da-f]{4,16}(:\s+|\s{2,})/i;
/** hexdump's last line: an offset, and nothing behind it. */
const END = /^\s*[\da-f]{7,16}\s*$/i;

/** @throws A TypeError that says what is no hexadecimal. */
export function parseHex(text: string): Uint8Array {
  const lines = text.split(/\r?\n/);
  const dump = lines.some((line) => OFFSET.test(line));
  const digits = lines.map((line) => (dump && END.test(line) ? "" : digitsOf(line))).join("");
  const odd = /[^\da-f]/iu.exec(digits)?.[0];
  if (odd !== undefined) throw new TypeError(`This is no hexadecimal: ${JSON.stringify(odd)} stands in it.`);
  if (digits.length % 2 === 1)
    throw new TypeError("The number of hexadecimal digits is odd: one is missing, or too many.");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** A line without its offset, the text behind, and what stands between digits. */
function digitsOf(line: string): string {
  const offset = OFFSET.exec(line)?.[0] ?? "";
  const [octets] = line.slice(offset.length).split("|");
  // xxd's text follows two spaces; hexdump has two in the middle too, and a bar before the text.
  const digits = offset.includes(":") ? octets.split("  ")[0] : octets;
  return digits.replace(/0x|\\x|[\s,:;"'{}[\]()-]/gi, "");
}

/** The header scan in TypeScript, over any octets: the twin of assembly/scan.ts. RFC 37, "Framing". */
import { LONG, LONG_HEADER, MORE, SHORT_HEADER } from "./frame.js";

/**
 * @internal Writes a row for each whole message frame in bytes[from, to), as many as the table holds, and returns how
 * many; `status` says where it stopped. Why it stopped is for `readHeader` to say: one judge of faults.
 */
export function scanOctets(
  bytes: Uint8Array,
  from: number,
  to: number,
  maxFrameSize: number,
  table: Int32Array,
  status: Int32Array,
): number {
  const full = table.length;
  let at = from;
  let out = 0;
  while (out < full && at + SHORT_HEADER <= to) {
    const flags = bytes[at];
    let start = at + SHORT_HEADER;
    let length = bytes[at + 1];
    if (flags > MORE) {
      start = at + LONG_HEADER;
      if ((flags | MORE) !== (LONG | MORE) || start > to) break;
      const high = (length << 24) | (bytes[at + 2] << 16) | (bytes[at + 3] << 8) | bytes[at + 4];
      length = ((bytes[at + 5] << 24) | (bytes[at + 6] << 16) | (bytes[at + 7] << 8) | bytes[at + 8]) >>> 0;
      if (high !== 0) break;
    }
    const end = start + length;
    if (length > maxFrameSize || end > to) break;
    table[out] = start;
    table[out + 1] = end | (flags << 31);
    out += 2;
    at = end;
  }
  status[0] = at;
  return out >> 1;
}

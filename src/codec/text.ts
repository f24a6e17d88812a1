/** Strings to UTF-8, straight into the buffer they leave from. */

const utf8 = new TextEncoder();

/** Texts of at most so many letters are written faster by a loop: `encodeInto` needs a view made for it. */
const LOOPED_UNITS = 48;

/** UTF-8 takes at most three octets for each UTF-16 unit. */
export function mostOctets(text: string): number {
  return text.length * 3;
}

/** Writes `text` at `at` and returns how many octets it took; there must be room for `mostOctets(text)`. */
export function writeText(out: Uint8Array, at: number, text: string): number {
  if (text.length <= LOOPED_UNITS) {
    let i = 0;
    for (; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) break;
      out[at + i] = unit;
    }
    if (i === text.length) return i;
  }
  return utf8.encodeInto(text, out.subarray(at)).written;
}

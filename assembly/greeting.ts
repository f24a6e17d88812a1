// The greeting validator: octet by octet, as far as the peer has come. RFC 37, "Formal Grammar".
import { GREETING } from "../src/codec/layout";

const MAJOR: i32 = 10;
const MECHANISM: i32 = 12;
const AS_SERVER: i32 = 32;

function mechanismChar(c: u32): bool {
  return (c >= 0x41 && c <= 0x5a) || (c >= 0x30 && c <= 0x39) || c == 0x2d || c == 0x5f || c == 0x2e || c == 0x2b;
}

/**
 * Judges octets [from, to) of a greeting; returns the first that no ZMTP 3 peer sends, or `to`. Octets before `from`
 * have been judged.
 */
export function judge(from: i32, to: i32): i32 {
  for (let i = from; i < to; i++) {
    const octet = <u32>load<u8>(GREETING + i);
    if (i == 0) {
      if (octet != 0xff) return i;
    } else if (i == 9) {
      if (!(octet & 1)) return i;
    } else if (i == MAJOR) {
      if (octet < 3) return i;
    } else if (i >= MECHANISM && i < AS_SERVER) {
      // The name fills its field from the left; after the first NUL only NUL follows, and there is no empty name.
      if (octet ? !mechanismChar(octet) || (i > MECHANISM && !load<u8>(GREETING + i - 1)) : i == MECHANISM) return i;
    } else if (i == AS_SERVER) {
      if (octet > 1) return i;
    }
  }
  return to;
}

// The greeting validator: octet by octet, as far as the peer has come. RFC 37, "Formal Grammar".
import { AS_SERVER_AT, MAJOR_AT, MECHANISM_AT, SIGNATURE_END } from "../src/codec/greeting-layout";
import { GREETING } from "../src/codec/layout";

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
    } else if (i == SIGNATURE_END) {
      if (!(octet & 1)) return i;
    } else if (i == MAJOR_AT) {
      if (octet < 3) return i;
    } else if (i >= MECHANISM_AT && i < AS_SERVER_AT) {
      // The name fills its field from the left; after the first NUL only NUL follows, and there is no empty name.
      if (octet ? !mechanismChar(octet) || (i > MECHANISM_AT && !load<u8>(GREETING + i - 1)) : i == MECHANISM_AT)
        return i;
    } else if (i == AS_SERVER_AT) {
      if (octet > 1) return i;
    }
  }
  return to;
}

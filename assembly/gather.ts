// The batch encoder: frames that lie apart in the window are framed anew, one behind the other. RFC 37, "Framing".
import { END_MASK, OUTPUT, OUTPUT_SIZE, SELECTION, STATUS, WINDOW } from "../src/codec/layout";

/**
 * Frames rows [first, count) of the selection into the output region and returns the octets written. Stops before a
 * frame that no longer fits; the status word says which row that is. The slack behind the output takes what the last
 * wide store writes too far.
 */
export function gather(first: i32, count: i32): i32 {
  const full = <usize>OUTPUT + OUTPUT_SIZE;
  let out = <usize>OUTPUT;
  let index = first;
  for (; index < count; index++) {
    const at = <usize>SELECTION + ((<usize>index) << 3);
    const start = <usize>load<u32>(at) + WINDOW;
    const mark = load<u32>(at, 4);
    const length = <usize>(mark & END_MASK) + WINDOW - start;
    const more = mark >> 31;
    if (out + length + 9 > full) break;
    if (length < 256) {
      store<u16>(out, <u16>(more | ((<u32>length) << 8)));
      out += 2;
      for (let i: usize = 0; i < length; i += 16) v128.store(out + i, v128.load(start + i));
    } else {
      store<u8>(out, <u8>(more | 2));
      store<u64>(out, bswap<u64>(<u64>length), 1);
      out += 9;
      memory.copy(out, start, length);
    }
    out += length;
  }
  store<i32>(STATUS, index);
  return <i32>(out - OUTPUT);
}

// The header scan: a run of message frames becomes rows of a table. RFC 37, "Framing".
import {
  CAPACITY,
  MORE_BIT,
  STATUS,
  STOP_COMMAND,
  STOP_END,
  STOP_FAULT,
  STOP_FULL,
  STOP_PARTIAL,
  TABLE,
  WINDOW,
} from "../src/codec/layout";

const MORE: u32 = 1;
const LONG: u32 = 2;
const COMMAND: u32 = 4;

const ROW: u32 = 8;
const SHORT_HEADER: u32 = 2;
const LONG_HEADER: u32 = 9;

function row(at: usize, start: usize, next: usize, more: u32): void {
  store<u32>(at, <u32>(start - WINDOW));
  store<u32>(at, <u32>(next - WINDOW) | (more << 31), 4);
}

function stop(at: usize, why: i32, rows: usize): i32 {
  store<i32>(STATUS, <i32>(at - WINDOW));
  store<i32>(STATUS, why, 4);
  return <i32>((rows - TABLE) >> 3);
}

/**
 * Scans message frames in window[from, to) and returns how many it wrote down. Payloads longer than `limit` are a fault.
 *
 * Headers form a chain, each found by the length in the one before, so a plain loop runs at the latency of a load. Streams
 * of equal frames are common: after two equal headers the stride is a guess that the next four headers confirm together,
 * and nothing waits for a load.
 */
export function scan(from: i32, to: i32, limit: f64): i32 {
  const longest = <u64>limit;
  const shortest = <u32>min<u64>(longest, 255);
  const end = <usize>to + WINDOW;
  const full: usize = TABLE + CAPACITY * ROW;
  const room = full - 4 * ROW;
  let at = <usize>from + WINDOW;
  let out = <usize>TABLE;
  let before: u32 = 0xffffffff;

  while (out < full) {
    if (at + SHORT_HEADER > end) return stop(at, at < end ? STOP_PARTIAL : STOP_END, out);
    const header = <u32>load<u16>(at);

    if (!(header & 0xfe)) {
      const length = header >> 8;
      const next = at + SHORT_HEADER + length;
      if (length > shortest) return stop(at, STOP_FAULT, out);
      if (next > end) return stop(at, STOP_PARTIAL, out);
      row(out, at + SHORT_HEADER, next, header & MORE);
      at = next;
      out += ROW;
      if (header == before) {
        const stride = length + SHORT_HEADER;
        const more = (header & MORE) << 31;
        const step = stride * 4;
        // Rows in pairs: (start, end, start, end), moved on by the same amount at each step.
        let pair = i32x4(
          <i32>(at + SHORT_HEADER - WINDOW),
          <i32>((at + stride - WINDOW) | more),
          <i32>(at + SHORT_HEADER + stride - WINDOW),
          <i32>((at + 2 * stride - WINDOW) | more),
        );
        const two = i32x4.splat(<i32>(2 * stride));
        while (at + step <= end && out <= room) {
          const differs =
            (<u32>load<u16>(at) ^ header) |
            (<u32>load<u16>(at + stride) ^ header) |
            (<u32>load<u16>(at + 2 * stride) ^ header) |
            (<u32>load<u16>(at + 3 * stride) ^ header);
          if (differs) break;
          v128.store(out, pair);
          pair = i32x4.add(pair, two);
          v128.store(out, pair, 16);
          pair = i32x4.add(pair, two);
          at += step;
          out += 4 * ROW;
        }
      }
      before = header;
      continue;
    }

    const flags = header & 0xff;
    if (flags == LONG || flags == (LONG | MORE)) {
      if (at + LONG_HEADER > end) return stop(at, STOP_PARTIAL, out);
      const length = bswap<u64>(load<u64>(at, 1));
      if (length > longest) return stop(at, STOP_FAULT, out);
      if (length > <u64>(end - at - LONG_HEADER)) return stop(at, STOP_PARTIAL, out);
      const next = at + LONG_HEADER + <usize>length;
      row(out, at + LONG_HEADER, next, flags & MORE);
      at = next;
      out += ROW;
      continue;
    }

    return stop(at, flags == COMMAND || flags == (COMMAND | LONG) ? STOP_COMMAND : STOP_FAULT, out);
  }
  return stop(at, STOP_FULL, out);
}

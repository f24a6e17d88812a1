// The header scan: a run of message frames becomes rows of a table. RFC 37, "Framing".
import { ROW, STATUS, TABLE, TABLE_SIZE, WINDOW } from "../src/codec/layout";

const MORE: u32 = 1;
const LONG: u32 = 2;

const SHORT_HEADER: u32 = 2;
const LONG_HEADER: u32 = 9;
/** The most octets that a short frame takes. */
const SHORT_FRAME: u32 = 257;
/** Frames that a run confirms at a time. */
const STEP: u32 = 4;

function row(at: u32, start: u32, end: u32, more: u32): void {
  store<u32>(at, start);
  store<u32>(at, end | (more << 31), 4);
}

/** Two rows as they follow in a run of equal frames: (start, end | MORE, start, end | MORE). */
function pairAt(start: u32, end: u32, stride: u32): v128 {
  return i32x4(<i32>start, <i32>end, <i32>(start + stride), <i32>(end + stride));
}

/** Writes four rows, of which the first two are `pair`; returns the pair that follows. */
function fourRows(out: u32, pair: v128, two: v128): v128 {
  const next = i32x4.add(pair, two);
  v128.store(out, pair);
  v128.store(out, next, 16);
  return i32x4.add(next, two);
}

function differShort(at: u32, header: u32): u32 {
  return <u32>load<u16>(at, WINDOW) ^ header;
}

function differLong(at: u32, flags: u32, length: u64): u64 {
  return (load<u64>(at, WINDOW + 1) ^ length) | <u64>(<u32>load<u8>(at, WINDOW) ^ flags);
}

/** How far the octets of a run may be looked at: as far as there are any, and as there are rows for. */
function reach(at: u32, to: u32, room: u32, stride: u32): u32 {
  return <u32>min<u64>(to, at + <u64>(room / ROW) * stride);
}

/** Writes rows for the frames at `at` that repeat `header`, four at a time, and returns how many. */
function shortRun(at: u32, to: u32, out: u32, full: u32, less: u32, header: u32): u32 {
  const length = header >> 8;
  const stride = length + SHORT_HEADER;
  const step = STEP * stride;
  const end = reach(at, to, full - out, stride);
  const two = i32x4.splat(<i32>(2 * stride));
  let pair = pairAt(at - less + SHORT_HEADER, (at - less + stride) | (header << 31), stride);
  const from = out;
  // One bound in place of two, `end` and the table's: a tenth of the time on small frames.
  while (at + step <= end) {
    if (
      differShort(at, header) |
      differShort(at + stride, header) |
      differShort(at + 2 * stride, header) |
      differShort(at + 3 * stride, header)
    ) {
      break;
    }
    pair = fourRows(out, pair, two);
    at += step;
    out += STEP * ROW;
  }
  return (out - from) / ROW;
}

/** The same for long headers; `length` as it lies in memory. */
function longRun(at: u32, to: u32, out: u32, full: u32, less: u32, flags: u32, length: u64, stride: u32): u32 {
  const step = STEP * stride;
  const end = reach(at, to, full - out, stride);
  const two = i32x4.splat(<i32>(2 * stride));
  let pair = pairAt(at - less + LONG_HEADER, (at - less + stride) | (flags << 31), stride);
  const from = out;
  while (at + step <= end) {
    if (
      differLong(at, flags, length) |
      differLong(at + stride, flags, length) |
      differLong(at + 2 * stride, flags, length) |
      differLong(at + 3 * stride, flags, length)
    ) {
      break;
    }
    pair = fourRows(out, pair, two);
    at += step;
    out += STEP * ROW;
  }
  return (out - from) / ROW;
}

/**
 * Scans message frames in window[from, to) and returns how many it wrote down. Payloads longer than `limit` (at most
 * 2^31-1) are a fault.
 *
 * Headers form a chain, each found by the length in the one before, so a plain loop runs at the latency of a load.
 * Streams of equal frames are common: after two equal headers the stride is a guess that the next four headers
 * confirm together, and nothing waits for a load.
 *
 * Short frames have a loop of their own. Any further check in it made it slower.
 */
export function scan(from: u32, to: u32, limit: f64): i32 {
  return scanInto(TABLE, TABLE + TABLE_SIZE, 0, from, to, limit);
}

/**
 * The same with a table anywhere in [table, full), whose rows hold offsets that are `less` smaller than those into the
 * window. STATUS says where it stopped. Why it stopped is for `readHeader` to say: one judge of faults.
 */
export function scanInto(table: u32, full: u32, less: u32, from: u32, to: u32, limit: f64): i32 {
  const longest = <u32>limit;
  const safe = longest >= SHORT_FRAME && to > SHORT_FRAME ? to - SHORT_FRAME : 0;
  let at = from;
  let out = table;
  let before: u32 = 0xffffffff;
  let lengthBefore: u64 = 0xffffffffffffffff;

  while (out < full) {
    let repeated = false;
    // A frame takes two octets or more and a row eight: up to here neither chunk nor table can come to its end.
    const bound = min<u32>(safe, at + (full - out) / 4);
    while (at < bound) {
      const header = <u32>load<u16>(at, WINDOW);
      if (header & 0xfe) break;
      const start = at + SHORT_HEADER;
      // The octet on its own, not the upper half of `header`: one step less in the chain.
      at = start + <u32>load<u8>(at, WINDOW + 1);
      row(out, start - less, at - less, header);
      out += ROW;
      if (header == before) {
        repeated = true;
        break;
      }
      before = header;
    }
    if (repeated) {
      const count = shortRun(at, to, out, full, less, before);
      at += count * ((before >> 8) + SHORT_HEADER);
      out += count * ROW;
      continue;
    }
    if (out >= full) break;

    if (at + SHORT_HEADER > to) break;
    const flags = <u32>load<u8>(at, WINDOW);
    if (flags <= MORE) {
      const length = <u32>load<u8>(at, WINDOW + 1);
      const start = at + SHORT_HEADER;
      if (length > longest || start + length > to) break;
      at = start + length;
      row(out, start - less, at - less, flags);
      out += ROW;
      continue;
    }

    const start = at + LONG_HEADER;
    if ((flags | MORE) != (LONG | MORE) || start > to) break;
    const lengthHere = load<u64>(at, WINDOW + 1);
    const length = bswap<u32>(<u32>(lengthHere >> 32));
    if (<u32>lengthHere || length > longest || length > to - start) break;
    at = start + length;
    row(out, start - less, at - less, flags);
    out += ROW;
    const stride = length + LONG_HEADER;
    // Where fewer than four frames are left there is no run, and its setting up would be most of a call's time.
    if (lengthHere == lengthBefore && STEP * <u64>stride <= to - at) {
      const count = longRun(at, to, out, full, less, flags, lengthHere, stride);
      at += count * stride;
      out += count * ROW;
    }
    lengthBefore = lengthHere;
  }
  store<i32>(STATUS, at);
  return <i32>((out - table) / ROW);
}

// The header scan as a plain loop in AssemblyScript: what run speculation must not cost a mixed stream.
import { CAPACITY, MORE_BIT, STATUS, TABLE, WINDOW } from "../../src/codec/layout";

export function scan(from: u32, to: u32, limit: f64): i32 {
  const longest = <u64>limit;
  let at = from;
  let rows: i32 = 0;
  while (rows < CAPACITY && at + 2 <= to) {
    const flags = <u32>load<u8>(at, WINDOW);
    let start = at + 2;
    let length = <u64>load<u8>(at, WINDOW + 1);
    if (flags > 3) break;
    if (flags & 2) {
      start = at + 9;
      if (start > to) break;
      length = bswap<u64>(load<u64>(at, WINDOW + 1));
    }
    if (length > longest || length > <u64>(to - start)) break;
    const end = start + <u32>length;
    store<u32>(TABLE + (rows << 3), start);
    store<u32>(TABLE + (rows << 3), end | (flags & 1 ? MORE_BIT : 0), 4);
    rows++;
    at = end;
  }
  store<i32>(STATUS, at);
  return rows;
}

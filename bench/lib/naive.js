/** The decoder that most libraries have: one object per frame, a view for each payload, unfinished frames concatenated. */

export class NaiveDecoder {
  #rest = new Uint8Array(0);

  *push(chunk) {
    let bytes = chunk;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + chunk.length);
      bytes.set(this.#rest);
      bytes.set(chunk, this.#rest.length);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (at + 2 <= bytes.length) {
      const flags = bytes[at];
      if (flags & 0xf8) throw new Error("reserved flags");
      const long = (flags & 2) !== 0;
      if (long && at + 9 > bytes.length) break;
      const start = at + (long ? 9 : 2);
      const length = long ? Number(view.getBigUint64(at + 1)) : bytes[at + 1];
      if (start + length > bytes.length) break;
      yield { payload: bytes.subarray(start, start + length), more: (flags & 1) !== 0, command: (flags & 4) !== 0 };
      at = start + length;
    }
    this.#rest = bytes.subarray(at);
  }
}

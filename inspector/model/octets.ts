/** What one side sent, as it came: pieces in order, any stretch of which can be had again. */
export class Octets {
  readonly #pieces: Uint8Array[] = [];
  readonly #starts: number[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#starts.push(this.#length);
    this.#length += piece.length;
  }

  /** From `start` to `end`: a view where one piece holds it all, else a copy. */
  slice(start: number, end: number): Uint8Array {
    const last = Math.min(end, this.#length);
    if (start >= last) return new Uint8Array(0);
    let at = this.#pieceAt(start);
    const first = this.#pieces[at].subarray(start - this.#starts[at], last - this.#starts[at]);
    if (first.length === last - start) return first;
    const joined = new Uint8Array(last - start);
    joined.set(first);
    for (let filled = first.length; filled < joined.length; ) {
      at++;
      const next = this.#pieces[at].subarray(0, joined.length - filled);
      joined.set(next, filled);
      filled += next.length;
    }
    return joined;
  }

  /** The pieces from `start` to `end`, which are where pieces meet. */
  pieces(start: number, end: number): readonly Uint8Array[] {
    const first = this.#pieceAt(start);
    let last = first;
    while (last < this.#starts.length && this.#starts[last] < end) last++;
    return this.#pieces.slice(first, last);
  }

  /** The last piece that starts at or before `offset`. */
  #pieceAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** How many entries came in each stretch of time. When there would be too many stretches, two become one. */
const MOST = 480;
/** Seconds. */
const SHORTEST = 0.05;

export class Rates {
  /** Seconds of one stretch. */
  step = SHORTEST;
  /** One list of counts for each side. */
  readonly counts: readonly [number[], number[]] = [[], []];
  #last = -1;

  /** How many stretches there are. */
  get length(): number {
    return this.#last + 1;
  }

  add(time: number, side: number): void {
    if (!(time >= 0)) return;
    while (time >= this.step * MOST) this.#halve();
    const at = Math.floor(time / this.step);
    this.#last = Math.max(this.#last, at);
    this.counts[side][at] = (this.counts[side][at] ?? 0) + 1;
  }

  /** What uPlot draws: the middle of each stretch, and the entries a second of each side. */
  series(): [number[], number[], number[]] {
    const times = Array.from({ length: this.length }, (_, i) => (i + 0.5) * this.step);
    const [client, server] = this.counts.map((counts) => times.map((_, i) => (counts[i] ?? 0) / this.step));
    return [times, client, server];
  }

  #halve(): void {
    this.step *= 2;
    this.#last = Math.floor(this.#last / 2);
    for (const counts of this.counts) {
      const half = Math.ceil(counts.length / 2);
      for (let i = 0; i < half; i++) counts[i] = (counts[2 * i] ?? 0) + (counts[2 * i + 1] ?? 0);
      counts.length = half;
    }
  }
}

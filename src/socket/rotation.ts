/** Pipes that take turns. */
import type { Pipe } from "./pipe.js";

export class Rotation {
  readonly #pipes: Pipe[] = [];
  readonly #members = new Set<Pipe>();
  #at = 0;

  /** Whose turn it is. */
  get current(): Pipe | undefined {
    return this.#pipes[this.#at];
  }

  /** Whether there is one pipe alone: it is always its turn. */
  get alone(): boolean {
    return this.#pipes.length === 1;
  }

  /** Its turn comes after that of the last one. */
  add(pipe: Pipe): void {
    if (this.#members.has(pipe)) return;
    this.#members.add(pipe);
    this.#pipes.push(pipe);
  }

  delete(pipe: Pipe): void {
    if (!this.#members.delete(pipe)) return;
    const i = this.#pipes.indexOf(pipe);
    this.#pipes.splice(i, 1);
    if (i < this.#at) this.#at--;
    if (this.#at >= this.#pipes.length) this.#at = 0;
  }

  /** It is the next one's turn now. */
  advance(): void {
    this.#at++;
    if (this.#at >= this.#pipes.length) this.#at = 0;
  }
}

/** Messages to many peers, one to each in turn, past those that are full. RFC 30, "The PUSH Socket Type". */
import type { SentMessage } from "./message.js";
import type { Pipe } from "./pipe.js";
import { Rotation } from "./rotation.js";
import type { Run } from "./run.js";

export class RoundRobin {
  readonly #free = new Rotation();
  /** Who got the last message. */
  to: Pipe | undefined;

  attach(pipe: Pipe): void {
    if (pipe.writable) this.#free.add(pipe);
  }

  detach(pipe: Pipe): void {
    this.#free.delete(pipe);
    if (this.to === pipe) this.to = undefined;
  }

  /** There is room in this pipe again. */
  drained(pipe: Pipe): void {
    this.#free.add(pipe);
  }

  get writable(): boolean {
    return this.#next() !== undefined;
  }

  /** False if there is nobody, or everybody is full. */
  send(message: SentMessage): boolean {
    const pipe = this.#next();
    if (pipe === undefined) return false;
    pipe.send(message);
    this.to = pipe;
    this.#free.advance();
    return true;
  }

  /**
   * Sends what there is room for, from this frame of a run on. Where there are several peers, each gets one message.
   */
  sendRun(run: Run, from: number): number {
    const pipe = this.#next();
    if (pipe === undefined) return from;
    const end = run.endOf(this.#free.alone ? pipe.room : 1, from);
    pipe.sendRun(run, from, end);
    this.#free.advance();
    return end;
  }

  #next(): Pipe | undefined {
    for (let pipe = this.#free.current; pipe !== undefined; pipe = this.#free.current) {
      if (pipe.writable) return pipe;
      this.#free.delete(pipe);
    }
    return undefined;
  }
}

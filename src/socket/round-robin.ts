/** Messages to many peers, one to each in turn, past those that are full. RFC 30, "The PUSH Socket Type". */
import type { FrameBatch } from "../codec/batch.js";
import type { SentMessage } from "./message.js";
import type { Pipe } from "./pipe.js";
import { Ring } from "./ring.js";

export class RoundRobin {
  readonly #free = new Ring();
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

  sendBatch(batch: FrameBatch): boolean {
    const pipe = this.#next();
    if (pipe === undefined) return false;
    pipe.sendBatch(batch);
    this.#free.advance();
    return true;
  }

  #next(): Pipe | undefined {
    for (let pipe = this.#free.current; pipe !== undefined; pipe = this.#free.current) {
      if (pipe.writable) return pipe;
      this.#free.delete(pipe);
    }
    return undefined;
  }
}

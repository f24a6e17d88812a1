/** Messages from many peers, one of each in turn: none starves behind a busy one. RFC 28, 30. */
import type { FrameBatch } from "../codec/batch.js";
import type { Pipe } from "./pipe.js";
import { Rotation } from "./rotation.js";

export class FairQueue {
  readonly #waiting = new Rotation();
  /** Whose message `next` gave last. */
  from: Pipe | undefined;

  attach(pipe: Pipe): void {
    if (pipe.readable) this.#waiting.add(pipe);
  }

  detach(pipe: Pipe): void {
    this.#waiting.delete(pipe);
    if (this.from === pipe) this.from = undefined;
  }

  /** Something waits in this pipe. */
  arrived(pipe: Pipe): void {
    this.#waiting.add(pipe);
  }

  get readable(): boolean {
    for (let pipe = this.#waiting.current; pipe !== undefined; pipe = this.#waiting.current) {
      if (pipe.readable) return true;
      this.#waiting.delete(pipe);
    }
    return false;
  }

  /** Whether whoever's turn it is gives runs. Only where something is readable. */
  get inRuns(): boolean {
    return this.#waiting.current?.inRuns ?? false;
  }

  /** The next message; the peers take turns. */
  next(): Uint8Array[] | undefined {
    for (let pipe = this.#waiting.current; pipe !== undefined; pipe = this.#waiting.current) {
      const message = pipe.receive();
      if (message !== undefined) {
        this.#waiting.advance();
        this.from = pipe;
        return message;
      }
      this.#waiting.delete(pipe);
    }
    return undefined;
  }

  /** The next run of messages; the peers take turns, a run each. */
  nextBatch(): FrameBatch | undefined {
    for (let pipe = this.#waiting.current; pipe !== undefined; pipe = this.#waiting.current) {
      const batch = pipe.receiveBatch();
      if (batch !== undefined) {
        this.#waiting.advance();
        this.from = pipe;
        return batch;
      }
      this.#waiting.delete(pipe);
    }
    return undefined;
  }
}

/** Messages from and to the one peer that there is. RFC 31, "The PAIR Socket Type". */
import type { FrameBatch } from "../codec/batch.js";
import type { SentMessage } from "./message.js";
import type { Pipe } from "./pipe.js";
import type { Run } from "./run.js";

export class OnePeer {
  #pipe: Pipe | undefined;

  /** False if there is one already: the newcomer is not wanted. */
  attach(pipe: Pipe): boolean {
    this.#pipe ??= pipe;
    return this.#pipe === pipe;
  }

  detach(pipe: Pipe): void {
    if (this.#pipe === pipe) this.#pipe = undefined;
  }

  get readable(): boolean {
    return this.#pipe?.readable ?? false;
  }

  next(): Uint8Array[] | undefined {
    return this.#pipe?.receive();
  }

  get inRuns(): boolean {
    return this.#pipe?.inRuns ?? false;
  }

  nextBatch(): FrameBatch | undefined {
    return this.#pipe?.receiveBatch();
  }

  get writable(): boolean {
    return this.#pipe?.writable ?? false;
  }

  /** False if there is nobody, or it has no room. */
  send(message: SentMessage): boolean {
    if (!this.#pipe?.writable) return false;
    this.#pipe.send(message);
    return true;
  }

  /** Sends what there is room for, from this frame of a run on. */
  sendRun(run: Run, from: number): number {
    if (!this.#pipe?.writable) return from;
    const end = run.endOf(this.#pipe.room, from);
    this.#pipe.sendRun(run, from, end);
    return end;
  }
}

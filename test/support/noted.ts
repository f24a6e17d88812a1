/** A transport that only notes what is asked of it, and takes as much as a test says. */
import type { Transport } from "../../src/connection/transport.js";

export class NotedTransport implements Transport {
  /** The calls, by their names. */
  readonly asked: string[] = [];
  /** What was written, copied. */
  readonly chunks: Uint8Array[] = [];
  untaken: number | undefined;
  /** Whether the system takes each write at once, as far as the caller is told. */
  roomy = true;

  write(chunks: readonly Uint8Array[]): boolean {
    this.asked.push("write");
    for (const chunk of chunks) this.chunks.push(chunk.slice());
    return this.roomy;
  }

  pause(): void {
    this.asked.push("pause");
  }

  resume(): void {
    this.asked.push("resume");
  }

  finish(): void {
    this.asked.push("finish");
  }

  destroy(): void {
    this.asked.push("destroy");
  }

  awaitAnswer(): void {
    this.asked.push("awaitAnswer");
  }

  ref(): void {
    this.asked.push("ref");
  }

  unref(): void {
    this.asked.push("unref");
  }

  /** Octets written so far. */
  get octets(): number {
    return this.chunks.reduce((sum, { length }) => sum + length, 0);
  }
}

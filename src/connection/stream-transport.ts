/** A pair of WHATWG byte streams as a transport. */
import { deadline } from "./deadline.js";
import { Deferred } from "./deferred.js";
import { readerOf, type StreamReader } from "./stream-reader.js";
import type { Transport, TransportUser } from "./transport.js";

/** Milliseconds for the reader to find out why nothing can be written any more. */
const READER_PATIENCE = 1000;

/** Octets in, octets out. */
export interface ByteStreams {
  /** What the peer sends. Its end is the peer's goodbye. */
  readonly readable: ReadableStream<Uint8Array>;
  /** What the peer is sent. Closing it is our goodbye. */
  readonly writable: WritableStream<Uint8Array>;
}

/** @internal One pair of streams as a transport. */
export class StreamTransport implements Transport {
  readonly #user: TransportUser;
  readonly #reader: StreamReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #resumed: Deferred | undefined;
  #over = false;
  #broken = false;

  constructor({ readable, writable }: ByteStreams, user: TransportUser) {
    this.#user = user;
    this.#writer = writable.getWriter();
    this.#writer.closed.catch((error) => this.#cannotWrite(error));
    this.#reader = readerOf(readable);
    this.#pump();
  }

  write(chunks: readonly Uint8Array[]): boolean {
    for (const chunk of chunks) {
      this.#writer.write(chunk).then(
        () => this.#user.sent(chunk.length),
        (error) => this.#cannotWrite(error),
      );
    }
    return (this.#writer.desiredSize ?? 0) > 0;
  }

  pause(): void {
    this.#resumed ??= new Deferred();
  }

  resume(): void {
    this.#resumed?.resolve();
    this.#resumed = undefined;
  }

  finish(): void {
    this.resume();
    this.#writer.close().catch((error) => this.#cannotWrite(error));
  }

  destroy(): void {
    this.resume();
    this.#gone();
    this.#writer.abort().catch(() => {});
    this.#reader.cancel().catch(() => {});
  }

  async #pump(): Promise<void> {
    // A tick later, so that the link has its transport before the first octet.
    await undefined;
    try {
      for (;;) {
        const chunk = await this.#reader.read();
        if (this.#over) return;
        if (chunk === undefined) break;
        if (chunk.length > 0) this.#user.received(chunk);
        if (this.#resumed) await this.#resumed.promise;
      }
      this.#user.ended();
      await this.#writer.closed.catch(() => {});
      this.#gone();
    } catch (error) {
      this.#gone(error);
    }
  }

  /**
   * A socket whose peer has said goodbye may refuse to write before all that came has been read (Node's Duplex.toWeb
   * does): the reader has the last word, if it speaks soon.
   */
  #cannotWrite(error: unknown): void {
    if (this.#broken) return;
    this.#broken = true;
    const judge = () => {
      if (this.#resumed) deadline(READER_PATIENCE, judge);
      else this.#gone(error);
    };
    deadline(READER_PATIENCE, judge);
  }

  #gone(error?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#user.gone(error);
  }
}

/**
 * A pair of WHATWG byte streams as a transport: Deno and Bun sockets, Cloudflare's connect(), WebTransport,
 * Duplex.toWeb.
 */
import type { Connection } from "./connection.js";
import { deadline } from "./deadline.js";
import { Deferred } from "./deferred.js";
import { open } from "./open.js";
import { type ConnectionOptions, settingsFor } from "./options.js";
import type { Transport, TransportUser } from "./transport.js";

/** Octets asked for at a time where the source lets us bring the buffer. */
const READ = 128 * 1024;

/** Milliseconds for the reader to find out why nothing can be written any more. */
const READER_PATIENCE = 1000;

/** Octets in, octets out. */
export interface ByteStreams {
  /** What the peer sends. Its end is the peer's goodbye. */
  readonly readable: ReadableStream<Uint8Array>;
  /** What the peer is sent. Closing it is our goodbye. */
  readonly writable: WritableStream<Uint8Array>;
}

/**
 * Opens a connection over a pair of byte streams, which are locked and become the connection's.
 *
 * @throws (rejects) a {@link ZmtpError} if the peer does not speak ZMTP as it should, NOT_REACHED with the streams' own
 *   error as its cause, or the signal's reason; a TypeError or a RangeError for an option that will not do.
 */
export async function overStreams(streams: ByteStreams, options: ConnectionOptions): Promise<Connection> {
  if (typeof streams?.readable?.getReader !== "function" || typeof streams.writable?.getWriter !== "function") {
    throw new TypeError("overStreams takes { readable, writable }, a ReadableStream and a WritableStream of octets");
  }
  return open(settingsFor(options), {}, (link) => {
    link.reception.attached(new StreamTransport(streams, link.reception));
  });
}

class StreamTransport implements Transport {
  readonly #user: TransportUser;
  readonly #read: () => Promise<Uint8Array | undefined>;
  readonly #cancel: (reason?: unknown) => Promise<unknown>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #resumed: Deferred | undefined;
  #over = false;
  #broken = false;

  constructor({ readable, writable }: ByteStreams, user: TransportUser) {
    this.#user = user;
    this.#writer = writable.getWriter();
    this.#writer.closed.catch((error) => this.#cannotWrite(error));
    const { read, cancel } = reading(readable);
    this.#read = read;
    this.#cancel = cancel;
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
    this.#cancel().catch(() => {});
  }

  async #pump(): Promise<void> {
    // A tick later, so that the link has its transport before the first octet.
    await undefined;
    try {
      for (;;) {
        const chunk = await this.#read();
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

/** Reads into one buffer of ours where the source offers it, else takes what it gives. */
function reading(readable: ReadableStream<Uint8Array>) {
  const reader = byobReader(readable);
  if (reader === undefined) {
    const plain = readable.getReader();
    return { read: async () => (await plain.read()).value, cancel: (reason?: unknown) => plain.cancel(reason) };
  }
  let buffer = new ArrayBuffer(READ);
  const read = async (): Promise<Uint8Array | undefined> => {
    const { value, done } = await reader.read(new Uint8Array(buffer));
    if (value) buffer = value.buffer as ArrayBuffer;
    return done ? undefined : value;
  };
  return { read, cancel: (reason?: unknown) => reader.cancel(reason) };
}

function byobReader(readable: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined {
  try {
    return readable.getReader({ mode: "byob" });
  } catch {
    return undefined;
  }
}

/**
 * A session on a socket of node:net: what comes in goes to the session, what the session says goes out, events wait to
 * be asked for.
 */
import { once } from "node:events";
import net from "node:net";
import { onTestFinished } from "vitest";
import type { Message, Progress, SessionBatchEvent, SessionEvent, ZmtpSession } from "../../src/index.js";

const PIECE = 1009;

/** The ways octets get into a session. Batches are read where they lie, so that every way gives the same events. */
export const ways = {
  receive: (session: ZmtpSession, chunk: Uint8Array) => session.receive(chunk),
  receiveBatches: (session: ZmtpSession, chunk: Uint8Array) => unpacked(session.receiveBatches(chunk)),
  commit(session: ZmtpSession, chunk: Uint8Array) {
    session.reserve(chunk.length).set(chunk);
    return unpacked(session.commit(chunk.length));
  },
  *pieces(session: ZmtpSession, chunk: Uint8Array) {
    for (let at = 0; at < chunk.length; at += PIECE) yield* session.receive(chunk.subarray(at, at + PIECE));
  },
};

export type Way = keyof typeof ways;

type EventOf<T extends SessionEvent["type"]> = Extract<SessionEvent, { readonly type: T }>;

/** One connection, seen from the session's side. Closes itself when the test is over. */
export class Wire {
  readonly session: ZmtpSession;
  readonly socket: net.Socket;
  /** Everything the session reported, in order. */
  readonly events: SessionEvent[] = [];
  /** When the connection is closed, and the session has been told. */
  readonly closed: Promise<void>;
  #isClosed = false;
  /** Where to look for the next event of each type. */
  readonly #next = new Map<SessionEvent["type"], number>();
  #waiting: (() => void)[] = [];

  /** @param greeting - What to say first; default the session's own greeting. */
  constructor(session: ZmtpSession, socket: net.Socket, way: Way = "receive", greeting: Uint8Array = session.start()) {
    this.session = session;
    this.socket = socket;
    socket.on("data", (chunk) => this.#feed(way, chunk));
    // A peer that hangs up while we write resets the connection; what follows from that is for the session to say.
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        this.#take(session.end());
        this.#isClosed = true;
        this.#wake();
        resolve();
      });
    });
    socket.write(greeting);
    onTestFinished(() => {
      socket.destroy();
      return this.closed;
    });
  }

  /** The next event of a type, in the order of arrival; fails if the connection closes before it comes. */
  async next<T extends SessionEvent["type"]>(type: T): Promise<EventOf<T>> {
    for (;;) {
      for (let i = this.#next.get(type) ?? 0; i < this.events.length; i++) {
        const event = this.events[i];
        if (event.type !== type) continue;
        this.#next.set(type, i + 1);
        return event as EventOf<T>;
      }
      this.#next.set(type, this.events.length);
      if (this.#isClosed) throw new Error(`closed before the next ${type}`, { cause: this.session.error });
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The payloads of the next message. */
  async message(): Promise<Buffer[]> {
    const payloads: Buffer[] = [];
    for (;;) {
      const { frame } = await this.next("Frame");
      const { buffer, byteOffset, length } = frame.payload;
      payloads.push(Buffer.from(buffer, byteOffset, length));
      if (!frame.more) return payloads;
    }
  }

  /** Resolves when the socket has room for more. */
  async write(bytes: Uint8Array): Promise<void> {
    if (!this.socket.write(bytes)) await Promise.race([once(this.socket, "drain"), this.closed]);
  }

  send(message: Message): Promise<void> {
    return this.write(this.session.send(message));
  }

  /** All that the session has told us to send, its greeting aside. */
  get sent(): Buffer {
    return Buffer.concat(this.events.map((event) => (event.type === "SendBytes" ? event.bytes : new Uint8Array(0))));
  }

  #feed(way: Way, chunk: Uint8Array): void {
    if (this.session.error) return;
    this.#take(ways[way](this.session, chunk));
    // The session has promised not to look at it again.
    chunk.fill(0xee);
  }

  #take(events: Iterable<SessionEvent>): void {
    for (const event of events) {
      this.events.push(event);
      if (event.type === "SendBytes" && this.socket.writable) this.socket.write(event.bytes);
      if (event.type === "Error") this.socket.end();
      if (event.type === "Question") this.#answer(event.question as Promise<Progress>);
    }
    this.#wake();
  }

  /** As a connection does: the question is a promise of what follows. */
  async #answer(question: Promise<Progress>): Promise<void> {
    this.#take(this.session.proceed(await question));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Connects to a port of this host, or to a path. */
export async function dial(address: number | string): Promise<net.Socket> {
  const socket = typeof address === "number" ? net.connect(address, "127.0.0.1") : net.connect(address);
  socket.setNoDelay();
  await once(socket, "connect");
  return socket;
}

/** Listens for one connection, on a free port of this host or at a path, and hears no other. */
export async function answerOne(path?: string): Promise<{ port: number; socket: Promise<net.Socket> }> {
  const server = net.createServer({ noDelay: true });
  if (path === undefined) server.listen(0, "127.0.0.1");
  else server.listen(path);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const socket = once(server, "connection").then(([socket]) => {
    server.close();
    return socket as net.Socket;
  });
  const address = server.address();
  return { port: typeof address === "object" && address !== null ? address.port : 0, socket };
}

function* unpacked(events: Iterable<SessionBatchEvent>): Iterable<SessionEvent> {
  for (const event of events) {
    if (event.type !== "Frames") {
      yield event;
      continue;
    }
    const { batch } = event;
    for (let i = 0; i < batch.length; i++) {
      const payload = batch.bytes.slice(batch.start(i), batch.end(i));
      yield { type: "Frame", frame: { payload, more: batch.more(i), command: batch.command(i) } };
    }
  }
}

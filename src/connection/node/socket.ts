/** A Node socket, TCP or IPC, as a transport. */
import type { Socket } from "node:net";
import type { Transport, TransportUser } from "../transport.js";
import { busyPoll } from "./busy-poll.js";
import type { NodeConnectionOptions } from "./options.js";

export class SocketTransport implements Transport {
  readonly #socket: Socket;
  readonly #user: TransportUser;
  readonly #busyPoll: number;
  #error: unknown;

  /** Reports everything but octets that came in by `onread`. */
  constructor(socket: Socket, user: TransportUser, options: NodeConnectionOptions) {
    this.#socket = socket;
    this.#user = user;
    this.#busyPoll = options.busyPoll ?? 0;
    socket.on("data", (chunk) => user.received(chunk as Buffer));
    socket.on("end", () => user.ended());
    socket.on("error", (error) => {
      this.#error = error;
    });
    socket.on("close", () => user.gone(this.#error));
  }

  write(chunks: readonly Uint8Array[]): void {
    if (chunks.length === 1) this.#writeOne(chunks[0]);
    else this.#writeTogether(chunks);
    if (this.#busyPoll > 0) busyPoll(this.#busyPoll);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  finish(): void {
    // What still comes is read and dropped: a socket closed with octets unread resets the connection, and what we sent is lost.
    this.#socket.resume();
    this.#socket.end(() => this.#socket.unref());
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #writeTogether(chunks: readonly Uint8Array[]): void {
    this.#socket.cork();
    for (const chunk of chunks) this.#writeOne(chunk);
    this.#socket.uncork();
  }

  #writeOne(chunk: Uint8Array): void {
    this.#socket.write(chunk, (error) => {
      if (!error) this.#user.sent(chunk.length, chunk);
    });
  }
}

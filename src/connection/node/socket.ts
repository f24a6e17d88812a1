/** A Node socket, TCP or IPC, as a transport. */
import type { Socket } from "node:net";
import { FAREWELL } from "../limits.js";
import { after } from "../timer.js";
import type { Transport, TransportUser } from "../transport.js";
import { busyPoll } from "./busy-poll.js";
import type { NodeSettings } from "./options.js";

/** One Node socket as a transport. */
export class SocketTransport implements Transport {
  readonly #socket: Socket;
  readonly #user: TransportUser;
  readonly #busyPoll: number;
  readonly remoteAddress: string | undefined;
  #error: unknown;

  /** Reports everything but octets that came in by `onread`. */
  constructor(socket: Socket, user: TransportUser, settings: NodeSettings, remoteAddress: string | undefined) {
    this.#socket = socket;
    this.#user = user;
    this.#busyPoll = settings.busyPoll;
    this.remoteAddress = remoteAddress;
    // Node makes a buffer for each read and forgets it: it is ours to keep.
    socket.on("data", (chunk) => user.receivedOwned(chunk as Buffer));
    socket.on("end", () => user.ended());
    socket.on("error", (error) => {
      this.#error = error;
    });
    socket.on("close", () => user.gone(this.#error));
  }

  /** Node's own timeouts look at the same number: nothing public tells of a write that is half done. */
  get untaken(): number | undefined {
    return (this.#socket as unknown as { _handle?: { writeQueueSize?: number } })._handle?.writeQueueSize;
  }

  write(chunks: readonly Uint8Array[]): boolean {
    if (chunks.length === 1) this.#writeOne(chunks[0]);
    else this.#writeTogether(chunks);
    // `writableLength` is 0 if the system took everything at once. `sent` follows a moment later.
    return this.#socket.writableLength === 0;
  }

  awaitAnswer(): void {
    if (this.#busyPoll > 0) busyPoll(this.#busyPoll);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  finish(): void {
    this.#socket.resume();
    // Whoever awaits `closed` hears of the peer's goodbye; a peer that is slow with it does not keep the process.
    this.#socket.end(() => after(FAREWELL, () => this.#socket.unref()));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
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

/** Where a socket's peer is. */
export function remoteAddressOf({ remoteAddress, remotePort, remoteFamily }: Socket): string | undefined {
  if (remoteAddress === undefined) return undefined;
  return remoteFamily === "IPv6" ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}

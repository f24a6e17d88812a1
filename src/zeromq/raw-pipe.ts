/** A pipe of bare TCP, for STREAM sockets: whatever octets come are a message. libzmq's ZMQ_STREAM. */
import type { Socket } from "node:net";
import type { FrameBatch } from "../codec/batch.js";
import { Fifo } from "../connection/fifo.js";
import type { EncodedOnce } from "../socket/encoded-once.js";
import type { EndpointOwner } from "../socket/endpoints.js";
import { notHere } from "../socket/errno.js";
import { isFull, roomAgainAt } from "../socket/mark.js";
import type { SentMessage } from "../socket/message.js";
import { firstOf, keptBytes } from "../socket/message.js";
import type { Pipe } from "../socket/pipe.js";
import { NOBODY } from "../socket/pipe-owner.js";
import { keepAlive } from "./keep-alive.js";

/** What tells that a peer has come, or is gone. */
const NOTICE = Buffer.alloc(0);

export class RawPipe implements Pipe {
  readonly identity: Uint8Array;
  readonly #socket: Socket;
  readonly #owner: EndpointOwner;
  readonly #queue = new Fifo<Uint8Array[]>();
  #over = false;

  constructor(socket: Socket, owner: EndpointOwner, identity: Uint8Array = NOBODY) {
    this.identity = identity;
    this.#socket = socket;
    this.#owner = owner;
    socket.unref();
    socket.on("data", (chunk) => this.#put(chunk as Buffer));
    socket.on("drain", () => owner.user.drained(this));
    socket.on("error", () => {});
    // Its peer has said all that it will: as libzmq does, this one says no more than it has said already.
    socket.on("end", () => socket.destroySoon());
    socket.on("close", () => this.#end());
  }

  /** The peer is there. */
  greet(): void {
    keepAlive(this.#socket, this.#owner);
    if (this.#owner.settings.notify) this.#put(NOTICE);
  }

  get readable(): boolean {
    return this.#queue.length > 0;
  }

  receive(): Uint8Array[] | undefined {
    const message = this.#queue.shift();
    if (this.#queue.length <= roomAgainAt(this.#owner.settings.receiveHighWaterMark)) this.#socket.resume();
    if (message !== undefined) this.#detachWhenRead();
    return message;
  }

  receiveBatch(): FrameBatch | undefined {
    throw notHere("batches of a Stream", "they have no frames");
  }

  get inRuns(): boolean {
    return false;
  }

  get room(): number {
    return this.writable ? 1 : 0;
  }

  get writable(): boolean {
    return !this.#over && !this.#socket.writableNeedDrain;
  }

  send(message: SentMessage): void {
    this.#socket.write(keptBytes(firstOf(message)));
  }

  sendShared({ message }: EncodedOnce): void {
    this.send(message);
  }

  sendRun(): void {
    throw notHere("batches of a Stream", "they have no frames");
  }

  // There is no protocol to subscribe by.
  subscribe(): void {}
  cancel(): void {}
  join(): void {}
  leave(): void {}

  close(linger: number): void {
    if (linger === 0) this.#socket.destroy();
    else this.#socket.destroySoon();
  }

  #put(chunk: Uint8Array): void {
    this.#queue.push([chunk]);
    if (isFull(this.#queue.length, this.#owner.settings.receiveHighWaterMark)) this.#socket.pause();
    if (this.#queue.length === 1) this.#owner.user.arrived(this);
  }

  #end(): void {
    this.#over = true;
    if (this.#owner.settings.notify) this.#put(NOTICE);
    this.#detachWhenRead();
  }

  #detachWhenRead(): void {
    if (this.#over && this.#queue.length === 0) queueMicrotask(() => this.#owner.user.detached(this));
  }
}

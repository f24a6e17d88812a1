/** What applications hold of a link: its public members and no other, at run time too. */
import type { FrameBatch } from "../codec/batch.js";
import type { Message, Payload } from "../codec/payload.js";
import type { PeerInfo } from "../session/peer.js";
import type { Connection, ThreadMemory } from "./connection.js";
import type { Ending } from "./ending.js";
import { Iteration, type ReadFrom } from "./iteration.js";
import type { Outflow } from "./outflow.js";
import type { Sender } from "./sender.js";
import type { Subscriptions } from "./subscriptions.js";
import type { Transport } from "./transport.js";

/** What stands behind a face: a link, or one that is at work in another thread. */
export interface Faced extends ReadFrom {
  readonly peer: PeerInfo;
  readonly transport: Pick<Transport, "remoteAddress" | "ref" | "unref"> | undefined;
  readonly ending: Ending | undefined;
  readonly thread?: ThreadMemory;
  readonly outflow: Pick<Outflow, "waiting" | "outbox">;
  readonly sender: Sender;
  readonly drained: Promise<void>;
  readonly inbox: ReadFrom["inbox"] & {
    nextMessage(): Promise<IteratorResult<Uint8Array[], undefined>>;
    nextRun(): Promise<IteratorResult<FrameBatch, undefined>>;
  };
  readonly subscriptions: Pick<Subscriptions, "match">;
  close(): Promise<void>;
  destroy(reason?: unknown): void;
}

type Constructor = new (link: Faced, closed: Promise<Ending>) => Connection<Uint8Array>;

let faces: Constructor | undefined;

/**
 * A face for a link whose handshake is complete.
 *
 * The class is made when first needed: a class with a computed name in it is never left out by bundlers, wanted or not.
 */
export function faceOf<P extends Uint8Array>(link: Faced, closed: Promise<Ending>): Connection<P> {
  faces ??= faceClass();
  return new faces(link, closed) as unknown as Connection<P>;
}

function faceClass(): Constructor {
  /** Engines without `await using` have no such symbol yet. */
  const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");

  return class Connection implements Connection {
    readonly #link: Faced;
    readonly closed: Promise<Ending>;

    constructor(link: Faced, closed: Promise<Ending>) {
      this.#link = link;
      this.closed = closed;
    }

    get peer(): PeerInfo {
      return this.#link.peer;
    }

    get remoteAddress(): string | undefined {
      return this.#link.transport?.remoteAddress;
    }

    get ending(): Ending | undefined {
      return this.#link.ending;
    }

    get thread(): ThreadMemory | undefined {
      return this.#link.thread;
    }

    get bufferedAmount(): number {
      return this.#link.outflow.waiting;
    }

    send(message: Message): boolean {
      return this.#link.sender.send(message);
    }

    get drained(): Promise<void> {
      return this.#link.drained;
    }

    sendBatch(batch: FrameBatch): boolean {
      return this.#link.sender.sendBatch(batch);
    }

    room(length: number): number {
      return this.#link.sender.room(length);
    }

    get memory(): Uint8Array {
      return this.#link.outflow.outbox.memory;
    }

    get view(): DataView {
      return this.#link.outflow.outbox.view;
    }

    [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array[]> {
      return new Iteration(this.#link, () => this.#link.inbox.nextMessage());
    }

    batches(): AsyncIterableIterator<FrameBatch> {
      return new Iteration(this.#link, () => this.#link.inbox.nextRun());
    }

    subscribe(prefix?: Payload): void {
      this.#link.sender.subscribe(prefix);
    }

    cancel(prefix?: Payload): void {
      this.#link.sender.cancel(prefix);
    }

    wants(topic: Payload): boolean {
      return this.#link.subscriptions.match(topic);
    }

    close(): Promise<void> {
      return this.#link.close();
    }

    destroy(reason?: unknown): void {
      this.#link.destroy(reason);
    }

    ref(): void {
      this.#link.transport?.ref?.();
    }

    unref(): void {
      this.#link.transport?.unref?.();
    }

    [asyncDispose](): Promise<void> {
      return this.#link.close();
    }
  };
}

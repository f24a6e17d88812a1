/** One end of a pipe between two sockets of one thread: messages are handed over; large payloads are not copied. */
import type { FrameBatch } from "../codec/batch.js";
import { runOf } from "../codec/message-run.js";
import { Fifo } from "../connection/fifo.js";
import { copyOf, viewOf } from "./bytes.js";
import type { EncodedOnce } from "./encoded-once.js";
import { isFull, roomAgainAt } from "./mark.js";
import type { SentMessage } from "./message.js";
import { keptFrames } from "./message.js";
import type { Pipe } from "./pipe.js";
import { NOBODY, type PipeOwner } from "./pipe-owner.js";
import type { Run } from "./run.js";

/** One end. What is sent at the other end waits here. */
export class InprocPipe implements Pipe {
  /** Whose end this is; the far end of a pipe that nobody has bound yet has none. */
  side: PipeOwner | undefined;
  /** The other end, until one of both closes. */
  other: InprocPipe | undefined;
  readonly #conflates: boolean;
  readonly #queue = new Fifo<Uint8Array[]>();
  /** The other end found us full, and has to be told when there is room. */
  #full = false;
  #detached = false;
  /** What a ROUTER of ours shall call the other end, whatever it says. */
  readonly #alias: Uint8Array;

  constructor(side: PipeOwner | undefined, conflates: boolean, alias: Uint8Array) {
    this.side = side;
    this.#conflates = conflates;
    this.#alias = alias;
  }

  get identity(): Uint8Array {
    return this.#alias.length > 0 ? this.#alias : (this.other?.side?.identity ?? NOBODY);
  }

  get readable(): boolean {
    return this.#queue.length > 0;
  }

  receive(): Uint8Array[] | undefined {
    const message = this.#queue.shift();
    if (message === undefined) return undefined;
    if (this.#full && this.#queue.length <= roomAgainAt(this.#mark)) {
      this.#full = false;
      this.other?.side?.user.drained(this.other);
    }
    if (this.other === undefined) this.#detachWhenRead();
    return message;
  }

  receiveBatch(): FrameBatch | undefined {
    const message = this.receive();
    return message && runOf(message);
  }

  /** Messages are handed over one by one: a run would have to be made of them. */
  get inRuns(): boolean {
    return false;
  }

  get writable(): boolean {
    return this.other?.hasRoom ?? false;
  }

  get room(): number {
    return this.writable ? 1 : 0;
  }

  /** Whether one more message may be put here. Whoever hears no is told when there is room again. */
  get hasRoom(): boolean {
    if (this.#conflates || !isFull(this.#queue.length, this.#mark)) return !this.#full;
    this.#full = true;
    return false;
  }

  send(message: SentMessage): void {
    this.other?.put(keptFrames(message));
  }

  sendShared({ message }: EncodedOnce): void {
    this.send(message);
  }

  sendRun({ frames, front }: Run, from: number, to: number): void {
    const start = front === undefined ? [] : [front];
    let message = start.map(copyOf);
    for (let i = from; i < to; i++) {
      // Copied, however large: the run goes back to whoever lent it.
      message.push(copyOf(frames.payload(i)));
      if (frames.more(i)) continue;
      this.other?.put(message);
      message = start.map(copyOf);
    }
  }

  /** Takes in what the other end has sent. */
  put(message: Uint8Array[]): void {
    if (this.#conflates) this.#queue.clear();
    this.#queue.push(message);
    if (this.#queue.length === 1) this.side?.user.arrived(this);
  }

  subscribe(prefix: Uint8Array): void {
    this.other?.side?.user.subscribed(this.other, viewOf(prefix), true);
  }

  cancel(prefix: Uint8Array): void {
    this.other?.side?.user.subscribed(this.other, viewOf(prefix), false);
  }

  join(group: Uint8Array): void {
    this.other?.side?.user.joined(this.other, group, true);
  }

  leave(group: Uint8Array): void {
    this.other?.side?.user.joined(this.other, group, false);
  }

  close(): void {
    const { other } = this;
    if (other === undefined) return;
    this.other = undefined;
    other.other = undefined;
    this.#detachWhenRead();
    other.#detachWhenRead();
  }

  /**
   * What was sent before the end is still read. Told in a later turn: whoever reads the last message still knows whose
   * it is.
   */
  #detachWhenRead(): void {
    if (this.#queue.length > 0 || this.#detached) return;
    this.#detached = true;
    queueMicrotask(() => this.side?.user.detached(this));
  }

  /** How many messages may wait here: what the sender queues and what the receiver queues are one queue. */
  get #mark(): number {
    const sender = this.other?.side?.settings.sendHighWaterMark ?? 0;
    const receiver = this.side === undefined ? undefined : this.side.settings.receiveHighWaterMark;
    if (receiver === undefined) return sender;
    return sender === 0 || receiver === 0 ? 0 : sender + receiver;
  }
}

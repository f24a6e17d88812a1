/**
 * A pipe over a wire: what waits to leave outlives the link that it leaves by, and what has come outlives it, too. RFC
 * 28 to 31.
 */
import type { FrameBatch } from "../codec/batch.js";
import { Fifo } from "../connection/fifo.js";
import type { Inbox } from "../connection/inbox.js";
import type { Link } from "../connection/link.js";
import type { Outbox } from "../connection/outbox.js";
import { UNCOPIED } from "../connection/zmtp-outbox.js";
import { zmtpEncoding } from "../session/frame-encoding.js";
import type { EncodedOnce } from "./encoded-once.js";
import { isFull, roomAgainAt } from "./mark.js";
import { keptFrames, type SentMessage } from "./message.js";
import type { Pipe } from "./pipe.js";
import { NOBODY, type PipeOwner } from "./pipe-owner.js";
import type { Run } from "./run.js";

/** How many messages at most are sent before the mark, which may be changed meanwhile, is looked at again. */
const LOOK_AGAIN = 64;

/** Whoever made a pipe, and ends it. */
export interface PipeKeeper {
  /** Lets what was sent leave for `linger` milliseconds, then ends the pipe. */
  close(linger: number): void;
}

export class WirePipe implements Pipe {
  readonly #side: PipeOwner;
  readonly #keeper: PipeKeeper;
  readonly #outbox: Outbox;
  /** What a ROUTER of ours shall call the peer, whatever it says. */
  readonly #alias: Uint8Array;
  /** What was sent before the peer was there: small frames copied, large ones as they are; encoded once it is. */
  readonly #early = new Fifo<SentMessage>();
  #link: Link | undefined;
  /** So many messages fit without a further look: what most calls of `writable` and `send` need to know. */
  #allowance = 0;
  /** The peer's own; the last one's, while there is none. */
  #identity: Uint8Array = NOBODY;
  /** What came by links that are over, not read yet. */
  #unread: Inbox[] = [];
  /** Somebody found it full, and has to be told when there is room. */
  #full = false;
  #closed = false;
  #detached = false;

  constructor(side: PipeOwner, keeper: PipeKeeper, outbox: Outbox, alias: Uint8Array = NOBODY) {
    this.#side = side;
    this.#keeper = keeper;
    this.#outbox = outbox;
    this.#alias = alias;
  }

  get identity(): Uint8Array {
    return this.#alias.length > 0 ? this.#alias : this.#identity;
  }

  // What the pattern asks for.

  get readable(): boolean {
    return this.#link?.inbox.readable === true || this.#unread.length > 0;
  }

  receive(): Uint8Array[] | undefined {
    const message = this.#unread.length > 0 ? this.#receiveUnread() : this.#link?.inbox.takeMessage();
    if (message === undefined || !this.#side.conflates) return message;
    // Only the last one counts.
    return this.receive() ?? message;
  }

  receiveBatch(): FrameBatch | undefined {
    const inbox = this.#unread[0] ?? this.#link?.inbox;
    const batch = inbox?.takeRun();
    if (inbox === this.#unread[0]) this.#dropRead();
    if (batch === undefined || !this.#side.conflates) return batch;
    // Only the last message counts.
    return this.readable ? this.receiveBatch() : lastMessageOf(batch);
  }

  get inRuns(): boolean {
    return !this.#side.conflates;
  }

  get writable(): boolean {
    return this.#allowance > 0 || this.#look();
  }

  get room(): number {
    if (this.#side.conflates) return 1;
    return this.#mark === 0 ? Infinity : this.#mark - this.waiting;
  }

  send(message: SentMessage): void {
    if (this.#allowance > 0) this.#allowance--;
    else if (this.#side.conflates) this.#forget();
    if (this.#link === undefined) {
      this.#early.push(keptFrames(message));
      return;
    }
    this.#outbox.message(message);
    this.#link.outflow.accepted();
  }

  sendShared(shared: EncodedOnce): void {
    if (this.#link === undefined || this.#side.conflates) {
      this.send(shared.message);
      return;
    }
    if (this.#allowance > 0) this.#allowance--;
    this.#outbox.shared(shared);
    this.#link.outflow.accepted();
  }

  sendRun(run: Run, from: number, to: number): void {
    this.#allowance = 0;
    if (this.#side.conflates) this.#forget();
    this.#sendEarly();
    const front = run.frontFrame;
    for (let at = from, end = to; at < to; at = end) {
      if (front !== undefined) {
        end = run.endOf(1, at);
        this.#outbox.batch(front);
      }
      this.#addRun(run, at, end);
    }
    this.#link?.outflow.accepted();
  }

  /** A small message alone is added as octets: no object is made for it. Not where the transport frames by itself. */
  #addRun(run: Run, from: number, to: number): void {
    const asItCame = this.#outbox.encoding === zmtpEncoding && run.endOf(1, from) === to;
    const octets = asItCame ? run.octets(from, to) : undefined;
    if (octets !== undefined && octets.length < UNCOPIED) this.#outbox.octets(octets, 1);
    else this.#outbox.batch(run.frames.slice(from, to));
  }

  subscribe(prefix: Uint8Array): void {
    this.#link?.sender.subscribe(prefix);
  }

  cancel(prefix: Uint8Array): void {
    this.#link?.sender.cancel(prefix);
  }

  join(group: Uint8Array): void {
    this.#link?.sender.command("JOIN", group);
  }

  leave(group: Uint8Array): void {
    this.#link?.sender.command("LEAVE", group);
  }

  close(linger: number): void {
    this.#keeper.close(linger);
  }

  // What its keeper tells.

  /** Messages that wait to leave. */
  get waiting(): number {
    return this.#outbox.messages + this.#early.length;
  }

  /** A link has completed its handshake: what waits leaves by it. */
  met(link: Link): void {
    this.#link = link;
    this.#identity = link.peer.identity;
    this.#sendEarly();
    link.outflow.accepted();
  }

  /** Its link is over. */
  parted(link: Link): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    if (link.inbox.readable) this.#unread.push(link.inbox);
  }

  /** The system has taken some of what waits. */
  moved(): void {
    if (!this.#full || this.waiting > roomAgainAt(this.#mark)) return;
    this.#full = false;
    this.#side.user.drained(this);
  }

  /** What a subscriber or a DISH at the other end wants. */
  command(name: string, data: Uint8Array): void {
    const { user } = this.#side;
    if (name === "SUBSCRIBE" || name === "CANCEL") user.subscribed(this, data, name === "SUBSCRIBE");
    if (name === "JOIN" || name === "LEAVE") user.joined(this, data, name === "JOIN");
  }

  /** Something has come where nothing was. */
  arrived(): void {
    this.#side.user.arrived(this);
  }

  /** Nothing more is accepted. What has come is still read; then the socket hears that the pipe is over. */
  end(): void {
    this.stopAccepting();
    if (this.readable || this.#detached) return;
    this.#detached = true;
    // In a turn of its own: whoever reads the last message still knows whose it is.
    queueMicrotask(() => this.#side.user.detached(this));
  }

  /** Nothing more is accepted, and what waits leaves. */
  stopAccepting(): void {
    this.#closed = true;
    this.#allowance = 0;
  }

  /** Counts what waits. Over the mark it has the system take some, and notes that somebody waits for room. */
  #look(): boolean {
    if (this.#closed) return false;
    const mark = this.#mark;
    if (!this.#side.conflates && isFull(this.waiting, mark)) {
      // What the system takes at once does not wait.
      this.#link?.outflow.relieve();
      this.#full = isFull(this.waiting, mark);
    }
    if (this.#full) return false;
    if (!this.#side.conflates) this.#allowance = Math.min(LOOK_AGAIN, this.room);
    return true;
  }

  #sendEarly(): void {
    for (let message = this.#early.shift(); message !== undefined; message = this.#early.shift()) {
      this.#outbox.message(message);
    }
  }

  #forget(): void {
    this.#outbox.clear();
    this.#early.clear();
  }

  #receiveUnread(): Uint8Array[] | undefined {
    const message = this.#unread[0].takeMessage();
    this.#dropRead();
    return message;
  }

  #dropRead(): void {
    while (this.#unread.length > 0 && !this.#unread[0].readable) this.#unread.shift();
    if (this.#closed && this.#link === undefined) this.end();
  }

  get #mark(): number {
    return this.#side.settings.sendHighWaterMark;
  }
}

function lastMessageOf(batch: FrameBatch): FrameBatch {
  let first = batch.length - 1;
  while (first > 0 && batch.more(first - 1)) first--;
  return batch.slice(first);
}

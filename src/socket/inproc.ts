/**
 * `inproc://`: two sockets of one context joined without a wire. Messages are handed over; large payloads are not
 * copied.
 */
import type { FrameBatch } from "../codec/batch.js";
import { FrameDecoder } from "../codec/decoder.js";
import { encodeMessage } from "../codec/encoder.js";
import type { PeerInfo } from "../session/peer.js";
import { copyOf, viewOf } from "./bytes.js";
import { fault } from "./errno.js";
import { Fifo } from "./fifo.js";
import { isFull, roomAgainAt } from "./mark.js";
import type { SentMessage } from "./message.js";
import { keptFrames, type SharedMessage } from "./message.js";
import type { Pipe, PipeUser } from "./pipe.js";
import type { Run } from "./run.js";
import type { Settings } from "./settings.js";

/** A socket as the other end of a pipe sees it. */
export interface Side {
  readonly user: PipeUser;
  readonly settings: Settings;
  readonly identity: Uint8Array;
  /** Whether it keeps only the last message, each way. */
  readonly conflates: boolean;
}

const NOBODY = new Uint8Array(0);

/** One end. What is sent at the other end waits here. */
class InprocPipe implements Pipe {
  readonly endpoint: string;
  readonly peer: PeerInfo | undefined = undefined;
  /** Whose end this is; the far end of a pipe that nobody has bound yet has none. */
  side: Side | undefined;
  /** The other end, until one of both closes. */
  other: InprocPipe | undefined;
  readonly #conflates: boolean;
  readonly #queue = new Fifo<Uint8Array[]>();
  /** The other end found us full, and has to be told when there is room. */
  #full = false;
  #detached = false;
  /** What a ROUTER of ours shall call the other end, whatever it says. */
  readonly #alias: Uint8Array;

  constructor(endpoint: string, side: Side | undefined, conflates: boolean, alias: Uint8Array) {
    this.endpoint = endpoint;
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
    if (message === undefined) return undefined;
    for (const batch of new FrameDecoder().push(encodeMessage(message))) return batch.toOwned();
    return undefined;
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

  /** Whether one more message may be put here. */
  get hasRoom(): boolean {
    if (this.#conflates || !isFull(this.#queue.length, this.#mark)) return !this.#full;
    this.#full = true;
    return false;
  }

  send(message: SentMessage): void {
    this.other?.put(keptFrames(message));
  }

  sendShared({ message }: SharedMessage): void {
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

/** A name that somebody has bound, and who came by it. */
export interface Binding {
  readonly side: Side;
  readonly peers: Set<Pipe>;
}

/** The inproc names of one context: who has bound them, and who has connected before anybody has. */
export class InprocNames {
  readonly #bound = new Map<string, Binding>();
  readonly #early = new Map<string, Set<InprocPipe>>();

  /** Throws EADDRINUSE if the name is taken. */
  bind(name: string, side: Side): Binding {
    if (this.#bound.has(name)) throw fault("EADDRINUSE", name);
    const binding = { side, peers: new Set<Pipe>() };
    this.#bound.set(name, binding);
    const early = this.#early.get(name);
    this.#early.delete(name);
    for (const far of early ?? []) if (far.other !== undefined) meet(far, binding);
    return binding;
  }

  isBound(name: string): boolean {
    return this.#bound.has(name);
  }

  /** The name is free again. Whoever came by it stays. */
  unbind(name: string, binding: Binding): void {
    if (this.#bound.get(name) === binding) this.#bound.delete(name);
  }

  /** Connects, whether or not somebody has bound the name yet. */
  connect(name: string, side: Side, alias: Uint8Array): Pipe {
    const near = new InprocPipe(name, side, side.conflates, alias);
    const far = new InprocPipe(name, undefined, side.conflates, NOBODY);
    near.other = far;
    far.other = near;
    side.user.attached(near);
    const binding = this.#bound.get(name);
    if (binding !== undefined) meet(far, binding);
    else {
      const early = this.#early.get(name) ?? new Set();
      for (const gone of early) if (gone.other === undefined) early.delete(gone);
      this.#early.set(name, early.add(far));
    }
    return near;
  }
}

/** Gives the far end to whoever has bound the name. */
function meet(far: InprocPipe, { side, peers }: Binding): void {
  for (const peer of peers) if ((peer as InprocPipe).other === undefined) peers.delete(peer);
  peers.add(far);
  far.side = side;
  side.user.attached(far);
  const near = far.other;
  near?.side?.user.renewed(near);
}

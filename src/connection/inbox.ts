/** What has come and waits to be consumed: runs of frames and single ones, handed on as runs or message by message. */
import { FrameBatch, ownedFrame } from "../codec/batch.js";

/** What a row costs beside its payload. */
const ROW = 8;

/** The memory of a run that came back is kept up to this size. */
const SPARE = 1024 * 1024;

/** A frame from a transport that frames by itself; owned. */
interface SingleFrame {
  readonly payload: Uint8Array;
  readonly more: boolean;
}

type Run = FrameBatch | SingleFrame;

/** Somebody who waits, for a message or for a run. */
interface Taker {
  readonly messages: boolean;
  readonly resolve: (result: IteratorResult<never, undefined>) => void;
  readonly reject: (reason: unknown) => void;
}

/** Reports how full it is to whoever can stop the reading. */
export interface InboxUser {
  /** `octets` wait now. */
  filled(octets: number): void;
  /** Everything that came before the end has been taken. */
  exhausted(): void;
}

export class Inbox {
  readonly #user: InboxUser;
  #queue: Run[] = [];
  #head = 0;
  #octets = 0;
  #takers: Taker[] = [];
  #ended = false;
  #error: unknown;
  /** The run that is being handed out message by message, and how far. */
  #run: FrameBatch | undefined;
  #next = 0;
  /** The frames so far of a message whose last frame has not come. */
  #message: Uint8Array[] = [];
  /** The run lent to a consumer of batches until it asks for the next. */
  #lent: FrameBatch | undefined;
  /** A run that came back, for its memory. */
  #spare: FrameBatch | undefined;

  constructor(user: InboxUser) {
    this.#user = user;
  }

  /** Adds a copy of a run; of a single frame, a payload of its own. */
  push(batch: FrameBatch): void {
    // An engine makes one small array faster than a run's memory, its table and a view into it.
    if (batch.length === 1 && this.#takers[0]?.messages) {
      this.pushFrame(batch.payload(0).slice(), batch.more(0));
      return;
    }
    const owned = batch.copyInto(this.#spare);
    this.#spare = undefined;
    this.#add(owned);
  }

  /** Adds one frame, which becomes the inbox's own. Where somebody waits for a message and nothing else is there, it goes straight to them. */
  pushFrame(payload: Uint8Array, more: boolean): void {
    const taker = this.#takers[0];
    if (!taker?.messages || this.#run !== undefined || this.#head < this.#queue.length) {
      this.#add({ payload, more });
      return;
    }
    this.#message.push(payload);
    if (more) return;
    this.#takers.shift();
    give(taker, this.#whole());
  }

  /** Nothing more will come; takers get what is there first, then the error or the end. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#serve();
  }

  /** The next whole message. */
  nextMessage(): Promise<IteratorResult<Uint8Array[], undefined>> {
    const value = this.#takers.length === 0 ? this.#assemble() : undefined;
    return value === undefined ? this.#wait(true) : Promise.resolve({ done: false, value });
  }

  /** The next run. The one before goes stale. */
  nextBatch(): Promise<IteratorResult<FrameBatch, undefined>> {
    const lent = this.#lent;
    this.#lent = undefined;
    if (lent !== undefined) {
      this.#spare = lent.bytes.length <= SPARE ? lent : undefined;
      lent.expire();
    }
    const value = this.#takers.length === 0 ? this.#lend() : undefined;
    return value === undefined ? this.#wait(false) : Promise.resolve({ done: false, value });
  }

  #add(run: Run): void {
    this.#queue.push(run);
    this.#octets += weight(run);
    this.#user.filled(this.#octets);
    this.#serve();
  }

  #wait<T>(messages: boolean): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.#takers.push({ messages, resolve, reject });
      this.#serve();
    });
  }

  /** Gives what there is to those who wait, in the order of their calls. */
  #serve(): void {
    for (let taker = this.#takers[0]; taker !== undefined; taker = this.#takers[0]) {
      const value = taker.messages ? this.#assemble() : this.#lend();
      if (value === undefined) break;
      this.#takers.shift();
      give(taker, value);
    }
    if (!this.#ended || this.#takers.length === 0) return;
    const takers = this.#takers;
    this.#takers = [];
    for (const { resolve, reject } of takers) {
      if (this.#error === undefined) resolve({ done: true, value: undefined });
      else reject(this.#error);
    }
    this.#user.exhausted();
  }

  #assemble(): Uint8Array[] | undefined {
    for (;;) {
      const run = this.#run ?? this.#shift();
      if (run === undefined) return undefined;
      if (run instanceof FrameBatch) {
        const message = this.#fromBatch(run);
        if (message !== undefined) return message;
      } else {
        this.#message.push(run.payload);
        if (!run.more) return this.#whole();
      }
    }
  }

  /** The next whole message of a run; undefined if it ends before. */
  #fromBatch(run: FrameBatch): Uint8Array[] | undefined {
    const { length } = run;
    while (this.#next < length) {
      const i = this.#next++;
      this.#message.push(run.payload(i));
      if (run.more(i)) continue;
      this.#run = run;
      return this.#whole();
    }
    this.#run = undefined;
    this.#next = 0;
    return undefined;
  }

  #whole(): Uint8Array[] {
    const message = this.#message;
    this.#message = [];
    return message;
  }

  #lend(): FrameBatch | undefined {
    const begun = this.#run?.filter((_, i) => i >= this.#next);
    this.#run = undefined;
    this.#next = 0;
    // Messages already handed out lie in the same memory as the rest of a run that was begun: that one is not lent.
    if (begun !== undefined) return begun;
    const run = this.#shift();
    if (run === undefined) return undefined;
    this.#lent = (run instanceof FrameBatch ? run : ownedFrame(run.payload, run.more, false)).lend();
    return this.#lent;
  }

  #shift(): Run | undefined {
    const run = this.#queue[this.#head];
    if (run === undefined) return undefined;
    this.#head++;
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    }
    this.#octets -= weight(run);
    this.#user.filled(this.#octets);
    return run;
  }
}

function give(taker: Taker, value: Uint8Array[] | FrameBatch): void {
  taker.resolve({ done: false, value: value as never });
}

function weight(run: Run): number {
  return run instanceof FrameBatch ? run.end(run.length - 1) + run.length * ROW : run.payload.length + ROW;
}

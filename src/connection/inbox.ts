/** What has come and waits to be consumed: owned runs of frames, handed on as runs or message by message. */
import type { FrameBatch } from "../codec/batch.js";
import { Deferred } from "./deferred.js";

/** What a row costs beside its payload. */
const ROW = 8;

/** The memory of a run that came back is kept up to this size. */
const SPARE = 1024 * 1024;

/** Reports how full it is to whoever can stop the reading. */
export interface InboxUser {
  /** `octets` wait now. */
  filled(octets: number): void;
  /** Everything that came before the end has been taken. */
  exhausted(): void;
}

export class Inbox {
  readonly #user: InboxUser;
  #queue: FrameBatch[] = [];
  #head = 0;
  #octets = 0;
  #arrival: Deferred | undefined;
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
  /** Takers that wait, so that later ones do not overtake them. */
  #takers = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(user: InboxUser) {
    this.#user = user;
  }

  /** Whether everything that came has been taken. */
  get empty(): boolean {
    return this.#run === undefined && this.#head === this.#queue.length;
  }

  /** Adds a copy of a run. */
  push(batch: FrameBatch): void {
    const owned = batch.copyInto(this.#spare);
    this.#spare = undefined;
    this.#queue.push(owned);
    this.#octets += weight(owned);
    this.#user.filled(this.#octets);
    this.#wake();
  }

  /** Nothing more will come; takers get what is there first, then the error or the end. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  /** The next whole message. */
  nextMessage(): Promise<IteratorResult<Uint8Array[], undefined>> {
    if (this.#takers === 0) {
      const value = this.#assemble();
      if (value !== undefined) return Promise.resolve({ done: false, value });
    }
    return this.#wait(() => this.#assemble());
  }

  /** The next run. The one before goes stale. */
  nextBatch(): Promise<IteratorResult<FrameBatch, undefined>> {
    const lent = this.#lent;
    this.#lent = undefined;
    if (lent !== undefined) {
      this.#spare = lent.bytes.length <= SPARE ? lent : undefined;
      lent.expire();
    }
    return this.#wait(() => this.#lend());
  }

  /** Takes as soon as there is something to take, in the order of the calls. */
  #wait<T>(take: () => T | undefined): Promise<IteratorResult<T, undefined>> {
    this.#takers++;
    const taken = this.#turn.then(() => this.#takeWhenThere(take)).finally(() => this.#takers--);
    this.#turn = taken.catch(() => {});
    return taken;
  }

  async #takeWhenThere<T>(take: () => T | undefined): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      const value = take();
      if (value !== undefined) return { done: false, value };
      if (this.#ended) {
        this.#user.exhausted();
        if (this.#error !== undefined) throw this.#error;
        return { done: true, value: undefined };
      }
      this.#arrival ??= new Deferred();
      await this.#arrival.promise;
    }
  }

  #assemble(): Uint8Array[] | undefined {
    for (;;) {
      const run = this.#run ?? this.#open();
      if (run === undefined) return undefined;
      const { length } = run;
      while (this.#next < length) {
        const i = this.#next++;
        this.#message.push(run.payload(i));
        if (run.more(i)) continue;
        const message = this.#message;
        this.#message = [];
        return message;
      }
      this.#run = undefined;
    }
  }

  #lend(): FrameBatch | undefined {
    const begun = this.#run?.filter((_, i) => i >= this.#next);
    this.#run = undefined;
    // Messages already handed out lie in the same memory as the rest of a run that was begun: that one is not lent.
    if (begun !== undefined) return begun;
    this.#lent = this.#shift()?.lend();
    return this.#lent;
  }

  #open(): FrameBatch | undefined {
    this.#run = this.#shift();
    this.#next = 0;
    return this.#run;
  }

  #shift(): FrameBatch | undefined {
    const batch = this.#queue[this.#head];
    if (batch === undefined) return undefined;
    this.#head++;
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    }
    this.#octets -= weight(batch);
    this.#user.filled(this.#octets);
    return batch;
  }

  #wake(): void {
    this.#arrival?.resolve();
    this.#arrival = undefined;
  }
}

function weight(batch: FrameBatch): number {
  return batch.end(batch.length - 1) + batch.length * ROW;
}

/** What has come and waits to be consumed: runs of whole messages, handed on as runs or message by message. */
import type { FrameBatch } from "../codec/batch.js";
import { messagesIn, runOf } from "../codec/message-run.js";
import { Fifo } from "./fifo.js";
import { FRAME_COST, ROW_COST, RUN_COST } from "./limits.js";
import type { PayloadMaker } from "./payload-maker.js";
import { type Taken, type TakenFrom, Takers } from "./takers.js";

/** The memory of a run that came back is kept up to this size. */
const SPARE = 1024 * 1024;

/** A run of whole messages, or one message of a transport that frames by itself. */
type Arrival = FrameBatch | Uint8Array[];

/** Hears how full the inbox is, and when it has run empty for good. */
export interface InboxUser {
  /** What waits costs so many octets now. */
  filled(cost: number): void;
  /** Everything that came before the end has been taken, and somebody asked for more. */
  exhausted(): void;
}

/** The messages of one link that nobody has consumed yet. */
export class Inbox implements TakenFrom {
  readonly #user: InboxUser;
  readonly #makePayload: PayloadMaker;
  readonly #queue = new Fifo<Arrival>();
  #cost = 0;
  /** The cost that was told last. */
  #told = 0;
  #messages = 0;
  readonly #counted: boolean;
  readonly #takers = new Takers();
  #ended = false;
  /** The run that is being handed out message by message, the next frame in it, and the memory it lies in. */
  #run: FrameBatch | undefined;
  #next = 0;
  #memory: ArrayBuffer | undefined;
  #offset = 0;
  /** The run lent to a consumer of runs until it asks for the next. */
  #lent: FrameBatch | undefined;
  /** A run that came back, for its memory. */
  #spare: FrameBatch | undefined;

  /**
   * @param counted - Whether somebody asks how many messages wait: to count those of a run takes a look at each frame.
   */
  constructor(user: InboxUser, makePayload: PayloadMaker, counted = false) {
    this.#counted = counted;
    this.#user = user;
    this.#makePayload = makePayload;
  }

  /** Makes a borrowed run ours, in memory that came back if there is some. */
  readonly keep = (run: FrameBatch): FrameBatch => {
    const spare = this.#spare;
    this.#spare = undefined;
    return run.copyInto(spare);
  };

  /** Adds a run of whole messages, which becomes the inbox's own. */
  addRun(run: FrameBatch): void {
    this.#add(run);
  }

  /** Adds a whole message. Where somebody waits for one and nothing else is there, it goes straight to them. */
  addMessage(message: Uint8Array[]): void {
    if (this.awaited) this.#takers.give(message);
    else this.#add(message);
  }

  /** Whether a message that comes alone goes straight to somebody: whoever waits has found nothing else here. */
  get awaited(): boolean {
    return this.#takers.wantMessage;
  }

  /** Messages that wait, where they are counted; those of a run that is being handed out no longer do. */
  get messages(): number {
    return this.#messages;
  }

  /** What waits, in octets of memory. */
  get cost(): number {
    return this.#cost;
  }

  /** The payload of a borrowed run of one frame, copied. */
  payloadOf(run: FrameBatch): Uint8Array {
    const copy = run.payload(0).slice();
    return this.#makePayload(copy.buffer as ArrayBuffer, 0, copy.length);
  }

  /** A payload of ours, as its consumer wants payloads. */
  made({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
    return this.#makePayload(buffer as ArrayBuffer, byteOffset, length);
  }

  /**
   * A number that changes with each message that is taken. Arrivals change it, too. Once nothing comes any more, two
   * values that differ say that somebody reads: `Sender.drained` asks.
   */
  get taken(): number {
    return this.#cost + this.#next;
  }

  /** Whether a message waits. */
  get readable(): boolean {
    return this.#run !== undefined || this.#queue.length > 0;
  }

  /** Whether somebody waits. */
  get wanted(): boolean {
    return this.#takers.any;
  }

  /** Nothing more will come; takers get what is there first, then the end. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#serve();
  }

  /** Throws away what waits. */
  clear(): void {
    this.#queue.clear();
    this.#run = undefined;
    this.#next = 0;
    this.#cost = this.#told = 0;
    this.#messages = 0;
  }

  /** The next message, if one waits; owned. */
  takeMessage(): Uint8Array[] | undefined {
    const message = this.#message();
    this.#tell();
    return message;
  }

  /** The next run, if one waits. The one before goes stale. */
  takeRun(): FrameBatch | undefined {
    this.#giveBack();
    const run = this.#lend();
    this.#tell();
    return run;
  }

  /** The next message. */
  nextMessage(): Promise<Taken<Uint8Array[]>> {
    const value = this.takeMessage();
    return value === undefined ? this.#wait(true) : Promise.resolve({ done: false, value });
  }

  /** The next run. The one before goes stale. */
  nextRun(): Promise<Taken<FrameBatch>> {
    const value = this.takeRun();
    return value === undefined ? this.#wait(false) : Promise.resolve({ done: false, value });
  }

  #add(arrival: Arrival): void {
    this.#queue.push(arrival);
    this.#cost += costOf(arrival);
    if (this.#counted) this.#messages += countOf(arrival);
    if (this.#takers.any) this.#serve();
    this.#tell();
  }

  /**
   * Says how full it is, once whatever was taken is with those who waited for it: a transport that is let go on by that
   * may hand over the next message from inside this call.
   */
  #tell(): void {
    if (this.#told === this.#cost) return;
    this.#told = this.#cost;
    this.#user.filled(this.#cost);
  }

  /** The next message or run, for those who have waited. How full the inbox is then, is told once they have it. */
  take(messages: boolean): Uint8Array[] | FrameBatch | undefined {
    return messages ? this.#message() : this.#lend();
  }

  #wait<T>(messages: boolean): Promise<Taken<T>> {
    const next = this.#takers.add<T>(messages);
    this.#serve();
    return next;
  }

  #serve(): void {
    this.#takers.serve(this);
    if (!this.#ended || !this.#takers.any) return;
    this.#takers.end();
    this.#user.exhausted();
  }

  #message(): Uint8Array[] | undefined {
    for (;;) {
      const run = this.#run;
      if (run !== undefined) return this.#fromRun(run);
      const arrival = this.#shift();
      if (arrival === undefined || Array.isArray(arrival)) return arrival;
      this.#begin(arrival);
    }
  }

  #begin(run: FrameBatch): void {
    // Asking a typed array for its buffer costs as much as making a view: once a run, not once a payload.
    this.#run = run;
    this.#next = 0;
    this.#memory = run.bytes.buffer as ArrayBuffer;
    this.#offset = run.bytes.byteOffset;
  }

  #fromRun(run: FrameBatch): Uint8Array[] {
    const message = [this.#payload(run, this.#next)];
    while (run.more(this.#next++)) message.push(this.#payload(run, this.#next));
    if (this.#next === run.length) this.#run = undefined;
    return message;
  }

  #payload(run: FrameBatch, i: number): Uint8Array {
    const start = run.start(i);
    return this.#makePayload(this.#memory as ArrayBuffer, this.#offset + start, run.end(i) - start);
  }

  #giveBack(): void {
    const lent = this.#lent;
    if (lent === undefined) return;
    this.#lent = undefined;
    this.#spare = lent.bytes.length <= SPARE ? lent : undefined;
    lent.expire();
  }

  #lend(): FrameBatch | undefined {
    const begun = this.#run;
    this.#run = undefined;
    // Messages already handed out lie in the same memory as the rest of a run that was begun: it must not be written to
    // again.
    if (begun !== undefined) return begun.slice(this.#next, begun.length);
    const arrival = this.#shift();
    if (arrival === undefined) return undefined;
    this.#lent = (Array.isArray(arrival) ? runOf(arrival) : arrival).lend();
    return this.#lent;
  }

  #shift(): Arrival | undefined {
    const arrival = this.#queue.shift();
    if (arrival === undefined) return undefined;
    this.#cost -= costOf(arrival);
    if (this.#counted) this.#messages -= countOf(arrival);
    return arrival;
  }
}

function countOf(arrival: Arrival): number {
  return Array.isArray(arrival) ? 1 : messagesIn(arrival);
}

/** Octets of memory that something takes while it waits. */
function costOf(arrival: Arrival): number {
  if (!Array.isArray(arrival)) return RUN_COST + arrival.size + arrival.length * ROW_COST;
  return arrival.reduce((cost, { length }) => cost + length + FRAME_COST, FRAME_COST);
}

/** What has come and waits in a ring, handed on where it lies as runs, or copied message by message. */
import { FrameBatch } from "../../codec/batch.js";
import { Inbox } from "../inbox.js";
import { nextTurn } from "../next-turn.js";
import type { PayloadMaker } from "../payload-maker.js";
import { type Taken, type TakenFrom, Takers } from "../takers.js";
import { type ReaderEnd, SLOT_CHUNK, SLOT_FROM, SLOT_KIND, SLOT_ROW, SLOT_ROWS, type Slot } from "./ring.js";
import { LARGE } from "./ring-shapes.js";

/**
 * Milliseconds for which one turn of the event loop hands out run after run. A consumer that asks for the next as soon
 * as it has one never gives the turn back by itself, and the other thread fills the ring meanwhile: timers and other
 * sockets would have to wait as long as the stream goes on.
 */
const TURN = 0.5;

/** Hears what the ring needs. */
export interface RingInboxUser {
  /** A slot was given back, and the writer waits for it. */
  roomMade(): void;
  /** Somebody waits and nothing is there. */
  starved(): void;
}

/** The messages of one connection that lie in the ring and that nobody has consumed yet. */
export class RingInbox implements TakenFrom {
  readonly #ring: ReaderEnd;
  readonly #user: RingInboxUser;
  /** Messages of a run that was copied out of its slot, in part handed out. */
  readonly #copied: Inbox;
  /** Runs too large for a slot, in the order of the slots that stand for them. */
  #large: FrameBatch[] = [];
  readonly #takers = new Takers();
  /** The run that lies in the ring and is lent to a consumer of runs until it asks for the next. */
  #lent: FrameBatch | undefined;
  #ended = false;
  #dropping = false;
  #taken = 0;
  /** Until when this turn hands out more, and whether it has been given back. */
  #until = 0;
  #resting = false;

  constructor(ring: ReaderEnd, makePayload: PayloadMaker, user: RingInboxUser) {
    this.#ring = ring;
    this.#user = user;
    this.#copied = new Inbox({ filled() {}, exhausted() {} }, makePayload);
  }

  /** Whether something has come that is not wholly consumed. */
  get readable(): boolean {
    return this.#copied.readable || this.#ring.filled > 0;
  }

  get wanted(): boolean {
    return this.#takers.any;
  }

  /** A number that changes with each message that is taken: two values that differ say that somebody reads. */
  get taken(): number {
    return this.#taken;
  }

  nextMessage(): Promise<Taken<Uint8Array[]>> {
    this.#giveBack();
    return this.#next(true) as Promise<Taken<Uint8Array[]>>;
  }

  /** The next run. The one before goes stale, and its slot back to the writer. */
  nextRun(): Promise<Taken<FrameBatch>> {
    this.#giveBack();
    return this.#next(false) as Promise<Taken<FrameBatch>>;
  }

  /** Something new lies in the ring. */
  woken(): void {
    if (!this.#resting) this.#until = performance.now() + TURN;
    if (this.#dropping) this.#dropAll();
    else this.#serve();
  }

  /** A run that one of the slots stands for. */
  addLarge(run: FrameBatch): void {
    this.#large.push(run);
    this.woken();
  }

  /** Nothing more will come into the ring; takers get what is there first, then the end. */
  end(): void {
    this.#ended = true;
    this.#serve();
  }

  /**
   * Whoever closes wants no more: what is there and what still comes is thrown away, so that the writer is not kept
   * waiting.
   */
  drop(): void {
    this.#dropping = true;
    this.#giveBack();
    this.#copied.clear();
    this.#dropAll();
    this.end();
  }

  #next(messages: boolean): Promise<Taken<Uint8Array[] | FrameBatch>> {
    const value = this.wanted || this.#rests() ? undefined : this.take(messages);
    if (value !== undefined) return Promise.resolve({ done: false, value });
    const next = this.#takers.add<Uint8Array[] | FrameBatch>(messages);
    this.#serve();
    return next;
  }

  /** Whether the turn is given back before anything more is taken out of the ring. */
  #rests(): boolean {
    if (this.#resting || this.#copied.readable || this.#ring.filled === 0) return this.#resting;
    if (performance.now() < this.#until) return false;
    this.#resting = true;
    nextTurn(() => {
      this.#resting = false;
      this.#until = performance.now() + TURN;
      this.#serve();
    });
    return true;
  }

  #serve(): void {
    if (this.#resting) return;
    this.#takers.serve(this);
    if (!this.wanted) return;
    this.#user.starved();
    if (this.#ended) this.#takers.end();
  }

  /** The next message or run; undefined if none is there. */
  take(messages: boolean): Uint8Array[] | FrameBatch | undefined {
    if (this.#copied.readable) {
      this.#taken++;
      return messages ? this.#copied.takeMessage() : this.#copied.takeRun();
    }
    if (this.#dropping || this.#lent !== undefined) return undefined;
    const slot = this.#ring.peek();
    if (slot === undefined) return undefined;
    return slot[SLOT_KIND] === LARGE ? this.#takeLarge(messages) : this.#takeSlot(slot, messages);
  }

  #takeLarge(messages: boolean): Uint8Array[] | FrameBatch | undefined {
    const run = this.#large.shift();
    // It comes by a message of its own, which may be a little behind.
    if (run === undefined) return undefined;
    this.#free();
    this.#copied.addRun(run);
    return this.take(messages);
  }

  #takeSlot(slot: Slot, messages: boolean): Uint8Array[] | FrameBatch | undefined {
    const { bytes, table } = this.#ring.chunks[slot[SLOT_CHUNK]];
    const rows = table.subarray(2 * slot[SLOT_ROW]);
    const run = new FrameBatch(bytes, rows, slot[SLOT_ROWS], false, slot[SLOT_FROM], undefined).lend();
    if (messages) {
      const copy = run.copy();
      run.expire();
      this.#free();
      this.#copied.addRun(copy);
      return this.take(messages);
    }
    this.#taken++;
    this.#lent = run;
    return run;
  }

  #giveBack(): void {
    // To ask for a run where none waits makes the one that was lent from there stale.
    if (!this.#copied.readable) this.#copied.takeRun();
    if (this.#lent === undefined) return;
    this.#lent.expire();
    this.#lent = undefined;
    this.#free();
  }

  #free(): void {
    if (this.#ring.free()) this.#user.roomMade();
  }

  #dropAll(): void {
    this.#large = [];
    while (this.#ring.peek() !== undefined) this.#free();
  }
}

/** REQ: asks one peer after the other, and hears the answer before it asks again. RFC 28, "The REQ Socket Type". */

import { fault } from "../errno.js";
import { FairQueue } from "../fair-queue.js";
import type { SentMessage } from "../message.js";
import { partsOf } from "../message.js";
import { Pattern, type Received } from "../pattern.js";
import type { Pipe } from "../pipe.js";
import { RoundRobin } from "../round-robin.js";
import type { Settings } from "../settings.js";
import { probe } from "./dealer.js";

const DELIMITER = new Uint8Array(0);

/** Octets of the number in front of a request that `correlate` adds. */
const NUMBER = 4;

class Request extends Pattern {
  readonly #queue: FairQueue;
  readonly #turns: RoundRobin;
  #waiting = false;
  /** Who was asked; undefined once it is gone: then whoever answers is heard. */
  #asked: Pipe | undefined;
  /** Begins anywhere, so that answers to an earlier run of the program are told apart. */
  #number = Math.floor(Math.random() * 2 ** 32);

  constructor(settings: Settings) {
    const queue = new FairQueue();
    const turns = new RoundRobin();
    super("REQ", settings, { incoming: queue, outgoing: turns });
    this.#queue = queue;
    this.#turns = turns;
  }

  override attached(pipe: Pipe): void {
    probe(pipe, this.settings);
    super.attached(pipe);
  }

  override detached(pipe: Pipe): void {
    super.detached(pipe);
    if (this.#asked === pipe) this.#asked = undefined;
  }

  override get readable(): boolean {
    return this.#waiting && this.#queue.readable;
  }

  override get writable(): boolean {
    return (!this.#waiting || this.settings.relaxed) && this.#turns.writable;
  }

  override receive(): Received | undefined {
    if (!this.#waiting) throw fault("EFSM");
    for (let message = this.#queue.next(); message !== undefined; message = this.#queue.next()) {
      const answer = this.#answerIn(message);
      if (answer === undefined) continue;
      this.#waiting = false;
      return answer;
    }
    return undefined;
  }

  override send(message: SentMessage): boolean {
    if (this.#waiting && !this.settings.relaxed) throw fault("EFSM");
    const { correlate } = this.settings;
    // What still comes in answer to an earlier request is not heard, nor is what came unasked.
    this.#forgetUnread();
    const number = new Uint8Array(NUMBER);
    const head = correlate ? [number, DELIMITER] : [DELIMITER];
    if (correlate) new DataView(number.buffer).setUint32(0, (this.#number + 1) >>> 0, true);
    if (!this.#turns.send([...head, ...partsOf(message)])) return false;
    this.#number = (this.#number + 1) >>> 0;
    this.#asked = this.#turns.to;
    this.#waiting = true;
    return true;
  }

  /** What is behind the envelope, if this is the answer that is waited for. */
  #answerIn(message: Uint8Array[]): Uint8Array[] | undefined {
    if (this.#asked !== undefined && this.#queue.from !== this.#asked) return undefined;
    const at = this.settings.correlate ? 1 : 0;
    if (at === 1 && !this.#isNumber(message[0])) return undefined;
    return message.length > at + 1 && message[at].length === 0 ? message.slice(at + 1) : undefined;
  }

  #isNumber(frame: Uint8Array): boolean {
    if (frame.length !== NUMBER) return false;
    return new DataView(frame.buffer, frame.byteOffset, NUMBER).getUint32(0, true) === this.#number;
  }

  #forgetUnread(): void {
    if (!this.#turns.writable) return;
    while (this.#queue.readable) this.#queue.next();
  }
}

export const request = (settings: Settings): Pattern => new Request(settings);

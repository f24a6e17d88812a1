/**
 * SUB and XSUB: hear what they have subscribed to, from every publisher. RFC 29, "The SUB Socket Type", "The XSUB
 * Socket Type".
 */
import type { FrameBatch } from "../../codec/batch.js";
import { runOf } from "../../codec/message-run.js";
import type { SocketType } from "../../session/socket-type.js";
import { fault } from "../errno.js";
import { FairQueue } from "../fair-queue.js";
import { deliver } from "../fan-out.js";
import type { SentMessage } from "../message.js";
import { bytesOf, firstOf, partsOf } from "../message.js";
import { Pattern, type Received } from "../pattern.js";
import type { Pipe } from "../pipe.js";
import type { Run } from "../run.js";
import type { Settings } from "../settings.js";
import { Topics } from "../topics.js";

const WANTED = 1;
const UNWANTED = 0;

export class SubscriberPattern extends Pattern {
  readonly #queue: FairQueue;
  readonly #publishers = new Set<Pipe>();
  /** What we have subscribed to, counted: the last cancel of a prefix is the one that counts. */
  readonly #prefixes = new Topics<this>();
  /** A message that was looked at to see whether it is wanted. */
  #found: Received | undefined;

  constructor(type: SocketType, settings: Settings) {
    const queue = new FairQueue();
    super(type, settings, { incoming: queue });
    this.#queue = queue;
  }

  override attached(pipe: Pipe): void {
    super.attached(pipe);
    this.#publishers.add(pipe);
    this.renewed(pipe);
  }

  override detached(pipe: Pipe): void {
    super.detached(pipe);
    this.#publishers.delete(pipe);
  }

  /** A publisher that is new knows nothing of our subscriptions. */
  override renewed(pipe: Pipe): void {
    for (const prefix of this.#prefixes.prefixesOf(this)) pipe.subscribe(prefix);
  }

  /**
   * Each subscription is told, even one we have: an XPUB may want to see them all. A cancel is told when it is the
   * last.
   */
  subscribe(prefix: Uint8Array, wanted: boolean): void {
    if (wanted) {
      this.#prefixes.add(prefix, this);
      for (const pipe of this.#publishers) pipe.subscribe(prefix);
    } else if (this.#prefixes.remove(prefix, this) === "gone") {
      for (const pipe of this.#publishers) pipe.cancel(prefix);
    }
  }

  override get readable(): boolean {
    this.#found ??= this.#nextWanted();
    return this.#found !== undefined;
  }

  /** An XSUB never waits: a publisher that is full loses what is sent to it. */
  override get writable(): boolean {
    return this.type === "XSUB";
  }

  override receive(): Received | undefined {
    const message = this.#found ?? this.#nextWanted();
    this.#found = undefined;
    return message;
  }

  override takeRun(): Run | undefined {
    return this.#found === undefined ? super.takeRun() : undefined;
  }

  override receiveBatch(): FrameBatch | undefined {
    const found = this.#found;
    this.#found = undefined;
    if (found !== undefined) return runOf(found as Uint8Array[]);
    for (let batch = this.#queue.nextBatch(); batch !== undefined; batch = this.#queue.nextBatch()) {
      const wanted = this.#wantedIn(batch);
      if (wanted !== undefined) return wanted;
    }
    return undefined;
  }

  override send(message: SentMessage): boolean {
    if (this.type === "SUB") throw fault("ENOTSUP");
    const parts = partsOf(message);
    const bytes = bytesOf(firstOf(message));
    const tells = parts.length === 1 && (bytes[0] === WANTED || bytes[0] === UNWANTED);
    if (tells) this.subscribe(bytes.subarray(1), bytes[0] === WANTED);
    else deliver(message, [...this.#publishers]);
    return true;
  }

  #nextWanted(): Received | undefined {
    for (let message = this.#queue.next(); message !== undefined; message = this.#queue.next()) {
      if (this.#wants(message[0])) return message;
    }
    return undefined;
  }

  /** A SUB looks again at what comes: publishers may send too much. An XSUB takes all. */
  #wants(topic: Uint8Array): boolean {
    return this.type === "XSUB" || this.#prefixes.matches(topic) !== this.settings.invertMatching;
  }

  #wantedIn(batch: FrameBatch): FrameBatch | undefined {
    if (this.type === "XSUB") return batch;
    let first = true;
    let wanted = true;
    let all = true;
    const kept = batch.filter((frames, i) => {
      if (first) wanted = this.#wants(frames.payload(i));
      first = !frames.more(i);
      all &&= wanted;
      return wanted;
    });
    return all ? batch : kept;
  }
}

export const sub = (settings: Settings): Pattern => new SubscriberPattern("SUB", settings);
export const xsub = (settings: Settings): Pattern => new SubscriberPattern("XSUB", settings);

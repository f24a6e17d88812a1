/** Messages to every peer that has subscribed to them. RFC 29, "The PUB Socket Type". */

import { EncodedOnce } from "./encoded-once.js";
import type { SentMessage } from "./message.js";
import { bytesOf, firstOf } from "./message.js";
import type { Pipe } from "./pipe.js";
import type { Run } from "./run.js";
import { type Removed, Topics } from "./topics.js";

/** A subscriber; `found` is the last message that matched one of its prefixes, so that none gets a message twice. */
interface Subscriber {
  readonly pipe: Pipe;
  found: number;
}

export class FanOut {
  readonly #subscribers = new Map<Pipe, Subscriber>();
  readonly #topics = new Topics<Subscriber>();
  #messages = 0;

  attach(pipe: Pipe): void {
    this.#subscribers.set(pipe, { pipe, found: 0 });
  }

  /** Tells of each prefix that goes with the peer, and whether nobody else holds it. */
  detach(pipe: Pipe, told: (prefix: Uint8Array, gone: boolean) => void): void {
    const subscriber = this.#subscribers.get(pipe);
    if (subscriber === undefined) return;
    this.#subscribers.delete(pipe);
    this.#topics.removeHolder(subscriber, told);
  }

  /** True if nobody had subscribed to it before. As in libzmq, subscribing again to the same prefix changes nothing. */
  subscribe(pipe: Pipe, prefix: Uint8Array): boolean {
    const subscriber = this.#subscribers.get(pipe);
    return subscriber !== undefined && this.#topics.add(prefix, subscriber);
  }

  cancel(pipe: Pipe, prefix: Uint8Array): Removed {
    const subscriber = this.#subscribers.get(pipe);
    return subscriber === undefined ? "unknown" : this.#topics.remove(prefix, subscriber, true);
  }

  /**
   * To all who want it; with `inverted`, to all others. False if `unlessFull` and one of them has no room: then nobody
   * gets it.
   */
  send(message: SentMessage, inverted: boolean, unlessFull: boolean): boolean {
    const to = this.#receivers(bytesOf(firstOf(message)), inverted);
    if (unlessFull && !to.every((pipe) => pipe.writable)) return false;
    deliver(message, to);
    return true;
  }

  /** As `send`, the one message that a run has from one frame to before another. */
  sendRun(run: Run, from: number, end: number, inverted: boolean, unlessFull: boolean): boolean {
    const to = this.#receivers(run.frames.payload(from), inverted);
    if (unlessFull && !to.every((pipe) => pipe.writable)) return false;
    for (const pipe of to) if (pipe.writable) pipe.sendRun(run, from, end);
    return true;
  }

  #receivers(topic: Uint8Array, inverted: boolean): Pipe[] {
    const number = ++this.#messages;
    const to: Pipe[] = [];
    this.#topics.match(topic, (subscriber) => {
      if (subscriber.found === number) return;
      subscriber.found = number;
      if (!inverted) to.push(subscriber.pipe);
    });
    if (inverted) for (const { pipe, found } of this.#subscribers.values()) if (found !== number) to.push(pipe);
    return to;
  }
}

/** @internal To each of these; whoever is full loses it, and the others do not wait. Several share one encoding. */
export function deliver(message: SentMessage, to: readonly Pipe[]): void {
  if (to.length === 1) {
    if (to[0].writable) to[0].send(message);
    return;
  }
  const shared = new EncodedOnce(message);
  for (const pipe of to) if (pipe.writable) pipe.sendShared(shared);
}

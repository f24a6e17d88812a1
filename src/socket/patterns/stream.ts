/**
 * STREAM: octets to and from peers that speak no ZMTP, over bare TCP. Each message carries in front whose it is.
 * libzmq's ZMQ_STREAM.
 */

import { ByIdentity } from "../by-identity.js";
import { copyOf } from "../bytes.js";
import { fault } from "../errno.js";
import { FairQueue } from "../fair-queue.js";
import type { SentMessage } from "../message.js";
import { bytesOf, partsOf } from "../message.js";
import { Pattern, type Received } from "../pattern.js";
import type { Pipe } from "../pipe.js";
import type { Settings } from "../settings.js";

class Stream extends Pattern {
  readonly #queue: FairQueue;
  readonly #peers = new ByIdentity();

  constructor(settings: Settings) {
    const queue = new FairQueue();
    super("STREAM", settings, { incoming: queue });
    this.#queue = queue;
  }

  override attached(pipe: Pipe): void {
    this.#peers.add(pipe, pipe.identity, true);
    super.attached(pipe);
  }

  override detached(pipe: Pipe): void {
    super.detached(pipe);
    this.#peers.delete(pipe);
  }

  override get writable(): boolean {
    return true;
  }

  override receive(): Received | undefined {
    const message = this.#queue.next();
    if (message === undefined) return undefined;
    return [copyOf(this.#peers.of(this.#queue.from as Pipe) as Uint8Array), ...message];
  }

  /** An empty message ends the connection. */
  override send(message: SentMessage): boolean {
    const [identity, body] = partsOf(message);
    const pipe = this.#peers.find(bytesOf(identity));
    if (pipe === undefined) throw fault("EHOSTUNREACH");
    if (body === undefined) return true;
    if (!pipe.writable) return false;
    if (body.length === 0) pipe.close(-1);
    else pipe.send(body);
    return true;
  }
}

export const stream = (settings: Settings): Pattern => new Stream(settings);

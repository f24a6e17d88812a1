/** CLIENT and SERVER: messages of one frame; the server knows its clients by number. RFC 41. Draft. */

import { fault } from "../errno.js";
import { FairQueue } from "../fair-queue.js";
import type { SentMessage } from "../message.js";
import { type Extra, Pattern, type Received } from "../pattern.js";
import type { Pipe } from "../pipe.js";
import { RoundRobin } from "../round-robin.js";
import type { Settings } from "../settings.js";
import { refuseParts } from "./one-frame.js";

class Client extends Pattern {
  constructor(settings: Settings) {
    super("CLIENT", settings, { incoming: new FairQueue(), outgoing: new RoundRobin() });
  }

  override send(message: SentMessage): boolean {
    refuseParts(message);
    return super.send(message);
  }
}

class Server extends Pattern {
  readonly #queue: FairQueue;
  readonly #clients = new Map<number, Pipe>();
  readonly #numbers = new Map<Pipe, number>();
  #number = Math.floor(Math.random() * 2 ** 32);

  constructor(settings: Settings) {
    const queue = new FairQueue();
    super("SERVER", settings, { incoming: queue });
    this.#queue = queue;
  }

  override attached(pipe: Pipe): void {
    // 0 stands for no client: it is what `send` is given where nobody has set one.
    this.#number = (this.#number + 1) >>> 0 || 1;
    this.#clients.set(this.#number, pipe);
    this.#numbers.set(pipe, this.#number);
    super.attached(pipe);
  }

  override detached(pipe: Pipe): void {
    super.detached(pipe);
    this.#clients.delete(this.#numbers.get(pipe) as number);
    this.#numbers.delete(pipe);
  }

  override get writable(): boolean {
    return true;
  }

  override receive(): Received | undefined {
    const message = this.#queue.next();
    if (message === undefined) return undefined;
    const routingId = this.#numbers.get(this.#queue.from as Pipe) as number;
    return [message[0], { routingId }];
  }

  override send(message: SentMessage, { routingId = 0 }: Extra = {}): boolean {
    refuseParts(message);
    const client = this.#clients.get(routingId);
    if (client === undefined) throw fault("EHOSTUNREACH");
    if (!client.writable) return false;
    client.send(message);
    return true;
  }
}

export const client = (settings: Settings): Pattern => new Client(settings);
export const server = (settings: Settings): Pattern => new Server(settings);

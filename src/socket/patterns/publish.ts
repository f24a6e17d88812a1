/**
 * PUB and XPUB: every message to all who have subscribed to it. RFC 29, "The PUB Socket Type", "The XPUB Socket Type".
 */

import { Fifo } from "../../connection/fifo.js";
import type { SocketType } from "../../session/socket-type.js";
import { memoryOf, viewOf } from "../bytes.js";
import { FanOut } from "../fan-out.js";
import type { SentMessage } from "../message.js";
import { Pattern, type Received } from "../pattern.js";
import type { Pipe } from "../pipe.js";
import type { Run } from "../run.js";
import type { Settings } from "../settings.js";

/** What begins a message that tells of a subscription. */
const WANTED = 1;
const UNWANTED = 0;

export class XPublisherPattern extends Pattern {
  readonly #peers = new FanOut();
  /** Wishes of subscribers, and messages of theirs, that wait to be received. */
  readonly #told = new Fifo<Uint8Array[]>();
  /** Whose wish was received last: with `manual`, whom `subscribe` is about. */
  #last: Pipe | undefined;
  readonly #tellers = new Fifo<Pipe>();

  constructor(type: SocketType, settings: Settings) {
    super(type, settings, {});
  }

  override attached(pipe: Pipe): void {
    this.#peers.attach(pipe);
    const { welcomeMessage } = this.settings;
    if (welcomeMessage.length > 0 && pipe.writable) pipe.send(welcomeMessage);
    this.#hear(pipe);
  }

  override detached(pipe: Pipe): void {
    this.#peers.detach(pipe, (prefix, gone) => {
      if (gone || this.settings.xpubVerboser) this.#tell(pipe, prefix, false);
    });
    if (this.#last === pipe) this.#last = undefined;
  }

  override subscribed(pipe: Pipe, prefix: Uint8Array, wanted: boolean): void {
    if (this.settings.manual) this.#tell(pipe, prefix, wanted);
    else if (wanted) {
      const first = this.#peers.subscribe(pipe, prefix);
      const { xpubVerbose, xpubVerboser } = this.settings;
      if (first || xpubVerbose || xpubVerboser) this.#tell(pipe, prefix, true);
    } else if (this.#peers.cancel(pipe, prefix) !== "held by others" || this.settings.xpubVerboser) {
      this.#tell(pipe, prefix, false);
    }
  }

  /** With `manual`: takes up, or drops, a subscription for the peer whose wish was received last. */
  subscribe(prefix: Uint8Array, wanted: boolean): void {
    if (this.#last === undefined) return;
    if (wanted) this.#peers.subscribe(this.#last, prefix);
    else this.#peers.cancel(this.#last, prefix);
  }

  override arrived(pipe: Pipe): void {
    this.#hear(pipe);
  }

  override get readable(): boolean {
    return this.#told.length > 0;
  }

  /** "SHALL NOT block": whoever is full loses the message. */
  override get writable(): boolean {
    return true;
  }

  override receive(): Received | undefined {
    if (this.type === "PUB") return super.receive();
    this.#last = this.#tellers.shift() ?? this.#last;
    return this.#told.shift();
  }

  override send(message: SentMessage): boolean {
    return this.#peers.send(message, this.settings.invertMatching, this.settings.noDrop);
  }

  override sendRun(run: Run, from: number): number {
    const end = run.endOf(1, from);
    const { invertMatching, noDrop } = this.settings;
    return this.#peers.sendRun(run, from, end, invertMatching, noDrop) ? end : from;
  }

  /** Messages of an XSUB for the application; what a subscriber sends to a PUB is nobody's. */
  #hear(pipe: Pipe): void {
    for (let message = pipe.receive(); message !== undefined; message = pipe.receive()) {
      if (this.type === "PUB") continue;
      this.#told.push(message);
      this.#tellers.push(pipe);
    }
  }

  #tell(pipe: Pipe, prefix: Uint8Array, wanted: boolean): void {
    if (this.type === "PUB") return;
    const message = memoryOf(1 + prefix.length);
    message[0] = wanted ? WANTED : UNWANTED;
    message.set(prefix, 1);
    this.#told.push([viewOf(message)]);
    this.#tellers.push(pipe);
  }
}

export const pub = (settings: Settings): Pattern => new XPublisherPattern("PUB", settings);
export const xpub = (settings: Settings): Pattern => new XPublisherPattern("XPUB", settings);

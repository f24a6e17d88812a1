/** A socket without its face: a pattern over pipes, and the one receive and the one send that may wait. */

import { nextTurn } from "../connection/next-turn.js";
import { AtOnce, SENT } from "./at-once.js";
import { CONTEXT_OPTIONS, type ContextCore } from "./context.js";
import { type EndpointOwner, Endpoints } from "./endpoints.js";
import { fault } from "./errno.js";
import type { InprocNames } from "./inproc.js";
import type { SentMessage } from "./message.js";
import { Monitor } from "./monitor.js";
import type { OpenSocket } from "./open-sockets.js";
import { type OptionOwner, OptionStore } from "./option-store.js";
import type { Extra, Pattern, Received } from "./pattern.js";
import { PATTERNS } from "./patterns.js";
import type { Pipe, PipeUser } from "./pipe.js";
import type { Settings } from "./settings.js";
import { Waiting } from "./waiting.js";
import { join, subscribe } from "./wishes.js";

const READING = "Socket is busy reading; only one receive operation may be in progress at any time";
const WRITING = "Socket is busy writing; only one send operation may be in progress at any time";
const BLOCKED = "Socket is blocked by a bind or unbind operation";

/** Types that have nothing worth waiting for when they are closed. */
const HASTY: readonly string[] = ["SUB", "XSUB", "DISH"];

/** `blocked` while a bind, an unbind or a proxy has the socket. */
type State = "open" | "blocked" | "closed";

/** What is behind the face of a socket. */
export class SocketCore implements PipeUser, EndpointOwner, OptionOwner, OpenSocket {
  readonly type: number;
  readonly name: string;
  readonly context: ContextCore;
  readonly pattern: Pattern;
  readonly options: OptionStore;
  readonly monitor = new Monitor();
  readonly endpoints: Endpoints;
  #state: State = "open";
  #closing = false;
  #reader: Waiting<unknown> | undefined;
  #writer: Waiting<void> | undefined;
  readonly #atOnce = new AtOnce();
  /** Called whenever something may have become possible, while a proxy has the socket. */
  relay: (() => void) | undefined;

  constructor(context: ContextCore, type: number) {
    const pattern = PATTERNS.get(type);
    if (pattern === undefined) throw fault("EINVAL");
    context.enter();
    this.type = type;
    this.name = pattern.name;
    this.context = context;
    this.options = new OptionStore(this);
    this.settings.ipv6 = context.get(CONTEXT_OPTIONS.ipv6.id) !== 0;
    if (!this.blocky || HASTY.includes(this.name)) this.settings.linger = 0;
    this.pattern = pattern.make(this.settings);
    this.endpoints = new Endpoints(this);
  }

  get settings(): Settings {
    return this.options.values;
  }

  get closed(): boolean {
    return this.#state === "closed";
  }

  get engaged(): boolean {
    return this.#state === "blocked" || this.endpoints.count > 0;
  }

  get readable(): boolean {
    return !this.closed && this.pattern.readable;
  }

  get writable(): boolean {
    return !this.closed && this.pattern.writable;
  }

  /** What `send` returns where nobody has to wait for anything. */
  get sent(): Promise<void> {
    return SENT;
  }

  /** Throws if nothing can be asked of it now. */
  check(): void {
    if (this.#state === "closed") throw fault("EBADF");
    if (this.#state === "blocked") throw fault("EBUSY", undefined, BLOCKED);
  }

  /**
   * The next message if it waits and the turn of the event loop may go on; else undefined. Throws as `receive` does.
   */
  receiveAtOnce(): Received | undefined {
    if (this.#state !== "open") this.check();
    if (this.#reader !== undefined) throw fault("EBUSY", undefined, READING);
    return this.pattern.readable && this.#atOnce.use() ? this.pattern.receive() : undefined;
  }

  receive(): Promise<Received> {
    const message = this.receiveAtOnce();
    if (message !== undefined) return Promise.resolve(message);
    return this.#waitToRead((pattern) => pattern.receive());
  }

  /** As `receive`, a run of messages at a time, which `next` asks the pattern for. */
  receiveBatch<T>(next: (pattern: Pattern) => T | undefined): Promise<T> {
    if (this.#state !== "open") this.check();
    if (this.#reader !== undefined) throw fault("EBUSY", undefined, READING);
    const batch = this.#atOnce.use() ? next(this.pattern) : undefined;
    return batch === undefined ? this.#waitToRead(next) : Promise.resolve(batch);
  }

  send(message: SentMessage, extra?: Extra): Promise<void> {
    if (this.#state !== "open") this.check();
    if (this.#writer !== undefined) throw fault("EBUSY", undefined, WRITING);
    const { pattern } = this;
    if (!pattern.writable && this.settings.sendTimeout !== 0) return this.#waitToWrite(message, extra);
    try {
      return pattern.send(message, extra) ? this.#sent(message) : Promise.reject(fault("EAGAIN"));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Subscribes to a prefix, or cancels that. Throws EINVAL where there are no subscriptions. */
  subscribe(prefix: Uint8Array, wanted: boolean): void {
    subscribe(this.pattern, prefix, wanted, this.settings);
  }

  /** Joins, or leaves, a group. Throws EINVAL where there are none. */
  join(group: Uint8Array, wanted: boolean): void {
    this.check();
    join(this.pattern, group, wanted);
  }

  /** Runs `change` while nothing else can be done with the socket; a `close()` meanwhile takes effect behind it. */
  async whileBlocked(change: () => void | Promise<void>): Promise<void> {
    this.check();
    this.#state = "blocked";
    try {
      // However fast it is done, the caller sees the socket blocked.
      await null;
      await change();
    } finally {
      this.#state = "open";
      if (this.#closing) this.close();
    }
  }

  close(): void {
    this.#closing = true;
    if (this.#state !== "open") return;
    this.#state = "closed";
    this.#reader?.giveUp();
    this.#writer?.giveUp();
    this.endpoints.closeAll(this.settings.linger);
    this.monitor.end();
    this.context.leave();
  }

  // What endpoints ask.

  get user(): PipeUser {
    return this;
  }

  get inproc(): InprocNames {
    return this.context.inproc;
  }

  get identity(): Uint8Array {
    return this.settings.routingId;
  }

  get conflates(): boolean {
    return this.settings.conflate;
  }

  get lastEndpoint(): string {
    return this.endpoints.last;
  }

  get unsent(): boolean {
    return this.endpoints.unsent;
  }

  get blocky(): boolean {
    return this.context.get(CONTEXT_OPTIONS.blocky.id) !== 0;
  }

  // What pipes tell.

  attached(pipe: Pipe): void {
    if (this.closed) {
      pipe.close(0);
      return;
    }
    this.pattern.attached(pipe);
    this.#serve();
  }

  arrived(pipe: Pipe): void {
    this.pattern.arrived(pipe);
    this.#serve();
  }

  drained(pipe: Pipe): void {
    this.pattern.drained(pipe);
    this.#serve();
  }

  renewed(pipe: Pipe): void {
    this.pattern.renewed(pipe);
    this.#serve();
  }

  subscribed(pipe: Pipe, prefix: Uint8Array, wanted: boolean): void {
    this.pattern.subscribed(pipe, prefix, wanted);
    this.#serve();
  }

  joined(pipe: Pipe, group: Uint8Array, wanted: boolean): void {
    this.pattern.joined(pipe, group, wanted);
  }

  detached(pipe: Pipe): void {
    this.pattern.detached(pipe);
    this.#serve();
  }

  /** Something has changed: whoever waits may be served. */
  #serve(): void {
    this.relay?.();
    if (this.#reader !== undefined && this.pattern.readable) this.#reader.tryAgain();
    if (this.#writer !== undefined && this.pattern.writable) this.#writer.tryAgain();
  }

  #waitToRead<T>(next: (pattern: Pattern) => T | undefined): Promise<T> {
    const { receiveTimeout } = this.settings;
    const waiting = new Waiting<T>(
      receiveTimeout,
      (resolve) => {
        const value = next(this.pattern);
        if (value === undefined) return false;
        resolve(value);
        return true;
      },
      () => {
        this.#reader = undefined;
      },
    );
    this.#reader = waiting as Waiting<unknown>;
    if (receiveTimeout === 0) waiting.giveUp();
    // What waits is left for the next turn of the event loop where this one has had its share.
    else if (this.pattern.readable) nextTurn(() => this.#serve());
    this.#atOnce.renew();
    return waiting.promise;
  }

  #waitToWrite(message: SentMessage, extra: Extra | undefined): Promise<void> {
    const waiting = new Waiting<void>(
      this.settings.sendTimeout,
      (resolve) => {
        if (!this.pattern.send(message, extra)) return false;
        resolve();
        return true;
      },
      () => {
        this.#writer = undefined;
      },
    );
    this.#writer = waiting;
    this.#atOnce.renew();
    return waiting.promise;
  }

  /** A message was accepted. From time to time the answer comes after a turn of the event loop. */
  #sent(message: SentMessage): Promise<void> {
    // To send may be what a reader waits for: a REQ hears an answer only once it has asked.
    if (this.#reader !== undefined) this.#serve();
    return this.#atOnce.sent(message);
  }
}

/// <reference lib="esnext.disposable" preserve="true" />
/** A connection: a session on a transport, with time and back-pressure. All protocol stays in the session. */
import type { FrameBatch } from "../codec/batch.js";
import { defaultCodec } from "../codec/default.js";
import type { Message, Payload } from "../codec/payload.js";
import { ZmtpError } from "../error.js";
import type { SessionBatchEvent, SessionEvent } from "../session/event.js";
import type { Greeting } from "../session/greeting.js";
import type { PeerInfo } from "../session/peer.js";
import { ZmtpSession } from "../session/session.js";
import { onAbort } from "./abort.js";
import { Deferred } from "./deferred.js";
import { Heart, type HeartUser } from "./heart.js";
import { Inbox, type InboxUser } from "./inbox.js";
import { type ConnectionOptions, DEFAULT_HIGH_WATER_MARK, DEFAULT_TIMEOUT } from "./options.js";
import { type Outbox, ZmtpOutbox } from "./outbox.js";
import { Subscriptions } from "./subscriptions.js";
import { after, type Timer } from "./timer.js";
import type { FrameFlags, Transport, TransportUser } from "./transport.js";

/** Octets gathered within a tick that leave without waiting for its end. */
const FLUSH_AT = 128 * 1024;

/** Milliseconds that a peer has to close its side after we have closed ours. */
const LINGER = 2000;

/** What waits for it runs at the tick's end. Node's `queueMicrotask` does the same at several times the price. */
const tickEnd: Promise<void> = Promise.resolve();

/** Engines without `await using` have no such symbol yet. */
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");

/**
 * One connection to one peer, behind its handshake. Iterating gives its messages, each an array of owned payloads: all frames
 * of a message or none. An iteration that is broken off leaves the rest to the next one.
 */
export interface Connection extends AsyncIterable<Uint8Array[]>, AsyncDisposable {
  /** What the peer said of itself; owned. */
  readonly peer: PeerInfo;
  /** Settles when the connection has ended: resolved in peace, rejected with the reason otherwise. */
  readonly closed: Promise<void>;
  /**
   * Accepts a message for sending; all that one tick accepts leaves in one write. Payloads are copied, but for binary ones of 64 KiB
   * and more, which leave from where they lie: do not write to those before `drained`.
   *
   * @returns False if more octets wait than `highWaterMark`: then await `drained`. The message is accepted all the same.
   * @throws The error that ended the connection, or a {@link ZmtpError} CLOSED after `close()`; a TypeError without a frame.
   */
  send(message: Message): boolean;
  /** Resolves when fewer octets wait than half of `highWaterMark`, at once if so already; rejects if the connection fails first. */
  readonly drained: Promise<void>;
  /** Accepts all frames of a batch, in one copy if it is as it came. Returns and throws as `send` does, and on a stale batch. */
  sendBatch(batch: FrameBatch): boolean;
  /** The frames of the peer's messages in runs, without an object a frame; each run is valid until the next is asked for. */
  batches(): AsyncIterableIterator<FrameBatch>;
  /** Subscribes to all messages that begin with `prefix`, default all. Throws a {@link ZmtpError} NOT_A_SUBSCRIBER, or as `send` does. */
  subscribe(prefix?: Payload): void;
  /** Undoes one `subscribe` of the same prefix. Throws as it does. */
  cancel(prefix?: Payload): void;
  /** Whether the peer, a subscriber, has subscribed to a message whose first frame this is. */
  wants(topic: Payload): boolean;
  /**
   * Ends the connection; resolves when everything that was accepted has left. In a page that means handed to the browser: before
   * the page goes away await `closed`, too.
   */
  close(): Promise<void>;
}

/** @internal A session on a transport. Made by the shells; applications see it as a {@link Connection}. */
export class Link implements Connection, TransportUser, InboxUser, HeartUser {
  readonly #session: ZmtpSession;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #heart: Heart;
  readonly #subscriptions = new Subscriptions();
  readonly #options: ConnectionOptions;
  readonly #highWaterMark: number;
  readonly #receiveHighWaterMark: number;
  readonly #opened = new Deferred<this>();
  readonly #closed = new Deferred();
  #drained: Deferred | undefined;
  #empty: Deferred | undefined;
  #transport: Transport | undefined;
  /** Octets that the transport has and the network has not. */
  #inFlight = 0;
  #flushing = false;
  #paused = false;
  #iterated = false;
  #peerEnded = false;
  #finishing = false;
  #over = false;
  /** Why nothing can be sent any more. */
  #ending: unknown;
  #patience: Timer | undefined;
  #callOff: (() => void) | undefined;
  readonly #onTickEnd = () => this.#flush();

  /** `outbox` frames what leaves as the transport has it; default: as ZMTP does. */
  constructor(options: ConnectionOptions, outbox?: Outbox) {
    const codec = options.codec ?? defaultCodec();
    this.#options = options;
    this.#session = new ZmtpSession({ ...options, codec });
    this.#outbox = outbox ?? new ZmtpOutbox(codec);
    this.#inbox = new Inbox(this);
    this.#heart = new Heart(this);
    this.#highWaterMark = options.highWaterMark ?? DEFAULT_HIGH_WATER_MARK;
    this.#receiveHighWaterMark = options.receiveHighWaterMark ?? DEFAULT_HIGH_WATER_MARK;
    const { signal, connectTimeout = DEFAULT_TIMEOUT } = options;
    this.#patience = after(connectTimeout, () => {
      this.fail(new ZmtpError("CONNECT_TIMEOUT", `The peer was not reached within ${connectTimeout} ms`));
    });
    this.#callOff = onAbort(signal, () => this.fail(signal?.reason));
    if (this.#over) this.#callOff();
  }

  /** Resolves with the connection once the handshake is complete. */
  get opened(): Promise<this> {
    return this.#opened.promise;
  }

  get peer(): PeerInfo {
    return this.#session.peer as PeerInfo;
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  get drained(): Promise<void> {
    if (this.#hasDrained) return Promise.resolve();
    if (this.#over) return this.#closed.promise;
    this.#drained ??= new Deferred();
    return this.#drained.promise;
  }

  send(message: Message): boolean {
    if (this.#ending !== undefined) throw this.#ending;
    if (this.#session.inClear) this.#outbox.message(message);
    else this.#outbox.octets(this.#session.send(message));
    return this.#accepted();
  }

  sendBatch(batch: FrameBatch): boolean {
    if (this.#ending !== undefined) throw this.#ending;
    if (this.#session.inClear) this.#outbox.batch(batch);
    else this.#outbox.octets(this.#session.sendBatch(batch));
    return this.#accepted();
  }

  subscribe(prefix?: Payload): void {
    if (this.#ending !== undefined) throw this.#ending;
    this.#sendOctets(this.#session.subscribe(prefix));
  }

  cancel(prefix?: Payload): void {
    if (this.#ending !== undefined) throw this.#ending;
    this.#sendOctets(this.#session.cancel(prefix));
  }

  wants(topic: Payload): boolean {
    return this.#subscriptions.match(topic);
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array[], undefined> {
    this.#iterated = true;
    return { next: () => this.#inbox.nextMessage() };
  }

  batches(): AsyncIterableIterator<FrameBatch> {
    this.#iterated = true;
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: () => this.#inbox.nextBatch(),
    };
  }

  async close(): Promise<void> {
    this.#ending ??= new ZmtpError("CLOSED", "The connection has been closed here");
    this.#inbox.end();
    this.#finish();
    await this.#allSent();
  }

  [asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Ends the connection at once, for this reason. */
  fail(reason: unknown): void {
    if (this.#over) return;
    this.#end(reason);
    this.#transport?.destroy();
  }

  /** Whether it has ended. */
  get over(): boolean {
    return this.#over;
  }

  /** The transport tries to reach the peer; whatever ends the connection before that ends the trying. */
  dialling(transport: Transport): void {
    this.#transport = transport;
  }

  // What the transport reports.

  attached(transport: Transport, greeting?: Greeting): void {
    this.#transport = transport;
    if (this.#over) {
      transport.destroy();
      return;
    }
    const { handshakeTimeout = DEFAULT_TIMEOUT } = this.#options;
    clearTimeout(this.#patience);
    this.#patience = after(handshakeTimeout, () => {
      this.fail(new ZmtpError("HANDSHAKE_TIMEOUT", `The handshake was not over within ${handshakeTimeout} ms`));
    });
    if (greeting === undefined) this.#sendOctets(this.#session.start());
    else {
      this.#session.greeted(greeting);
      this.#reportAll();
    }
    this.#flush();
  }

  received(chunk: Uint8Array): void {
    this.#session.take(chunk);
    this.#reportAll();
  }

  landed(length: number): void {
    this.#session.landed(length);
    this.#reportAll();
  }

  receivedFrame(payload: Uint8Array, { more, command }: FrameFlags): void {
    // Most frames concern nobody but the consumer.
    if (this.#session.admits(payload, command, more)) {
      if (this.#hearing) this.#inbox.pushFrame(payload, more);
      return;
    }
    this.#session.receiveFrame(payload, more, command);
    this.#reportAll();
  }

  refused(error: ZmtpError): void {
    this.#refuse(error);
  }

  sent(octets: number, chunk?: Uint8Array): void {
    this.#inFlight -= octets;
    if (chunk !== undefined) this.#outbox.recycle?.(chunk);
    if (this.#waiting === 0) {
      this.#empty?.resolve();
      this.#empty = undefined;
    }
    if (this.#hasDrained) {
      this.#drained?.resolve();
      this.#drained = undefined;
    }
  }

  ended(): void {
    if (this.#over || this.#peerEnded) return;
    this.#peerEnded = true;
    for (const event of this.#session.end()) this.#report(event);
    if (this.#over) return;
    this.#inbox.end();
    // Somebody who still reads may still answer; its last read closes our side.
    if (!this.#iterated) this.#finish();
  }

  gone(error?: unknown): void {
    this.#end(error ?? this.#loss());
  }

  /** Why an end that the transport calls peaceful is none. */
  #loss(): ZmtpError | undefined {
    const unsent = this.#waiting;
    if (unsent > 0) return new ZmtpError("CONNECTION_LOST", `The connection ended before ${unsent} octets had left`);
    if (this.#peerEnded || this.#finishing) return undefined;
    return new ZmtpError("CONNECTION_LOST", "The connection was lost");
  }

  // What the inbox reports.

  filled(octets: number): void {
    if (!this.#paused && octets >= this.#receiveHighWaterMark) {
      this.#paused = true;
      this.#transport?.pause();
    } else if (this.#paused && (octets === 0 || octets * 2 < this.#receiveHighWaterMark)) {
      this.#paused = false;
      this.#heart.heard();
      this.#transport?.resume();
    }
  }

  exhausted(): void {
    if (this.#peerEnded) this.#finish();
  }

  // What the heart asks for.

  get listening(): boolean {
    return !this.#paused;
  }

  beat(ttl: number): void {
    if (this.#ending === undefined) this.#sendOctets(this.#session.ping({ ttl }));
  }

  dead(silence: number): void {
    this.fail(new ZmtpError("HEARTBEAT_TIMEOUT", `Nothing came from the peer for ${silence} ms`));
  }

  /** What the session makes of what it has just taken in. */
  #reportAll(): void {
    this.#heart.heard();
    for (let event = this.#session.nextBatchEvent(); event !== undefined; event = this.#session.nextBatchEvent()) {
      this.#report(event);
    }
  }

  #report(event: SessionEvent | SessionBatchEvent): void {
    if (event.type === "Frames") this.#deliver(event.batch);
    else if (event.type === "SendBytes") this.#answer(event.bytes);
    else if (event.type === "Command") this.#command(event.name, event.data);
    else if (event.type === "HandshakeComplete") this.#open();
    else if (event.type === "Error") this.#refuse(event.error);
  }

  #deliver(batch: FrameBatch): void {
    if (this.#hearing) this.#inbox.push(batch);
  }

  /** Whoever has closed wants no more, and after a fault nothing is accepted. */
  get #hearing(): boolean {
    return !this.#finishing && !this.#over;
  }

  /** A peer that asks and never reads gets no answer beyond the mark: its questions must not fill our memory. */
  #answer(bytes: Uint8Array): void {
    if (this.#waiting <= this.#highWaterMark) this.#sendOctets(bytes);
  }

  #open(): void {
    clearTimeout(this.#patience);
    const { heartbeat } = this.#options;
    if (heartbeat) this.#heart.start(heartbeat);
    this.#opened.resolve(this);
  }

  #command(name: string, data: Uint8Array): void {
    if (name === "PING") this.#heart.honour((data[0] << 8) | data[1]);
    if (name === "SUBSCRIBE") this.#subscribed(data);
    if (name === "CANCEL") this.#subscriptions.remove(data);
  }

  #subscribed(prefix: Uint8Array): void {
    if (this.#subscriptions.add(prefix)) return;
    this.#refuse(
      new ZmtpError("TOO_MANY_SUBSCRIPTIONS", "The peer's subscriptions take more memory than a peer is given"),
    );
  }

  get #hasDrained(): boolean {
    return this.#waiting === 0 || this.#waiting * 2 < this.#highWaterMark;
  }

  /** Octets that wait for the network. */
  get #waiting(): number {
    return this.#outbox.length + this.#inFlight;
  }

  #sendOctets(bytes: Uint8Array): void {
    this.#outbox.octets(bytes);
    this.#accepted();
  }

  #accepted(): boolean {
    const gathered = this.#outbox.length;
    // Most messages join others that already wait for the tick's end.
    if (gathered < FLUSH_AT && this.#flushing) return gathered + this.#inFlight < this.#highWaterMark;
    if (gathered >= FLUSH_AT) this.#flush();
    else {
      this.#flushing = true;
      tickEnd.then(this.#onTickEnd);
    }
    return this.#waiting < this.#highWaterMark;
  }

  #flush(): void {
    this.#flushing = false;
    const { length } = this.#outbox;
    if (length === 0 || this.#transport === undefined) return;
    this.#inFlight += length;
    this.#transport.write(this.#outbox.take());
  }

  /** Sends what was accepted and says goodbye; a peer that does not answer that in time is dropped. */
  #finish(): void {
    if (this.#finishing || this.#over) return;
    this.#finishing = true;
    this.#ending ??= new ZmtpError("CLOSED", "The peer has closed the connection");
    this.#flush();
    this.#transport?.finish();
    this.#heart.stop();
    this.#allSent().then(
      () => {
        this.#patience = after(LINGER, () => this.#transport?.destroy());
      },
      () => {},
    );
  }

  async #allSent(): Promise<void> {
    while (this.#waiting > 0 && !this.#over) {
      this.#empty ??= new Deferred();
      await Promise.race([this.#empty.promise, this.#closed.promise]);
    }
  }

  /** The peer broke the protocol: it may be told, and nothing more is heard. */
  #refuse(error: ZmtpError): void {
    const transport = this.#transport;
    this.#flush();
    this.#end(error);
    transport?.finish();
    after(LINGER, () => transport?.destroy());
  }

  /** Settles everything that waits. */
  #end(reason: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#ending ??= reason ?? new ZmtpError("CLOSED", "The connection has ended");
    clearTimeout(this.#patience);
    this.#heart.stop();
    this.#callOff?.();
    this.#inbox.end(reason);
    this.#opened.reject(this.#ending);
    if (reason === undefined) this.#closed.resolve();
    else this.#closed.reject(reason);
    if (reason === undefined) this.#drained?.resolve();
    else this.#drained?.reject(reason);
  }
}

/** A session: Greeting → Handshake → Active. Octets in, events out; no I/O, no clock. RFC 37, "Overall Behavior". */
import type { FrameBatch } from "../codec/batch.js";
import { type Message, type Octets, octets, type Payload } from "../codec/payload.js";
import type { ZmtpError } from "../error.js";
import { commandBody } from "./command.js";
import type { SessionBatchEvent, SessionEvent } from "./event.js";
import { FrameByFrame } from "./frame-by-frame.js";
import type { FrameEncoding } from "./frame-encoding.js";
import { encodeGreeting, type Greeting } from "./greeting.js";
import { pingBody } from "./heartbeat.js";
import { iterate } from "./iterate.js";
import { MAX_LENT } from "./limits.js";
import type { Progress } from "./mechanism.js";
import type { SessionOptions } from "./options.js";
import type { PeerInfo } from "./peer.js";
import { lentOctets, type SessionState } from "./phase.js";
import { Protocol } from "./protocol.js";
import { isPublisher } from "./socket-type.js";
import { checkSubscriber, type Subscription, subscriptionFrame } from "./subscription.js";

export type { SessionOptions, SessionState };

/**
 * One peer's side of one connection (RFC 37). Send what `start()` returns, then feed `receive` what the peer sends and
 * act on the events: send `SendBytes`, use `Frame`, close on `Error`.
 *
 * Octets may be cut anywhere. An iteration that was not started or was broken off leaves the rest to the next one.
 * After an `Error` nothing is accepted and nothing can be sent.
 */
export class ZmtpSession {
  readonly #protocol: Protocol;
  /** The run that `receive` has begun to hand out. */
  #run: FrameByFrame | undefined;

  /**
   * @throws A TypeError for an unknown socket type, an identity or metadata that the RFC does not allow, or a mechanism
   *   that is none; a RangeError for a `maxFrameSize` that is no size.
   */
  constructor(options: SessionOptions) {
    this.#protocol = new Protocol(options);
    // A mechanism's name that no greeting can carry is refused here, not when it is sent.
    this.start();
  }

  /** Greeting, handshake, active: how far the two peers have come. */
  get state(): SessionState {
    const { phase } = this.#protocol;
    return phase.at === "over" ? phase.state : phase.at;
  }

  /** What is known of the peer, owned; undefined before HandshakeComplete. */
  get peer(): PeerInfo | undefined {
    const { phase } = this.#protocol;
    return phase.at === "active" || phase.at === "over" ? phase.peer : undefined;
  }

  /** Why the session is over; set once. */
  get error(): ZmtpError | undefined {
    const { phase } = this.#protocol;
    return phase.at === "over" ? phase.error : undefined;
  }

  /** Returns our greeting, 64 octets, owned. Send it at once, without waiting for the peer's. */
  start(): Octets {
    const { name, asServer } = this.#protocol.mechanism;
    return encodeGreeting({ mechanism: name, asServer });
  }

  /**
   * Takes octets in and reports what they led to, one event for each frame; everything in it is owned. The chunk may be
   * reused at once.
   */
  receive(chunk: Uint8Array): Iterable<SessionEvent> {
    this.take(chunk);
    return iterate(() => this.#nextEvent());
  }

  /**
   * Takes octets in and reports what they led to, with a batch for each run of frames. A batch is borrowed: valid until
   * the next call that decodes on this thread.
   */
  receiveBatches(chunk: Uint8Array): Iterable<SessionBatchEvent> {
    this.take(chunk);
    return iterate(() => this.nextBatchEvent());
  }

  /**
   * Lends memory for a socket to read into; then `commit` what was read.
   *
   * @param size - Octets wanted; default and at most 1 MiB.
   * @returns Borrowed: until the next call that decodes on this thread.
   * @throws The error that ended the session.
   */
  reserve(size: number = MAX_LENT): Uint8Array {
    const { phase, incoming } = this.#protocol;
    if (phase.at === "over") throw phase.error;
    if (phase.at !== "greeting") return incoming.reserve(size);
    // In the greeting we lend memory of our own. In the codec's region another session could overwrite it unnoticed.
    phase.lent = new Uint8Array(Math.min(size, MAX_LENT));
    return phase.lent;
  }

  /**
   * Takes in the first `length` octets of what `reserve` lent; reports as `receiveBatches` does.
   *
   * @throws An Error without `reserve`; a RangeError for more than it lent.
   */
  commit(length: number): Iterable<SessionBatchEvent> {
    const { phase, incoming } = this.#protocol;
    if (phase.at === "greeting") this.take(lentOctets(phase, length));
    else if (phase.at !== "over") incoming.commit(length);
    return iterate(() => this.nextBatchEvent());
  }

  /**
   * Answers a Question event with what the mechanism says follows from it, and goes on with what has come meanwhile.
   *
   * @returns What it led to, as `receive` does. Nothing if the session has ended before the answer.
   * @throws {@link ZmtpError} NOT_WAITING if no question is open.
   */
  proceed(progress: Progress): Iterable<SessionEvent> {
    this.#protocol.proceed(progress);
    return iterate(() => this.#nextEvent());
  }

  /**
   * Tells the session that the peer has closed, at once. Reports what had come before, and an error if that was too
   * early: before the handshake was over, inside a frame, or inside a message.
   */
  end(): Iterable<SessionEvent> {
    const rest = this.#run?.rest();
    this.#run = undefined;
    this.#protocol.end(rest);
    return iterate(() => this.#nextEvent());
  }

  /**
   * A message as octets to send, owned.
   *
   * @throws {@link ZmtpError} NOT_ACTIVE before HandshakeComplete, or the error that ended the session; a TypeError if
   *   it has no frame.
   */
  send(message: Message): Octets {
    return this.#protocol.outgoing.message(message);
  }

  /**
   * All frames of a batch as octets to send, owned. A batch as it came is one copy.
   *
   * @throws {@link ZmtpError} as `send` does, or STALE_BATCH.
   */
  sendBatch(batch: FrameBatch): Octets {
    return this.#protocol.outgoing.batch(batch);
  }

  /**
   * A subscription to all messages that begin with `prefix` (default: to all), as octets to send. By the RFC each
   * counts and is undone by a `cancel` of its own; libzmq counts a prefix once.
   *
   * @throws {@link ZmtpError} NOT_A_SUBSCRIBER, or as `send` does; a TypeError for a prefix that is no payload.
   */
  subscribe(prefix: Payload = ""): Octets {
    return this.#subscription("SUBSCRIBE", prefix);
  }

  /** Undoes one `subscribe` of the same prefix; octets to send. Throws as `subscribe` does. */
  cancel(prefix: Payload = ""): Octets {
    return this.#subscription("CANCEL", prefix);
  }

  /**
   * A heartbeat, as octets to send.
   *
   * @param options.ttl - Tenths of a second after which the peer may drop a silent connection; default 0, never. At
   *   most 65535.
   * @param options.context - Up to 16 octets that the PONG brings back; default none.
   * @throws {@link ZmtpError} as `send` does; a RangeError for what does not fit.
   */
  ping(options: { ttl?: number; context?: Uint8Array } = {}): Octets {
    const { ttl = 0, context = new Uint8Array(0) } = options;
    return this.#protocol.outgoing.command(pingBody(ttl, octets(context, "the context of a PING")));
  }

  // What transports call: `receiveBatches` and `commit` without their iterators, and frames that come framed.

  /** @internal Takes octets in, copied. */
  take(chunk: Uint8Array): void {
    const rest = this.#behindGreeting(chunk);
    if (rest !== undefined) this.#protocol.incoming.push(rest);
  }

  /** @internal As `take`, but the chunk becomes ours: owned payloads may be views of it. */
  takeOwned(chunk: Uint8Array): void {
    const rest = this.#behindGreeting(chunk);
    if (rest !== undefined) this.#protocol.incoming.pushOwned(rest);
  }

  /** @internal Where a socket may read into; then `landed`, at once: all sockets of the thread read into this place. */
  get landing(): Uint8Array {
    return this.#protocol.codec.landing;
  }

  /** @internal Takes in what a socket has just read into `landing`. */
  landed(length: number): void {
    const { phase, incoming } = this.#protocol;
    if (phase.at === "greeting") this.take(this.landing.slice(0, length));
    else if (phase.at !== "over") incoming.landed(length);
  }

  /** @internal For a transport that frames by itself: it has agreed on a greeting in its own way, and none is read. */
  greeted(greeting: Greeting, encoding: FrameEncoding): void {
    this.#protocol.greeted(greeting, encoding);
  }

  /**
   * @internal For WebSocket: true if the session would pass this message on unchanged. Then skip `receiveFrame`.
   */
  admits(payload: Uint8Array, command: boolean, more = false): boolean {
    const { phase, limits, socketType } = this.#protocol;
    const passes =
      phase.at === "active" &&
      phase.traffic === undefined &&
      !command &&
      payload.length <= limits.maxFrameSize &&
      !isPublisher(socketType);
    if (passes) this.#protocol.insideMessage = more;
    return passes;
  }

  /** @internal Takes in one frame from a transport that frames by itself; its payload becomes ours. */
  receiveFrame(payload: Uint8Array, more: boolean, command: boolean): void {
    const { phase, incoming } = this.#protocol;
    if (phase.at !== "over") incoming.pushFrame(payload, more, command);
  }

  /** @internal The next event of what has been taken in. */
  nextBatchEvent(): SessionBatchEvent | undefined {
    const rest = this.#run?.rest();
    this.#run = undefined;
    return rest === undefined ? this.#protocol.next() : { type: "Frames", batch: rest };
  }

  /** @internal For those who take in, or count, what has come. */
  get protocol(): Protocol {
    return this.#protocol;
  }

  /** @internal Seals whole messages that were encoded in the clear; a frame may lie across two chunks. */
  seal(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
    return this.#protocol.outgoing.sealed(chunks);
  }

  /** @internal A command in traffic as octets to send, sealed where the mechanism does. Throws as `send` does. */
  command(name: string, data: Uint8Array): Uint8Array {
    return this.#protocol.outgoing.command(commandBody(name, data));
  }

  /** @internal The connection is over: nothing comes or leaves any more. */
  erase(): void {
    this.#protocol.erase();
  }

  /** @internal Whether frames leave as they are, so that whoever gathers them may encode them itself. */
  get inClear(): boolean {
    const { phase } = this.#protocol;
    return phase.at !== "active" || phase.traffic === undefined;
  }

  /** What of a chunk comes behind the greeting; undefined if nothing does. */
  #behindGreeting(chunk: Uint8Array): Uint8Array | undefined {
    const { phase } = this.#protocol;
    if (phase.at === "over") return undefined;
    const greeting = phase.at === "greeting" ? phase.reader.append(chunk) : 0;
    if (greeting === chunk.length) return undefined;
    return greeting === 0 ? chunk : chunk.subarray(greeting);
  }

  #nextEvent(): SessionEvent | undefined {
    for (;;) {
      const frame = this.#run?.next();
      if (frame !== undefined) return { type: "Frame", frame };
      this.#run = undefined;
      const event = this.#protocol.next();
      if (event?.type !== "Frames") return event;
      this.#run = new FrameByFrame(event.batch.toOwned());
    }
  }

  #subscription(kind: Subscription, prefix: Payload): Octets {
    const { socketType, outgoing, active } = this.#protocol;
    const { version } = active.peer;
    checkSubscriber(socketType);
    return outgoing.frame(subscriptionFrame(kind, octets(prefix, "the prefix of a subscription"), version));
  }
}

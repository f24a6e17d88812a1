/** A session: Greeting → Handshake → Active. Octets in, events out; no I/O, no clock. RFC 37, "Overall Behavior". */
import { type FrameBatch, ownedFrame } from "../codec/batch.js";
import { type Codec, type Engine, engineOf } from "../codec/codec.js";
import { FrameDecoder } from "../codec/decoder.js";
import { defaultCodec } from "../codec/default.js";
import { encodeFrame, encodeMessage, FrameEncoder } from "../codec/encoder.js";
import { admit, type Frame, type Limits, limitsFor } from "../codec/frame.js";
import { framesOf, type Message, type Octets, octets, type Payload } from "../codec/payload.js";
import { ZmtpError, type ZmtpErrorCode } from "../error.js";
import { type Command, parseCommand } from "./command.js";
import type { SessionBatchEvent, SessionEvent } from "./event.js";
import { encodeGreeting, GREETING_SIZE, type Greeting, GreetingReader } from "./greeting.js";
import { pingBody, pongBody } from "./heartbeat.js";
import type { Handshake, Mechanism, Progress, Traffic } from "./mechanism.js";
import type { Metadata } from "./metadata.js";
import { nullMechanism } from "./null.js";
import { checkedLocal, type LocalPeer, type PeerInfo, peerOf, untypedPeer } from "./peer.js";
import { encodeError, peerError } from "./ready.js";
import { isPublisher, isSubscriber } from "./socket-type.js";
import { type Subscription, subscriptionFrame, subscriptionIn } from "./subscription.js";

/** Longest frame of a handshake: far more than any metadata in use, and all that a stranger can make us hold. */
const HANDSHAKE_FRAME = 65536;

const NO_CONTEXT = new Uint8Array(0);

/** What the peer is told before we refuse it; every other fault is met by closing. RFC 37, "The Socket-Type Property". */
const TOLD: Partial<Record<ZmtpErrorCode, string>> = {
  SOCKET_TYPE_MISSING: "missing-socket-type",
  SOCKET_TYPE_UNKNOWN: "unknown-socket-type",
  SOCKET_TYPE_MISMATCH: "illegal-socket-type",
};

/** ZMTP 2.0's signature; what a 2.0 peer shows before it reads ours. RFC 37, "Backwards Interoperability". */
const SIGNATURE_SIZE = 10;

const OTHER_MECHANISM =
  "Is PLAIN or CURVE on at the peer? libzmq closes without a word, and often before it has named its own mechanism, when ours is another.";

/** Why a peer may have closed before its greeting was whole, by how much of it came. */
const CLOSED_IN_GREETING = {
  silent: ["it never spoke", `${OTHER_MECHANISM} A proxy without a ZeroMQ peer behind it does the same.`],
  signature: [
    "its signature and nothing more",
    `${OTHER_MECHANISM} A ZMTP 2.0 peer (JeroMQ 0.3, Debian's libjeromq-java) hangs up here too, when it meets our version: update it to ZMTP 3.`,
  ],
  partly: ["it did not like ours", OTHER_MECHANISM],
} as const;

/** Where a session stands. */
export type SessionState = "greeting" | "handshake" | "active";

/** How to open a session. */
export interface SessionOptions extends LocalPeer {
  /** Longest payload accepted, in octets; default 64 MiB, at most 2^31-1. */
  readonly maxFrameSize?: number | undefined;
  /** Default `defaultCodec()`. */
  readonly codec?: Codec | undefined;
  /** Default NULL. */
  readonly mechanism?: Mechanism | undefined;
}

type OnCommand = (session: ZmtpSession, command: Command) => void;

/**
 * One peer's side of one connection (RFC 37). Send what `start()` returns, then feed `receive` what the peer sends and act on
 * the events: send `SendBytes`, use `Frame`, close on `Error`.
 *
 * Octets may be cut anywhere. An iteration that was not started or was broken off leaves the rest to the next one. After
 * an `Error` nothing is accepted and nothing can be sent.
 */
export class ZmtpSession {
  /** What each state does with a command: by its name, or else. */
  static readonly #commands: Record<SessionState, ReadonlyMap<string, OnCommand>> = {
    greeting: new Map(),
    handshake: new Map([["ERROR", (_, command) => refuse(peerError(command))]]),
    active: new Map<string, OnCommand>([
      ["ERROR", (_, command) => refuse(peerError(command))],
      ["READY", (_, command) => refuse(secondReady(command))],
      ["PING", (session, command) => session.#answerPing(command)],
    ]),
  };
  static readonly #otherCommand: Record<SessionState, OnCommand> = {
    greeting: () => {},
    handshake: (session, command) => session.#shakeHands(command),
    active: (session, command) => session.#surface(command.name, command.data),
  };

  readonly #local: LocalPeer;
  readonly #limits: Limits;
  readonly #mechanism: Mechanism;
  readonly #engine: Engine;
  readonly #decoder: FrameDecoder;
  /** Made when first needed: an idle session is to be small. */
  #encoder: FrameEncoder | undefined;
  #handshake: Handshake | undefined;
  #reader: GreetingReader | undefined;
  #greeting: Greeting | undefined;
  #traffic: Traffic | undefined;
  #state: SessionState = "greeting";
  #peer: PeerInfo | undefined;
  #error: ZmtpError | undefined;
  /** What is to be reported before anything else is read; there only while there is something. */
  #events: SessionBatchEvent[] | undefined;
  #framed: FrameBatch[] | undefined;
  /** Frames of an owned run that `receive()` has not handed out yet. */
  #run: FrameBatch | undefined;
  #handedOut = 0;
  /** A publisher gets subscriptions as messages too: from ZMTP 3.0 peers, and from a libzmq XSUB of any version. */
  #subscriptionsMayBeMessages = false;
  #insideMessage = false;

  /** @throws A TypeError for an unknown socket type, or an identity or metadata that the RFC does not allow. */
  constructor(options: SessionOptions) {
    const codec = options.codec ?? defaultCodec();
    const mechanism = options.mechanism ?? nullMechanism;
    this.#local = checkedLocal(options);
    this.#limits = limitsFor(options.maxFrameSize);
    this.#mechanism = mechanism;
    this.#engine = engineOf(codec);
    this.#reader = new GreetingReader(this.#engine, this.start());
    this.#handshake = mechanism.begin(this.#local);
    this.#decoder = new FrameDecoder({ codec });
    this.#decoder.expect(handshakeLimits(this.#handshake), GREETING_SIZE);
  }

  /** Greeting, handshake, active: how far the two peers have come. */
  get state(): SessionState {
    return this.#state;
  }

  /** What the peer said of itself, owned; undefined before HandshakeComplete. */
  get peer(): PeerInfo | undefined {
    return this.#peer;
  }

  /** Why the session is over; set once. */
  get error(): ZmtpError | undefined {
    return this.#error;
  }

  /** Our greeting, whole: send it at once, without waiting for the peer's. */
  start(): Uint8Array {
    return encodeGreeting({ mechanism: this.#mechanism.name, asServer: this.#mechanism.asServer });
  }

  /** Takes octets in and reports what they led to, one event for each frame; everything in it is owned. The chunk may be reused at once. */
  receive(chunk: Uint8Array): Iterable<SessionEvent> {
    this.take(chunk);
    return iterate(() => this.#nextEvent());
  }

  /**
   * Takes octets in and reports what they led to, with a batch for each run of frames. A batch is borrowed: valid until the next call that
   * decodes on this thread.
   */
  receiveBatches(chunk: Uint8Array): Iterable<SessionBatchEvent> {
    this.take(chunk);
    return this.#batchEvents();
  }

  /**
   * Lends memory for a socket to read into; then `commit` what was read.
   *
   * @param size - Octets wanted; default and at most 1 MiB.
   */
  reserve(size?: number): Uint8Array {
    if (this.#error) throw this.#error;
    return this.#decoder.reserve(size);
  }

  /** Takes in the first `length` octets of what `reserve` lent; reports as `receiveBatches` does. */
  commit(length: number): Iterable<SessionBatchEvent> {
    if (this.#error === undefined) {
      if (this.#reader === undefined) this.#decoder.commit(length);
      else this.take(this.#decoder.reserve().slice(0, length));
    }
    return this.#batchEvents();
  }

  /** @internal As `commit`, for what a socket has just read into the engine's landing region. */
  landed(length: number): void {
    if (this.#error) return;
    if (this.#reader === undefined) this.#decoder.landed(length);
    else this.take(this.#engine.landing.slice(0, length));
  }

  /** @internal Takes the peer's greeting as read, for transports that agree on version and mechanism in their own way. */
  greeted(greeting: Greeting): void {
    this.#shakeOn(greeting);
  }

  /** @internal Whether a frame from a transport that frames by itself is a message that only the application need see. */
  admits(payload: Uint8Array, command: boolean): boolean {
    const plain = this.#state === "active" && this.#error === undefined && !this.#subscriptionsMayBeMessages;
    return plain && !command && payload.length <= this.#limits.maxFrameSize;
  }

  /** @internal Takes in one frame from a transport that frames by itself; its payload becomes ours. */
  receiveFrame(payload: Uint8Array, more: boolean, command: boolean): void {
    if (this.#error) return;
    this.#framed ??= [];
    this.#framed.push(ownedFrame(payload, more, command));
  }

  /** @internal The next event of what has been taken in: `receiveBatches` without its iterator. */
  nextBatchEvent(): SessionBatchEvent | undefined {
    const rest = this.#run?.filter((_, i) => i >= this.#handedOut);
    this.#run = undefined;
    return rest === undefined ? this.#next() : { type: "Frames", batch: rest };
  }

  #batchEvents(): Iterable<SessionBatchEvent> {
    return iterate(() => this.nextBatchEvent());
  }

  /** @internal Whether frames leave as they are, so that whoever gathers them may encode them itself. */
  get inClear(): boolean {
    return this.#traffic === undefined;
  }

  /** Tells the session that the peer has closed. Reports an error if that was too early: before the handshake was over, or inside a frame. */
  end(): Iterable<SessionEvent> {
    return iterate(() => this.#nextEvent() ?? this.#endEvent());
  }

  /**
   * A message as octets to send, owned.
   *
   * @throws {@link ZmtpError} NOT_ACTIVE before HandshakeComplete, or the error that ended the session; a TypeError if it has no frame.
   */
  send(message: Message): Uint8Array {
    this.#active();
    const traffic = this.#traffic;
    if (traffic === undefined) return encodeMessage(message);
    const frames = framesOf(message);
    const last = frames.length - 1;
    return concat(
      frames.map((payload, i) => traffic.seal({ payload: octets(payload), more: i < last, command: false })),
    );
  }

  /**
   * All frames of a batch as octets to send, owned. A batch as it came is one copy.
   *
   * @throws {@link ZmtpError} as `send` does, or STALE_BATCH.
   */
  sendBatch(batch: FrameBatch): Uint8Array {
    this.#active();
    const traffic = this.#traffic;
    if (traffic === undefined) {
      this.#encoder ??= new FrameEncoder({ codec: this.#engine });
      return this.#encoder.batch(batch).flush();
    }
    return concat(Array.from(batch, (frame) => traffic.seal(frame)));
  }

  /**
   * A subscription to all messages that begin with `prefix` (default: to all), as octets to send. By the RFC each counts and is
   * undone by a `cancel` of its own; libzmq counts a prefix once.
   *
   * @throws {@link ZmtpError} NOT_A_SUBSCRIBER, or as `send` does.
   */
  subscribe(prefix: Payload = ""): Uint8Array {
    return this.#subscription("SUBSCRIBE", prefix);
  }

  /** Undoes one `subscribe` of the same prefix; octets to send. Throws as `subscribe` does. */
  cancel(prefix: Payload = ""): Uint8Array {
    return this.#subscription("CANCEL", prefix);
  }

  /**
   * A heartbeat, as octets to send.
   *
   * @param options.ttl - Tenths of a second after which the peer may drop a silent connection; default 0, never. At most 65535.
   * @param options.context - Up to 16 octets that the PONG brings back; default none.
   * @throws {@link ZmtpError} as `send` does; a RangeError for what does not fit.
   */
  ping(options: { ttl?: number; context?: Uint8Array } = {}): Uint8Array {
    this.#active();
    return this.#encodeCommand(pingBody(options.ttl ?? 0, options.context ?? NO_CONTEXT));
  }

  /** @internal Takes octets in: `receiveBatches` without its iterator. */
  take(chunk: Uint8Array): void {
    if (this.#error) return;
    const taken = this.#reader?.take(chunk) ?? 0;
    if (taken < chunk.length) this.#decoder.push(taken === 0 ? chunk : chunk.subarray(taken));
  }

  #nextEvent(): SessionEvent | undefined {
    for (;;) {
      const run = this.#run;
      if (run !== undefined && this.#handedOut < run.length)
        return { type: "Frame", frame: run.frame(this.#handedOut++) };
      this.#run = undefined;
      const event = this.#next();
      if (event?.type !== "Frames") return event;
      this.#run = event.batch.toOwned();
      this.#handedOut = 0;
    }
  }

  #next(): SessionBatchEvent | undefined {
    for (;;) {
      const event = this.#events?.shift();
      if (event !== undefined) return event;
      this.#events = undefined;
      if (this.#error) return undefined;
      try {
        if (this.#reader !== undefined) {
          if (!this.#readGreeting(this.#reader)) return undefined;
        } else {
          const batch = this.#nextFramed() ?? this.#decoder.nextBatch();
          if (batch === undefined) return undefined;
          if (batch.command(0)) this.#dispatch(batch);
          else if (this.#state === "handshake") this.#takeIdentity(batch);
          else if (this.#subscriptionsMayBeMessages) this.#splitSubscriptions(batch);
          else return { type: "Frames", batch };
        }
      } catch (error) {
        if (!(error instanceof ZmtpError)) throw error;
        this.#fail(error);
      }
    }
  }

  #readGreeting(reader: GreetingReader): boolean {
    const greeting = reader.read();
    if (greeting !== undefined) this.#shakeOn(greeting);
    return greeting !== undefined;
  }

  #shakeOn(greeting: Greeting): void {
    this.#greeting = greeting;
    this.#reader = undefined;
    this.#state = "handshake";
    this.#sendBytes(this.#handshake?.open());
  }

  /** The next frame that the transport framed, held to the same rules as those that the decoder found. */
  #nextFramed(): FrameBatch | undefined {
    const batch = this.#framed?.shift();
    if (batch === undefined) return undefined;
    admit(batch.end(0), batch.command(0), this.#state === "active" ? this.#limits : handshakeLimits(this.#handshake));
    return batch;
  }

  #dispatch(batch: FrameBatch): void {
    const body = batch.payload(0);
    const command = parseCommand(body, this.#decoder.position - body.length);
    if (this.#state === "active" && command.name === this.#traffic?.name) this.#open(this.#traffic.open(command));
    else this.#handle(command);
  }

  #handle(command: Command): void {
    const on = ZmtpSession.#commands[this.#state].get(command.name) ?? ZmtpSession.#otherCommand[this.#state];
    on(this, command);
  }

  #shakeHands(command: Command): void {
    const progress = this.#handshake?.receive(command);
    this.#progress(progress, (greeting, metadata) =>
      peerOf(greeting, metadata, this.#local.socketType, command.position),
    );
  }

  #takeIdentity(batch: FrameBatch): void {
    this.#progress(this.#handshake?.receiveMessage?.(batch.payload(0)), untypedPeer);
  }

  #progress(
    { send, metadata, traffic }: Progress = {},
    describe: (greeting: Greeting, metadata: Metadata) => PeerInfo,
  ): void {
    this.#sendBytes(send);
    if (metadata === undefined || this.#greeting === undefined) return;
    const peer = describe(this.#greeting, metadata);
    this.#peer = peer;
    this.#greeting = undefined;
    this.#handshake = undefined;
    this.#state = "active";
    this.#traffic = traffic;
    this.#subscriptionsMayBeMessages = isPublisher(this.#local.socketType);
    this.#decoder.expect(this.#limits);
    this.#report({ type: "HandshakeComplete", peer });
  }

  #answerPing(command: Command): void {
    this.#sendBytes(this.#encodeCommand(pongBody(command)));
    this.#surface(command.name, command.data);
  }

  #surface(name: string, data: Uint8Array): void {
    this.#report({ type: "Command", name, data: data.slice() });
  }

  #splitSubscriptions(batch: FrameBatch): void {
    for (const { payload, more } of batch) {
      const subscription = this.#insideMessage || more ? undefined : subscriptionIn(payload);
      this.#insideMessage = more;
      if (subscription !== undefined) this.#surface(subscription, payload.subarray(1));
      else this.#report({ type: "Frames", batch: ownedFrame(payload.slice(), more, false) });
    }
  }

  /** A frame that came inside a command. */
  #open(frame: Frame): void {
    if (frame.command) this.#handle(parseCommand(frame.payload, this.#decoder.position - frame.payload.length));
    else this.#report({ type: "Frames", batch: ownedFrame(frame.payload, frame.more, false) });
  }

  #endEvent(): SessionEvent | undefined {
    if (this.#error) return undefined;
    const error = this.#prematureEnd();
    if (error !== undefined) this.#fail(error);
    return error && this.#nextEvent();
  }

  #prematureEnd(): ZmtpError | undefined {
    if (this.#reader !== undefined) return closedInGreeting(this.#reader.length);
    const offset = this.#decoder.position + this.#decoder.pending;
    if (this.#state === "handshake") {
      return new ZmtpError("PEER_CLOSED", "The peer took our greeting and READY, and closed before its own READY", {
        offset,
      });
    }
    if (this.#decoder.pending === 0) return undefined;
    return new ZmtpError("TRUNCATED", "The peer closed inside a frame", { offset });
  }

  #fail(error: ZmtpError): void {
    this.#error = error;
    const reason = TOLD[error.code];
    if (reason !== undefined) this.#sendBytes(encodeError(reason));
    this.#report({ type: "Error", error });
  }

  #report(event: SessionBatchEvent): void {
    this.#events ??= [];
    this.#events.push(event);
  }

  #sendBytes(bytes: Uint8Array | undefined): void {
    if (bytes !== undefined) this.#report({ type: "SendBytes", bytes });
  }

  #active(): PeerInfo {
    if (this.#error) throw this.#error;
    if (this.#peer === undefined) throw new ZmtpError("NOT_ACTIVE", `Nothing can be sent in state "${this.#state}"`);
    return this.#peer;
  }

  #subscription(kind: Subscription, prefix: Payload): Uint8Array {
    const { version } = this.#active();
    if (!isSubscriber(this.#local.socketType)) {
      throw new ZmtpError("NOT_A_SUBSCRIBER", `A ${this.#local.socketType} has no subscriptions`);
    }
    return this.#encode(subscriptionFrame(kind, prefix, version));
  }

  #encodeCommand(body: Uint8Array): Uint8Array {
    return this.#encode({ payload: body as Octets, more: false, command: true });
  }

  #encode(frame: Frame): Uint8Array {
    return this.#traffic === undefined ? encodeFrame(frame.payload, frame) : this.#traffic.seal(frame);
  }
}

function handshakeLimits(handshake: Handshake | undefined): Limits {
  return { maxFrameSize: HANDSHAKE_FRAME, commandsOnly: handshake?.receiveMessage === undefined };
}

function refuse(error: ZmtpError): never {
  throw error;
}

function secondReady({ name, position }: Command): ZmtpError {
  return new ZmtpError("UNEXPECTED_COMMAND", "The peer sent a second READY", { offset: position - name.length });
}

function closedInGreeting(received: number): ZmtpError {
  const [what, hint] =
    CLOSED_IN_GREETING[received === SIGNATURE_SIZE ? "signature" : received > 0 ? "partly" : "silent"];
  return new ZmtpError("PEER_CLOSED", `The peer closed after ${received} octets of its greeting: ${what}`, {
    offset: received,
    hint,
  });
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function iterate<T>(next: () => T | undefined): IterableIterator<T> {
  return {
    [Symbol.iterator]() {
      return this;
    },
    next() {
      const value = next();
      return value === undefined ? { done: true, value } : { done: false, value };
    },
  };
}

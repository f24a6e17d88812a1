/** A link: a session on a transport, with time and back-pressure. What is protocol stays in the session. RFC 37. */
import type { FrameBatch } from "../codec/batch.js";
import { defaultCodec } from "../codec/default.js";
import { DEFAULT_MAX_FRAME_SIZE, LARGEST_FRAME } from "../codec/frame.js";
import type { Message, Payload } from "../codec/payload.js";
import { ZmtpError } from "../error.js";
import type { Greeting } from "../session/greeting.js";
import type { Progress } from "../session/mechanism.js";
import type { PeerInfo } from "../session/peer.js";
import { ZmtpSession } from "../session/session.js";
import { isSender } from "../session/socket-type.js";
import { onAbort } from "./abort.js";
import type { Budget } from "./budget.js";
import type { EndedBy, Ending } from "./ending.js";
import { Inbox } from "./inbox.js";
import { Incoming, type IncomingUser } from "./incoming.js";
import { FAREWELL, UNREAD } from "./limits.js";
import type { LinkParts, LinkUser } from "./link-user.js";
import type { Settings } from "./options.js";
import { ZmtpOutbox } from "./outbox.js";
import { Outflow, type Seal } from "./outflow.js";
import { plainPayload } from "./payload-maker.js";
import * as reasons from "./reasons.js";
import type { Subscriptions } from "./subscriptions.js";
import { after, type Timer } from "./timer.js";
import type { FrameFlags, Transport, TransportUser } from "./transport.js";

/**
 * Where a link stands. `reaching` the peer, `shaking` hands, `open`; then one side has closed: `half`, the peer, while somebody here may
 * still answer what came before; `closing`, we have, and what was accepted leaves; `over`.
 */
type Phase = "reaching" | "shaking" | "open" | "half" | "closing" | "over";

export class Link implements TransportUser, IncomingUser {
  readonly inbox: Inbox;
  readonly outflow: Outflow;
  readonly #settings: Settings;
  readonly #session: ZmtpSession;
  readonly #incoming: Incoming;
  readonly #user: LinkUser;
  readonly #budget: Budget | undefined;
  readonly #ownOutbox: boolean;
  #phase: Phase = "reaching";
  /** Who began the closing. */
  #by: EndedBy = "close";
  #ending: Ending | undefined;
  #transport: Transport | undefined;
  #paused = false;
  #finished = false;
  /** Iterations that have begun and not ended. */
  #readers = 0;
  #patience: Timer | undefined;
  #stopListening: (() => void) | undefined;
  /** Why `send` accepts nothing, decided once: undefined while it does. */
  #mute: "over" | "closed" | "receiver" | undefined;

  constructor(settings: Settings, { user = {}, outbox, makePayload = plainPayload, budget }: LinkParts = {}) {
    const codec = settings.codec ?? defaultCodec();
    const { signal, connectTimeout, maxMessageFrames } = settings;
    const { maxFrameSize = DEFAULT_MAX_FRAME_SIZE } = settings;
    const maxMessageSize = settings.maxMessageSize ?? Math.max(DEFAULT_MAX_FRAME_SIZE, maxFrameSize);
    this.#settings = settings;
    this.#user = user;
    this.#budget = budget;
    this.#session = new ZmtpSession({
      ...settings,
      codec,
      maxFrameSize: Math.min(maxFrameSize, maxMessageSize, LARGEST_FRAME),
    });
    this.#ownOutbox = outbox === undefined;
    this.outflow = new Outflow(outbox ?? new ZmtpOutbox(codec), settings.highWaterMark, this);
    this.inbox = new Inbox(this, makePayload);
    const limits = { maxMessageSize, maxMessageFrames };
    this.#incoming = new Incoming(this.#session, this.inbox, this, limits, settings.heartbeat);
    if (!isSender(settings.socketType)) this.#mute = "receiver";
    this.#patience = after(connectTimeout, () => this.#fail("timeout", reasons.connectTimeout(connectTimeout)));
    budget?.enter(this);
    this.#stopListening = onAbort(signal, () => this.destroy(signal?.reason));
    if (this.over) this.#stopListening();
  }

  get peer(): PeerInfo {
    return this.#session.peer as PeerInfo;
  }

  get remoteAddress(): string | undefined {
    return this.#transport?.remoteAddress;
  }

  get over(): boolean {
    return this.#phase === "over";
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** What the peer, a subscriber, has subscribed to. */
  get subscriptions(): Subscriptions {
    return this.#incoming.subscriptions;
  }

  /** Octets that the peer makes us hold: an unfinished frame, an unfinished message, what has not been consumed. */
  get held(): number {
    return this.#incoming.unfinished + this.inbox.cost;
  }

  // What the application asks for.

  send(message: Message): boolean {
    if (this.#mute !== undefined) return this.#notAccepted();
    this.outflow.outbox.message(message);
    return this.outflow.accepted();
  }

  /** Room for a message of one frame, written in place; -1 once it is over. */
  room(length: number): number {
    if (this.#mute !== undefined) return this.#notAccepted() ? 0 : -1;
    const at = this.outflow.outbox.room(length);
    this.outflow.accepted();
    return at;
  }

  sendBatch(batch: FrameBatch): boolean {
    if (this.#mute !== undefined) return this.#notAccepted();
    if (batch.more(batch.length - 1)) {
      throw new ZmtpError("UNFINISHED_MESSAGE", "The batch ends inside a message: its last frame has MORE set");
    }
    this.outflow.outbox.batch(batch);
    return this.outflow.accepted();
  }

  subscribe(prefix?: Payload): void {
    if (this.#canCommand()) this.#command(this.#session.subscribe(prefix));
  }

  cancel(prefix?: Payload): void {
    if (this.#canCommand()) this.#command(this.#session.cancel(prefix));
  }

  /** Below half of the mark; after the end, a moment later: a loop that sends on without a look must not hold the thread. */
  get drained(): Promise<void> {
    return this.over ? new Promise((resolve) => setTimeout(resolve, 1)) : this.outflow.drained;
  }

  /** Resolves when what was accepted has left, or cannot any more. */
  async close(): Promise<void> {
    if (this.#mute !== "over") this.#mute = "closed";
    this.inbox.end();
    this.#finish("close");
    if (!this.over) await this.outflow.empty;
  }

  destroy(reason?: unknown): void {
    if (this.over) return;
    this.inbox.clear();
    this.#fail("destroy", reason);
  }

  /** Ends it for a reason of ours, which the peer is not told. */
  fail(error: ZmtpError): void {
    this.#fail("fault", error);
  }

  /** Somebody begins to iterate, or stops. */
  reading(change: 1 | -1): void {
    this.#readers += change;
    if (this.#phase !== "half") return;
    if (this.#nobodyReads) this.#finish("peer");
    else this.#waitForReader();
  }

  ref(): void {
    this.#transport?.ref?.();
  }

  unref(): void {
    this.#transport?.unref?.();
  }

  /** The transport tries to reach the peer; whatever ends the link before that ends the trying. */
  dialling(transport: Transport): void {
    this.#transport = transport;
    if (this.over) transport.destroy();
  }

  // What the transport tells; its contract stands in transport.ts.

  attached(transport: Transport, greeting?: Greeting): void {
    this.#transport = transport;
    if (this.over) {
      transport.destroy();
      return;
    }
    this.#phase = "shaking";
    const { handshakeTimeout } = this.#settings;
    clearTimeout(this.#patience);
    this.#patience = after(handshakeTimeout, () => {
      this.#fail("timeout", reasons.handshakeTimeout(handshakeTimeout, this.#session.state !== "greeting"));
    });
    this.outflow.attach(transport);
    if (greeting === undefined) this.#command(this.#session.start());
    else {
      this.#session.greeted(greeting);
      this.#report();
    }
    this.outflow.flush();
  }

  received(chunk: Uint8Array): void {
    if (this.over) return;
    this.#session.take(chunk);
    this.#report();
  }

  receivedOwned(chunk: Uint8Array): void {
    if (this.over) return;
    this.inbox.shareMemory();
    this.#session.takeOwned(chunk);
    this.#report();
  }

  landed(length: number): void {
    if (this.over) return;
    this.#session.landed(length);
    this.#report();
  }

  receivedFrame(payload: Uint8Array, flags: FrameFlags): void {
    if (this.over) return;
    this.#incoming.frame(payload, flags);
    this.#budget?.changed(this);
  }

  refused(error: ZmtpError): void {
    this.refuse(error);
  }

  sent(octets: number, chunk?: Uint8Array): void {
    this.outflow.sent(octets, chunk);
  }

  ended(): void {
    if (this.over || this.#phase === "half") return;
    for (const event of this.#session.end()) this.#incoming.tell(event);
    if (this.over) return;
    if (this.#phase === "open") this.#phase = "half";
    this.inbox.end();
    if (this.#phase !== "half") return;
    // Whoever is at work on a message may still answer it; their next read closes our side, or their silence does.
    if (this.#nobodyReads) this.#finish("peer");
    else this.#waitForReader();
  }

  gone(error?: unknown): void {
    if (this.over) return;
    if (this.#phase === "reaching") this.#end("lost", reasons.notReached(error));
    else if (error === undefined && this.#phase === "closing") this.#end(this.#by, undefined);
    else if (error === undefined && this.#phase === "half") this.#end("peer", undefined);
    else this.#end("lost", reasons.lost(error));
  }

  // What the inbox, the outflow and the heart tell.

  filled(cost: number): void {
    const { receiveHighWaterMark } = this.#settings;
    if (!this.#paused && cost >= receiveHighWaterMark) {
      this.#paused = true;
      this.#transport?.pause();
    } else if (this.#paused && (cost === 0 || cost * 2 < receiveHighWaterMark)) {
      this.#paused = false;
      this.#incoming.heard();
      this.#transport?.resume();
    }
    this.#budget?.changed(this);
  }

  exhausted(): void {
    if (this.#phase === "half") this.#finish("peer");
  }

  moved(): void {
    if (this.#phase === "closing") this.#goOnClosing();
    else this.#user.moved?.(this);
  }

  /** Silence means nothing while we ourselves have stopped reading. */
  get listening(): boolean {
    return !this.#paused;
  }

  beat(ttl: number): void {
    if (this.#phase === "open") this.#command(this.#session.ping({ ttl }));
  }

  dead(silence: number): void {
    this.#fail("timeout", reasons.heartbeatTimeout(silence));
  }

  #report(): void {
    this.#incoming.report();
    this.#budget?.changed(this);
  }

  // What comes of what came.

  /** Whoever has closed wants no more. */
  get hearing(): boolean {
    return this.#phase === "open";
  }

  /** A mechanism that asks gives a promise of the answer; one that rejects has failed. */
  asked(question: unknown): void {
    Promise.resolve(question).then(
      (progress) => {
        if (!this.over) this.#incoming.proceed(progress as Progress);
      },
      (cause) => this.refuse(reasons.mechanismFailed(cause)),
    );
  }

  opened(): void {
    clearTimeout(this.#patience);
    this.#phase = "open";
    this.outflow.open(this.#session.inClear ? undefined : this.#seal);
    this.#user.opened?.(this);
  }

  /**
   * A peer that asks and never reads gets no answer beyond the mark: its questions must not fill our memory. Behind our goodbye nothing can
   * be said; before it a PONG keeps a slow peer patient.
   */
  answer(bytes: Uint8Array): void {
    if (!this.#finished && this.outflow.waiting <= this.#settings.highWaterMark) this.#command(bytes);
  }

  becameReadable(): void {
    this.#user.readable?.(this);
  }

  commanded(name: string, data: Uint8Array): void {
    this.#user.command?.(this, name, data);
  }

  readonly #seal: Seal = (chunks) => this.#session.seal(chunks);

  #command(bytes: Uint8Array): void {
    this.outflow.command(bytes);
  }

  #canCommand(): boolean {
    if (this.#mute === "closed") throw reasons.closedHere();
    return this.#mute !== "over";
  }

  #notAccepted(): boolean {
    if (this.#mute === "closed") throw reasons.closedHere();
    if (this.#mute === "receiver") {
      throw new ZmtpError("NOT_A_SENDER", `A ${this.#settings.socketType} receives and does not send`);
    }
    return false;
  }

  // How it ends.

  /** Says goodbye behind what was accepted. */
  #finish(by: EndedBy): void {
    if (this.#phase === "closing" || this.over) return;
    if (this.#phase === "reaching" || this.#phase === "shaking") {
      this.#fail("close", reasons.closedHere());
      return;
    }
    this.#phase = "closing";
    this.#by = by;
    this.#mute ??= "over";
    this.#incoming.stopHeart();
    // What still comes is read and dropped: a socket closed with octets unread resets the connection, and what we sent is lost.
    this.#transport?.resume();
    this.outflow.flush();
    this.#goOnClosing();
  }

  /** Each sign of progress gives the peer the whole of its time again. */
  #goOnClosing(): void {
    const { linger } = this.#settings;
    clearTimeout(this.#patience);
    this.#patience = after(linger, () => this.#lingered(linger));
    if (this.#finished || !this.outflow.handedOver) return;
    this.#finished = true;
    this.#transport?.finish();
  }

  #lingered(linger: number): void {
    const left = this.outflow.waiting;
    if (left === 0) this.#fail(this.#by, undefined);
    else this.#fail("timeout", reasons.lingerExpired(left, linger));
  }

  get #nobodyReads(): boolean {
    return this.#readers === 0 && !this.inbox.readable;
  }

  #waitForReader(): void {
    clearTimeout(this.#patience);
    const patience = this.#readers > 0 ? this.#settings.linger : UNREAD;
    this.#patience = after(patience, () => this.#finish("peer"));
  }

  /** The peer broke the protocol: it may be told, and nothing more is heard. */
  refuse(error: ZmtpError): void {
    if (this.over) return;
    const transport = this.#transport;
    this.outflow.flush();
    this.#end("fault", error);
    transport?.finish();
    after(FAREWELL, () => transport?.destroy());
  }

  #fail(by: EndedBy, error: unknown): void {
    if (this.over) return;
    const transport = this.#transport;
    this.#end(by, error);
    transport?.destroy();
  }

  /** Settles everything that waits. */
  #end(by: EndedBy, error: unknown): void {
    this.#ending = { by, error, unsent: this.outflow.unsent };
    this.#phase = "over";
    this.#mute = this.#mute === "closed" ? "closed" : "over";
    clearTimeout(this.#patience);
    this.#incoming.stopHeart();
    this.#stopListening?.();
    this.inbox.end();
    this.outflow.end();
    if (this.#ownOutbox) this.outflow.outbox.clear();
    this.#budget?.leave(this);
    this.#user.ended?.(this, this.#ending);
  }
}

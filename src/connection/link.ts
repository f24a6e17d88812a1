/** A link: a session on a transport, with time and back-pressure. What is protocol stays in the session. RFC 37. */
import { defaultCodec } from "../codec/default.js";
import type { ZmtpError } from "../error.js";
import type { PeerInfo } from "../session/peer.js";
import { ZmtpSession } from "../session/session.js";
import { onAbort } from "./abort.js";
import type { Budget } from "./budget.js";
import { deadline, Patience } from "./deadline.js";
import type { EndedBy, Ending } from "./ending.js";
import { EventHandler, type EventUser } from "./event-handler.js";
import { Goodbye } from "./goodbye.js";
import type { Inbox } from "./inbox.js";
import { Inflow, type InflowUser } from "./inflow.js";
import { FAREWELL, UNREAD } from "./limits.js";
import type { LinkParts, LinkUser } from "./link-user.js";
import type { LinkSettings } from "./options.js";
import { Outflow, type OutflowUser } from "./outflow.js";
import { plainPayload } from "./payload-maker.js";
import * as reasons from "./reasons.js";
import { Reception, type ReceptionUser } from "./reception.js";
import { Sender } from "./sender.js";
import { SessionCommands } from "./session-commands.js";
import type { Subscriptions } from "./subscriptions.js";
import type { Transport } from "./transport.js";
import { ZmtpOutbox } from "./zmtp-outbox.js";

/** Where a link stands. `half`: the peer has closed, and may still be answered. `closing`: we have closed. */
type Phase = "reaching" | "shaking" | "open" | "half" | "closing" | "over";

/** One connection behind its face, from the first attempt to its end. */
export class Link implements ReceptionUser, EventUser, InflowUser, OutflowUser {
  /** Whom the transport tells. */
  readonly reception: Reception;
  readonly inbox: Inbox;
  readonly outflow: Outflow;
  readonly sender: Sender;
  readonly #settings: LinkSettings;
  readonly #session: ZmtpSession;
  readonly #inflow: Inflow;
  readonly #incoming: EventHandler;
  readonly #user: LinkUser;
  readonly #budget: Budget | undefined;
  readonly #ownOutbox: boolean;
  #phase: Phase = "reaching";
  #ending: Ending | undefined;
  #transport: Transport | undefined;
  #goodbye: Goodbye | undefined;
  /** Iterations that have begun and not ended. */
  #readers = 0;
  /** The deadline of the phase that the link is in: one at a time. */
  readonly #patience = new Patience();
  #forgetSignal: (() => void) | undefined;

  constructor(
    settings: LinkSettings,
    { user = {}, outbox, makePayload = plainPayload, budget, messageMark, makeReception }: LinkParts = {},
  ) {
    const codec = settings.codec ?? defaultCodec();
    const { signal, connectTimeout, maxMessageSize, maxMessageFrames } = settings;
    this.#settings = settings;
    this.#user = user;
    this.#budget = budget;
    this.#session = new ZmtpSession({ ...settings, codec });
    this.#ownOutbox = outbox === undefined;
    this.outflow = new Outflow(outbox ?? new ZmtpOutbox(codec), settings.highWaterMark, this);
    this.#inflow = new Inflow(settings.receiveHighWaterMark, makePayload, this, messageMark);
    this.inbox = this.#inflow.inbox;
    this.#incoming = new EventHandler(this.#session, this.inbox, this, { maxMessageSize, maxMessageFrames }, settings);
    const reception = [this, this.#session, this.#incoming, this.outflow] as const;
    this.reception = makeReception?.(...reception) ?? new Reception(...reception);
    this.sender = new Sender(settings.socketType, new SessionCommands(this.#session, this.outflow), this.outflow);
    this.#patience.wait(connectTimeout, () => this.#fail("timeout", reasons.connectTimeout(connectTimeout)));
    budget?.enter(this);
    this.#forgetSignal = onAbort(signal, () => this.destroy(signal?.reason));
  }

  get peer(): PeerInfo {
    return this.#session.peer as PeerInfo;
  }

  get transport(): Transport | undefined {
    return this.#transport;
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

  /**
   * Octets that the peer makes us hold: an unfinished frame, an unfinished message, what has not been consumed, its
   * subscriptions.
   */
  get held(): number {
    return this.#incoming.unfinished + this.inbox.cost + this.subscriptions.cost;
  }

  // What the application asks for, beside sending.

  get drained(): Promise<void> {
    return this.sender.drained(this.inbox.taken);
  }

  /** Resolves when what was accepted has left, or cannot any more. */
  async close(): Promise<void> {
    this.sender.stop("closed");
    this.inbox.end();
    this.#finish("close");
    if (!this.over) await this.outflow.empty;
  }

  destroy(reason?: unknown): void {
    if (this.over) return;
    this.inbox.clear();
    this.#fail("destroy", reason);
  }

  /** Somebody begins to iterate, or stops. */
  reading(change: 1 | -1): void {
    this.#readers += change;
    this.#answerOrFinish();
  }

  /** The transport tries to reach the peer; whatever ends the link before that ends the trying. */
  dialling(transport: Transport): void {
    this.#transport = transport;
    if (this.over) transport.destroy();
  }

  // What the transport has told the reception.

  reached(transport: Transport): void {
    const { handshakeTimeout } = this.#settings;
    this.#transport = transport;
    this.#phase = "shaking";
    this.#patience.wait(handshakeTimeout, () => {
      this.#fail("timeout", reasons.handshakeTimeout(this.#settings, this.#session.state !== "greeting"));
    });
    this.outflow.attach(transport);
    this.#inflow.attach(transport);
  }

  peerEnded(): void {
    if (this.#phase === "open") this.#phase = "half";
    this.inbox.end();
    this.#user.halfClosed?.(this);
    this.#answerOrFinish();
  }

  gone(error: unknown): void {
    if (this.#phase === "reaching") this.#end("lost", reasons.notReached(error));
    else if (error === undefined && this.#goodbye) this.#end(this.#goodbye.by, undefined);
    else if (error === undefined && this.#phase === "half") this.#end("peer", undefined);
    else this.#end("lost", reasons.lost(error));
  }

  // What the inflow, the outflow and the heart tell.

  heldChanged(): void {
    this.#budget?.changed(this);
  }

  resumed(): void {
    this.#incoming.heard();
  }

  exhausted(): void {
    if (this.#phase === "half") this.#finish("peer");
  }

  moved(): void {
    if (this.#goodbye) this.#goodbye.goOn();
    else this.#user.moved?.(this);
  }

  /** Silence means nothing while we ourselves have stopped reading. */
  get listening(): boolean {
    return !this.#inflow.paused;
  }

  beat(ttl: number): void {
    if (this.#phase === "open") this.outflow.command(this.#session.ping({ ttl }));
  }

  dead(silence: number): void {
    this.#fail("timeout", reasons.heartbeatTimeout(silence));
  }

  // What the session has made of what came.

  /** Messages are wanted until one side closes. What a peer sends behind our goodbye is dropped. */
  get hearing(): boolean {
    return this.#phase === "open";
  }

  opened(): void {
    this.#patience.stop();
    this.#phase = "open";
    this.outflow.open(this.#session.inClear ? undefined : (chunks) => this.#session.seal(chunks));
    this.#user.opened?.(this);
  }

  /**
   * A peer that asks and never reads gets no answer beyond the mark: its questions must not fill our memory. Behind our
   * goodbye nothing can be said; before it a PONG keeps a slow peer patient.
   */
  answer(bytes: Uint8Array): void {
    if (this.#goodbye?.said) return;
    // What waited before the peer was there is no reason to leave its handshake unanswered.
    if (this.#phase === "shaking" || this.outflow.waiting <= this.#settings.highWaterMark) this.outflow.command(bytes);
  }

  becameReadable(): void {
    this.#user.readable?.(this);
  }

  commanded(name: string, data: Uint8Array): void {
    this.#user.command?.(this, name, data);
  }

  // How it ends.

  /** Says goodbye behind what was accepted. */
  #finish(by: EndedBy): void {
    const transport = this.#transport;
    if (this.#phase === "closing" || this.over) return;
    if (transport === undefined || (this.#phase !== "open" && this.#phase !== "half")) {
      this.#fail("close", reasons.closedHere());
      return;
    }
    this.#phase = "closing";
    this.#patience.stop();
    this.sender.stop("over");
    this.#incoming.stopHeart();
    const { linger } = this.#settings;
    this.#goodbye = new Goodbye(by, this.outflow, transport, linger, (left) => {
      if (left === 0) this.#fail(by, undefined);
      else this.#fail("timeout", reasons.lingerExpired(left, linger));
    });
  }

  /** Whoever is at work on a message may still answer it; their next read closes our side, or their silence does. */
  #answerOrFinish(): void {
    if (this.#phase !== "half") return;
    if (this.#readers === 0 && !this.inbox.readable) this.#finish("peer");
    else this.#patience.wait(this.#readers > 0 ? this.#settings.linger : UNREAD, () => this.#finish("peer"));
  }

  /** The peer broke the protocol: it may be told, and nothing more is heard. */
  refuse(error: ZmtpError): void {
    if (this.over) return;
    const transport = this.#transport;
    this.outflow.withhold();
    this.outflow.flush();
    this.#end("fault", error);
    transport?.finish();
    deadline(FAREWELL, () => transport?.destroy());
  }

  #fail(by: EndedBy, error: unknown): void {
    if (this.over) return;
    const transport = this.#transport;
    this.#end(by, error);
    transport?.destroy();
  }

  /** Ends it for a reason that the peer is not told of. */
  fail(error: ZmtpError, by: EndedBy = "fault"): void {
    this.#fail(by, error);
  }

  /** Settles everything that waits. */
  #end(by: EndedBy, error: unknown): void {
    this.#ending = { by, error, unsent: this.outflow.unsent };
    this.#phase = "over";
    this.sender.stop("over");
    this.#patience.stop();
    this.#goodbye?.stop();
    this.#incoming.stopHeart();
    this.#forgetSignal?.();
    this.inbox.end();
    this.outflow.end();
    if (this.#ownOutbox) this.outflow.outbox.clear();
    this.#session.erase();
    this.#budget?.leave(this);
    this.#user.ended?.(this, this.#ending);
  }
}

/**
 * What the session makes of what has come: messages go to the inbox, commands are heeded, the rest is told to the link.
 * RFC 37.
 */
import type { FrameBatch } from "../codec/batch.js";
import type { ZmtpError } from "../error.js";
import type { SessionBatchEvent } from "../session/event.js";
import type { Progress } from "../session/mechanism.js";
import type { PeerInfo } from "../session/peer.js";
import type { ZmtpSession } from "../session/session.js";
import { CommandRate } from "./command-rate.js";
import { connectionError } from "./fault.js";
import { Heart, type HeartUser } from "./heart.js";
import type { Inbox } from "./inbox.js";
import type { HeartbeatOptions } from "./options.js";
import { questionFailed } from "./reasons.js";
import { Subscriptions, wishesOf } from "./subscriptions.js";
import type { FrameFlags } from "./transport.js";
import { type MessageLimits, WholeMessages } from "./whole-messages.js";

/** What the link does about it. */
export interface EventUser extends HeartUser {
  /** Whether messages are still wanted. */
  readonly hearing: boolean;
  readonly over: boolean;
  /** The handshake is complete. */
  opened(peer: PeerInfo): void;
  /** To be sent to the peer. */
  answer(bytes: Uint8Array): void;
  /** A message waits where none did. */
  becameReadable(): void;
  commanded(name: string, data: Uint8Array): void;
  /** The peer broke the protocol, or went over a limit. */
  refuse(error: ZmtpError): void;
}

/** Handles the events of one session. */
export class EventHandler {
  /** What the peer has subscribed to, or which groups a DISH has joined. */
  readonly subscriptions = new Subscriptions();
  readonly #session: ZmtpSession;
  readonly #inbox: Inbox;
  readonly #user: EventUser;
  readonly #wholes: WholeMessages;
  readonly #heartbeat: HeartbeatOptions | undefined;
  #heart: Heart | undefined;
  #commandRate: CommandRate | undefined;

  constructor(
    session: ZmtpSession,
    inbox: Inbox,
    user: EventUser,
    limits: MessageLimits,
    { heartbeat }: { readonly heartbeat?: HeartbeatOptions | undefined },
  ) {
    this.#session = session;
    this.#inbox = inbox;
    this.#user = user;
    this.#wholes = new WholeMessages(limits);
    this.#heartbeat = heartbeat;
  }

  /** Octets of memory that unfinished frames and messages take. */
  get unfinished(): number {
    return this.#session.protocol.incoming.pending + this.#wholes.cost;
  }

  /** The peer has been heard. Reads the clock only if a heartbeat is running. */
  heard(): void {
    this.#heart?.heard();
  }

  stopHeart(): void {
    this.#heart?.stop();
  }

  /** Reports what the session has taken in. */
  report(): void {
    this.heard();
    for (let event = this.#session.nextBatchEvent(); event !== undefined; event = this.#session.nextBatchEvent()) {
      this.#tell(event);
      if (this.#user.over) return;
    }
  }

  /** A frame of a transport that frames by itself. */
  frame(payload: Uint8Array, { more, command }: FrameFlags): void {
    // Most frames concern nobody but the consumer.
    if (!this.#session.admits(payload, command, more)) {
      this.#session.receiveFrame(payload, more, command);
      this.report();
      return;
    }
    this.heard();
    if (this.#user.hearing) this.#deliverFrame(payload, more);
  }

  #tell(event: SessionBatchEvent): void {
    switch (event.type) {
      case "Frames":
        if (this.#user.hearing) this.#deliver(event.batch);
        break;
      case "SendBytes":
        this.#user.answer(event.bytes);
        break;
      case "Command":
        this.#heed(event.name, event.data);
        break;
      case "Question":
        this.#ask(event.question);
        break;
      case "HandshakeComplete":
        this.#open(event.peer);
        break;
      case "Error":
        this.#user.refuse(event.error);
    }
  }

  /** A mechanism that asks gives a promise of the answer; one that rejects has failed. */
  #ask(question: unknown): void {
    Promise.resolve(question).then(
      (progress) => this.#proceed(progress as Progress),
      (cause) => this.#user.refuse(questionFailed(cause)),
    );
  }

  #proceed(progress: Progress): void {
    if (this.#user.over) return;
    this.#session.proceed(progress);
    this.report();
  }

  #open(peer: PeerInfo): void {
    // Peers that announce 3.0 may take a PING for a message, or hang up on it: they are sent none before they have sent
    // one.
    if (peer.version.major > 3 || peer.version.minor > 0) this.#startHeart();
    this.#user.opened(peer);
  }

  #deliver(run: FrameBatch): void {
    const { readable, awaited } = this.#inbox;
    // Somebody waits for just this message: one small array costs less than a run with its memory, table and view.
    if (awaited && run.length === 1 && !run.more(0) && this.#wholes.cost === 0) {
      this.#inbox.addMessage([this.#inbox.payloadOf(run)]);
      return;
    }
    const whole = this.#wholes.addRun(run, this.#inbox.keep);
    if (whole !== undefined) this.#inbox.addRun(whole);
    this.#delivered(readable);
  }

  #deliverFrame(payload: Uint8Array, more: boolean): void {
    const { readable } = this.#inbox;
    const message = this.#wholes.addFrame(this.#inbox.made(payload), more);
    if (message !== undefined) this.#inbox.addMessage(message);
    this.#delivered(readable);
  }

  #delivered(wasReadable: boolean): void {
    const { fault } = this.#wholes;
    if (fault !== undefined) this.#user.refuse(fault);
    if (!wasReadable && this.#inbox.readable) this.#user.becameReadable();
  }

  #heed(name: string, data: Uint8Array): void {
    const [wish, end] = wishesOf(this.#session.protocol.socketType);
    if (name === wish) this.#subscribed(data);
    else if (name === end) this.subscriptions.remove(data);
    else if (!this.#tolerates(name)) return;
    if (name === "PING") this.#ourHeart().honour((data[0] << 8) | data[1]);
    if (name === "PING" || name === "PONG") this.#startHeart();
    this.#user.commanded(name, data);
  }

  #subscribed(prefix: Uint8Array): void {
    if (this.subscriptions.add(prefix)) return;
    const what = "The peer's subscriptions take more memory than a peer is given";
    this.#user.refuse(connectionError("TOO_MANY_SUBSCRIPTIONS", what));
  }

  #tolerates(name: string): boolean {
    this.#commandRate ??= new CommandRate();
    if (this.#commandRate.allows()) return true;
    this.#user.refuse(connectionError("TOO_MANY_COMMANDS", `The peer sends ${name} and other commands without end`));
    return false;
  }

  #startHeart(): void {
    if (this.#heartbeat && this.#heartbeat.interval > 0) this.#ourHeart().start(this.#heartbeat);
  }

  /** Made when first needed: a connection without heartbeats has none. */
  #ourHeart(): Heart {
    this.#heart ??= new Heart(this.#user);
    return this.#heart;
  }
}

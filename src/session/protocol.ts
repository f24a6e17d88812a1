/** What leads from one state of a session to the next. RFC 37, "Overall Behavior". */
import { type FrameBatch, ownedFrame } from "../codec/batch.js";
import { defaultCodec } from "../codec/default.js";
import { type Engine, engineOf } from "../codec/engine.js";
import { type Frame, type Limits, limitsFor } from "../codec/frame.js";
import { GREETING_SIZE } from "../codec/layout.js";
import type { Octets } from "../codec/payload.js";
import { ZmtpError } from "../error.js";
import { type Command, nameAt, parseCommand } from "./command.js";
import { prematureEnd } from "./ending.js";
import { errorBody, peerError } from "./error-command.js";
import type { SessionBatchEvent } from "./event.js";
import { EventQueue } from "./event-queue.js";
import { type FrameEncoding, zmtpEncoding } from "./frame-encoding.js";
import { FrameSource } from "./frame-source.js";
import type { Greeting } from "./greeting.js";
import { GreetingReader } from "./greeting-reader.js";
import { HandshakeInProgress } from "./handshake.js";
import { pongBody } from "./heartbeat.js";
import { MAX_SEALING } from "./limits.js";
import {
  type Complete,
  checkedMechanism,
  type Mechanism,
  mechanismFailed,
  type Progress,
  type Traffic,
} from "./mechanism.js";
import { nullMechanism } from "./null.js";
import type { SessionOptions } from "./options.js";
import { Outgoing } from "./outgoing.js";
import { checkedLocal, type LocalInfo } from "./peer.js";
import type { Active, InGreeting, InHandshake, Over, Phase } from "./phase.js";
import { unsealed } from "./sealed.js";
import { isPublisher, type SocketType } from "./socket-type.js";
import { subscriptionsIn } from "./subscription.js";

/** What the peer is told in an ERROR before we refuse it; every other fault is met by closing. */
const REASONS: Readonly<Record<string, string>> = {
  SOCKET_TYPE_MISSING: "missing-socket-type",
  SOCKET_TYPE_UNKNOWN: "unknown-socket-type",
  SOCKET_TYPE_MISMATCH: "illegal-socket-type",
};

/** @internal What has come goes in by `incoming` and the greeting's reader; what follows comes out of `next`. */
export class Protocol {
  readonly socketType: SocketType;
  readonly mechanism: Mechanism;
  readonly limits: Limits;
  readonly incoming: FrameSource;
  readonly codec: Engine;
  phase: Phase;
  /** Events that wait; undefined while there are none, so that an idle session stays small. */
  #events: EventQueue | undefined;
  /** Whether the last frame that came has MORE. */
  insideMessage = false;
  /** How what we send lies in octets, as long as nothing is sealed. */
  #encoding: FrameEncoding = zmtpEncoding;

  constructor(options: SessionOptions) {
    const local = checkedLocal(options);
    this.socketType = local.socketType;
    this.limits = limitsFor(options.maxFrameSize);
    this.mechanism = options.mechanism === undefined ? nullMechanism : checkedMechanism(options.mechanism);
    this.codec = engineOf(options.codec ?? defaultCodec());
    this.incoming = new FrameSource(this.codec, GREETING_SIZE);
    this.phase = { at: "greeting", reader: new GreetingReader(this.codec, this.mechanism), local, lent: undefined };
  }

  /** The session as it is used in traffic; throws a ZmtpError before and after. */
  get active(): Active {
    const { phase } = this;
    if (phase.at === "active") return phase;
    if (phase.at === "over") throw phase.error;
    throw new ZmtpError("NOT_ACTIVE", `Nothing can be sent in state "${phase.at}"`);
  }

  /** Encodes what leaves; throws as `active` does. */
  get outgoing(): Outgoing {
    const { active } = this;
    const { traffic } = active;
    active.outgoing ??= new Outgoing(this.codec, traffic ? (frame) => traffic.seal(frame) as Octets : this.#encoding);
    return active.outgoing;
  }

  /** What waits to be reported; when nothing does, reads on until something comes of it. */
  next(): SessionBatchEvent | undefined {
    for (;;) {
      const event = this.#events?.shift();
      if (event !== undefined) return event;
      this.#events = undefined;
      const { phase } = this;
      try {
        if (phase.at === "active") {
          const batch = this.incoming.nextBatch();
          if (batch === undefined) return undefined;
          if (this.#passes(phase, batch)) return { type: "Frames", batch };
        } else if (!this.#readOn(phase)) return undefined;
      } catch (error) {
        this.#failBy(error);
      }
    }
  }

  /** For a transport that has agreed on a greeting in its own way: none is read. All comes framed, and leaves so. */
  greeted(greeting: Greeting, encoding: FrameEncoding): void {
    const { phase } = this;
    if (phase.at !== "greeting") return;
    this.#encoding = encoding;
    this.incoming.comesFramed();
    try {
      this.#begin(phase.local, greeting);
    } catch (error) {
      this.#failBy(error);
    }
  }

  /** Goes on with the answer to an open question. */
  proceed(progress: Progress): void {
    const { phase } = this;
    if (phase.at === "over") return;
    if (phase.at !== "handshake" || !phase.handshake.waiting) {
      throw new ZmtpError("NOT_WAITING", "No question of the mechanism is open");
    }
    phase.handshake.waiting = false;
    try {
      this.#follow(phase.handshake, progress);
    } catch (error) {
      this.#failBy(error);
    }
  }

  /** The peer has closed. What had come before is read first, behind `rest`, which has been read already. */
  end(rest: FrameBatch | undefined): void {
    const left: SessionBatchEvent[] = rest === undefined ? [] : [{ type: "Frames", batch: rest }];
    for (let event = this.next(); event !== undefined; event = this.next()) {
      left.push(event.type === "Frames" ? { type: "Frames", batch: event.batch.toOwned() } : event);
    }
    for (const event of left) this.#report(event);
    const { phase } = this;
    if (phase.at === "over") return;
    const { position, pending } = this.incoming;
    const error = prematureEnd({
      state: phase.at,
      greeting: phase.at === "greeting" ? phase.reader.length : GREETING_SIZE,
      offset: position + pending,
      insideFrame: pending > 0,
      insideMessage: this.insideMessage,
      hint: phase.at === "handshake" ? phase.handshake.closingHint : undefined,
    });
    if (error !== undefined) this.#fail(error);
  }

  /** Nothing more is sealed or unsealed: no key stays behind. */
  erase(): void {
    const { phase } = this;
    if (phase.at === "handshake") phase.handshake.erase();
    else if (phase.at === "active") phase.traffic?.erase?.();
  }

  /** Reads on before the traffic; says whether anything came of it. */
  #readOn(phase: InGreeting | InHandshake | Over): boolean {
    if (phase.at === "over") return false;
    if (phase.at === "handshake") return this.#shakeHands(phase.handshake);
    const greeting = phase.reader.read();
    if (greeting === undefined) return false;
    this.#begin(phase.local, greeting);
    return true;
  }

  #begin(local: LocalInfo, greeting: Greeting): void {
    const handshake = new HandshakeInProgress(this.mechanism, local, greeting, this.incoming.position);
    this.phase = { at: "handshake", handshake };
    this.incoming.expect(handshake.limits);
    this.#send(handshake.open());
  }

  #shakeHands(handshake: HandshakeInProgress): boolean {
    const { position, pending } = this.incoming;
    if (handshake.waiting) {
      handshake.count(position + pending);
      return false;
    }
    const batch = this.incoming.nextBatch();
    if (batch === undefined) return false;
    handshake.count(this.incoming.position);
    const at = this.incoming.positionOf(batch, 0);
    if (!batch.command(0)) this.#follow(handshake, handshake.receiveMessage(batch.payload(0)));
    else {
      const command = parseCommand(batch.payload(0), at);
      if (command.name === "ERROR") throw peerError(command);
      this.#follow(handshake, handshake.receive(command));
    }
    return true;
  }

  /** What a command, a message or a verdict has led to. */
  #follow(handshake: HandshakeInProgress, progress: Progress): void {
    switch (progress?.type) {
      case "continue":
        this.#send(progress.send);
        break;
      case "complete":
        this.#complete(handshake, progress);
        break;
      case "refused":
        this.#fail(progress.error, progress.reason);
        break;
      case "later":
        handshake.waiting = true;
        this.#report({ type: "Question", question: progress.question });
        break;
      default:
        throw new TypeError(`a mechanism's Progress has one of four types, not ${JSON.stringify(progress)}`);
    }
  }

  #complete(handshake: HandshakeInProgress, complete: Complete): void {
    const peer = handshake.peerOf(complete);
    const { traffic } = complete;
    this.#send(complete.send);
    this.phase = { at: "active", peer, traffic, outgoing: undefined };
    const { maxFrameSize } = this.limits;
    this.incoming.expect(
      traffic === undefined ? this.limits : { ...this.limits, maxFrameSize: maxFrameSize + MAX_SEALING },
    );
    this.#report({ type: "HandshakeComplete", peer });
  }

  /** Handles a run in traffic. True if the application gets it unchanged. */
  #passes(active: Active, batch: FrameBatch): boolean {
    if (active.traffic !== undefined) this.#unseal(active.traffic, batch);
    else if (batch.command(0)) this.#obey(parseCommand(batch.payload(0), this.incoming.positionOf(batch, 0)));
    else return this.#isForApplication(batch);
    return false;
  }

  #isForApplication(batch: FrameBatch): boolean {
    const { insideMessage } = this;
    this.insideMessage = batch.more(batch.length - 1);
    const events = isPublisher(this.socketType) ? subscriptionsIn(batch, insideMessage) : undefined;
    for (const event of events ?? []) this.#report(event);
    return events === undefined;
  }

  #unseal(traffic: Traffic, batch: FrameBatch): void {
    for (let i = 0; i < batch.length; i++) {
      const position = this.incoming.positionOf(batch, i);
      const frame = unsealed(traffic, batch.frame(i), position, this.limits.maxFrameSize);
      if (frame.command) this.#obey(parseCommand(frame.payload, position));
      else this.#deliver(frame);
    }
  }

  #deliver({ payload, more }: Frame): void {
    const batch = ownedFrame(payload, more, false);
    if (this.#isForApplication(batch)) this.#report({ type: "Frames", batch });
  }

  /** A command in traffic. */
  #obey(command: Command): void {
    const { name, data } = command;
    if (name === "ERROR") throw peerError(command);
    if (name === "READY") {
      throw new ZmtpError("UNEXPECTED_COMMAND", "The peer sent a second READY", { offset: nameAt(command) });
    }
    if (name === "PING") this.#send(this.outgoing.command(pongBody(command)));
    this.#report({ type: "Command", name, data: data.slice() });
  }

  #send(bytes: Uint8Array | undefined): void {
    if (bytes !== undefined) this.#report({ type: "SendBytes", bytes: bytes as Octets });
  }

  #report(event: SessionBatchEvent): void {
    this.#events ??= new EventQueue();
    this.#events.add(event);
  }

  #failBy(error: unknown): void {
    if (error instanceof ZmtpError) this.#fail(error);
    else if (this.phase.at === "active") throw error;
    else this.#fail(mechanismFailed(error, this.incoming.position));
  }

  #fail(error: ZmtpError, reason = REASONS[error.code]): void {
    const { phase } = this;
    if (phase.at === "over") return;
    this.erase();
    const peer = phase.at === "active" ? phase.peer : undefined;
    this.phase = { at: "over", state: phase.at, peer, error };
    if (reason !== undefined) this.#send(this.#encoding({ payload: errorBody(reason), more: false, command: true }));
    this.#report({ type: "Error", error });
  }
}

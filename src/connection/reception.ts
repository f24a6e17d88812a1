/**
 * What a transport tells its link; the contract stands in transport.ts. Octets go through the session, the rest changes
 * the link's phase.
 */
import type { ZmtpError } from "../error.js";
import type { Greeting } from "../session/greeting.js";
import type { ZmtpSession } from "../session/session.js";
import type { EventHandler } from "./event-handler.js";
import type { Outflow } from "./outflow.js";
import type { FrameFlags, Transport, TransportUser } from "./transport.js";

/** What the link does about it. */
export interface ReceptionUser {
  readonly over: boolean;
  /** The peer has been reached. */
  reached(transport: Transport): void;
  /** Something came in. */
  heldChanged(): void;
  refuse(error: ZmtpError): void;
  /** The peer has closed its side. */
  peerEnded(): void;
  /** The transport is over. */
  gone(error: unknown): void;
}

/** Hears the transport of one link. */
export class Reception implements TransportUser {
  readonly #link: ReceptionUser;
  readonly #session: ZmtpSession;
  readonly #incoming: EventHandler;
  readonly #outflow: Outflow;

  constructor(link: ReceptionUser, session: ZmtpSession, incoming: EventHandler, outflow: Outflow) {
    this.#link = link;
    this.#session = session;
    this.#incoming = incoming;
    this.#outflow = outflow;
  }

  /** Where a socket may read into; then `landed`. Here the codec's region. A function is asked before each read. */
  get landing(): Uint8Array | (() => Uint8Array) {
    return this.#session.landing;
  }

  attached(transport: Transport, greeting?: Greeting): void {
    if (this.#link.over) {
      transport.destroy();
      return;
    }
    this.#link.reached(transport);
    if (greeting === undefined) this.#outflow.command(this.#session.start());
    else {
      this.#session.greeted(greeting, this.#outflow.outbox.encoding);
      this.#report();
    }
    this.#outflow.flush();
  }

  received(chunk: Uint8Array): void {
    if (this.#link.over) return;
    this.#session.take(chunk);
    this.#report();
  }

  receivedOwned(chunk: Uint8Array): void {
    if (this.#link.over) return;
    this.#session.takeOwned(chunk);
    this.#report();
  }

  landed(length: number): void {
    if (this.#link.over) return;
    this.#session.landed(length);
    this.#report();
  }

  receivedFrame(payload: Uint8Array, flags: FrameFlags): void {
    if (this.#link.over) return;
    this.#incoming.frame(payload, flags);
    this.#link.heldChanged();
  }

  refused(error: ZmtpError): void {
    this.#link.refuse(error);
  }

  sent(octets: number, chunk?: Uint8Array): void {
    this.#outflow.sent(octets, chunk);
  }

  ended(): void {
    if (this.#link.over) return;
    this.#session.end();
    this.#incoming.report();
    if (!this.#link.over) this.#link.peerEnded();
  }

  gone(error?: unknown): void {
    if (!this.#link.over) this.#link.gone(error);
  }

  #report(): void {
    this.#incoming.report();
    this.#link.heldChanged();
  }
}

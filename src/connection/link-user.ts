/** Whom a link tells, and what it may be made of: the seam for the layers above a connection. */
import type { Budget } from "./budget.js";
import type { Ending } from "./ending.js";
import type { Link } from "./link.js";
import type { Outbox } from "./outbox.js";
import type { PayloadMaker } from "./payload-maker.js";
import type { Reception } from "./reception.js";

/** Hears what becomes of a link. Every member is optional. */
export interface LinkUser {
  /** The handshake is complete. */
  opened?(link: Link): void;
  /** It is over; last, once. */
  ended?(link: Link, ending: Ending): void;
  /** A message waits where none did. */
  readable?(link: Link): void;
  /** The system has taken some octets: there may be room. */
  moved?(link: Link): void;
  /** The peer has said its last, and may still be answered. */
  halfClosed?(link: Link): void;
  /**
   * The peer sent a command; for a publisher SUBSCRIBE and CANCEL are among them, however they travelled. `data` is
   * ours.
   */
  command?(link: Link, name: string, data: Uint8Array): void;
}

/** What may be brought along. */
export interface LinkParts {
  readonly user?: LinkUser | undefined;
  /** What waits to leave, and outlives the link; default: one of its own, as ZMTP frames. */
  readonly outbox?: Outbox | undefined;
  /** Default: Uint8Arrays. */
  readonly makePayload?: PayloadMaker | undefined;
  /**
   * How many messages may wait to be consumed before nothing more is read, beside the octets; 0: as many as come. Asked
   * each time.
   */
  readonly messageMark?: (() => number) | undefined;
  /** What all peers of a listener together may hold. */
  readonly budget?: Budget | undefined;
  /** Takes in what the transport tells; default: a plain one. */
  readonly makeReception?: ((...parts: ConstructorParameters<typeof Reception>) => Reception) | undefined;
}

/** How a connection ended. RFC 37, "Error Handling". */

/** Who or what ended a connection. */
export type EndedBy =
  /** Our `close()`. */
  | "close"
  /** Our `destroy()`, or the signal. */
  | "destroy"
  /** The peer closed its side, between two messages. A program that ends, is killed, or drops us looks like this. */
  | "peer"
  /** The network or the peer's system broke it off: a reset, a cable, a WebSocket that closed without a goodbye. */
  | "lost"
  /** The peer broke the protocol or went over a limit. */
  | "fault"
  /** Time ran out: a heartbeat without an answer, or a closing that the peer did not let come to its end. */
  | "timeout";

/**
 * How a connection ended: what can be known, and only that. `unsent` octets never left this process. Of those that did,
 * TCP tells nobody whether the peer's program has read them: where it matters, have the peer answer.
 */
export interface Ending {
  /** Who or what ended it. */
  readonly by: EndedBy;
  /** Why, where there is a why: a {@link ZmtpError}, or the reason given to `destroy()` or the signal. */
  readonly error: unknown;
  /** Octets that `send` had accepted and that had not been handed to the system. */
  readonly unsent: number;
}

/**
 * What lies between a probe's session and the socket: nothing over TCP, a WebSocket and ZWS over ws://. RFC 37, RFC 45.
 */
import type { SessionBatchEvent, SessionEvent } from "../session/event.js";
import type { ZmtpSession } from "../session/session.js";

/** Carries a session's octets. Makes no I/O. */
export interface Carrier {
  /** Undefined: the peer has not said yet what is to be spoken. */
  readonly session: ZmtpSession | undefined;
  /** What we say first. */
  opening(): Uint8Array;
  /** What the peer's octets mean. */
  take(chunk: Uint8Array): Iterable<SessionEvent | SessionBatchEvent | Alive>;
  /** What it means that the peer has closed. */
  end(): Iterable<SessionEvent | SessionBatchEvent>;
  /** Octets of the session as they leave. */
  outgoing(octets: Uint8Array): Uint8Array;
  /** Octets that ask the peer for a sign of life, or why there are none. */
  ping(): Ping;
}

/** The peer has answered to a ping that is no command. */
export interface Alive {
  readonly type: "Alive";
}

/** A ping, how long an answer is waited for in milliseconds, and what is said if none comes. */
export interface Ping {
  readonly octets: Uint8Array | undefined;
  readonly patience: number;
  readonly note: string;
}

/** Milliseconds at most that an answer to PING is waited for. */
const PONG_TIME = 2000;

/** ZMTP as it is. */
export class StreamCarrier implements Carrier {
  readonly session: ZmtpSession;

  constructor(session: ZmtpSession) {
    this.session = session;
  }

  opening(): Uint8Array {
    return this.session.start();
  }

  take(chunk: Uint8Array): Iterable<SessionEvent> {
    return this.session.receive(chunk);
  }

  end(): Iterable<SessionEvent> {
    return this.session.end();
  }

  outgoing(octets: Uint8Array): Uint8Array {
    return octets;
  }

  /** Peers of ZMTP 3.0 know no PING, and some hang up on it: they are only listened to for a moment. */
  ping(): Ping {
    const { major = 3, minor = 0 } = this.session.peer?.version ?? {};
    if (minor === 0 && major === 3) {
      return { octets: undefined, patience: PONG_TIME / 10, note: "ZMTP 3.0 has no PING to time" };
    }
    const octets = this.session.ping({ context: new TextEncoder().encode("probe") });
    return { octets, patience: PONG_TIME, note: `no answer to PING in ${PONG_TIME / 1000} s` };
  }
}

/** How to open a connection. */
import type { SessionOptions } from "../session/protocol.js";

/** When to ask whether the peer is still there. RFC 37, "Connection Heartbeating". */
export interface HeartbeatOptions {
  /** Milliseconds between two PINGs. */
  readonly interval: number;
  /** Milliseconds of silence after a PING until the peer is given up; default: the interval. */
  readonly timeout?: number | undefined;
  /** Milliseconds after which the peer may give us up, told in tenths of a second; default 0: never. */
  readonly ttl?: number | undefined;
}

/** Options of every `connect`, `listen` and `overStreams`. */
export interface ConnectionOptions extends SessionOptions {
  /** Octets waiting to leave from which on `send` returns false; default 1 MiB. */
  readonly highWaterMark?: number | undefined;
  /** Octets waiting to be consumed from which on nothing more is read; default 1 MiB. */
  readonly receiveHighWaterMark?: number | undefined;
  /** Milliseconds until the peer must be reached; default 30,000. */
  readonly connectTimeout?: number | undefined;
  /** Milliseconds until its handshake must be over, however it trickles; default 30,000, as in libzmq. */
  readonly handshakeTimeout?: number | undefined;
  /** Default: none sent; a peer's PING is answered, unless it does not read, and its TTL honoured. Not over `ws://`. */
  readonly heartbeat?: HeartbeatOptions | undefined;
  /** Ends whatever waits, and the connection with it. */
  readonly signal?: AbortSignal | undefined;
}

const MiB = 1024 * 1024;

export const DEFAULT_HIGH_WATER_MARK = MiB;
export const DEFAULT_TIMEOUT = 30_000;

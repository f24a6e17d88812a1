/** How to open a connection; each option is checked once, at the call. */
import { checkedFrameSize, DEFAULT_MAX_FRAME_SIZE } from "../codec/frame.js";
import type { SessionOptions } from "../session/session.js";
import * as LIMITS from "./limits.js";
import { checkNumber, type NumberRule } from "./number-rule.js";
import { LONGEST_TIMER } from "./timer.js";

/** When to ask whether the peer is still there. RFC 37, "Connection Heartbeating". */
export interface HeartbeatOptions {
  /** Milliseconds between two PINGs; 0 sends none. */
  readonly interval: number;
  /** Milliseconds of silence after a PING until the peer is given up; default: the interval. */
  readonly timeout?: number | undefined;
  /**
   * Milliseconds after which the peer may give us up, told in tenths of a second; default 0: never. At most 6,553,599.
   */
  readonly ttl?: number | undefined;
}

/** Options of every `connect`, `listen` and `overStreams`. */
export interface ConnectionOptions extends SessionOptions {
  /** Octets waiting to leave from which on `send` returns false; default 1 MiB. */
  readonly highWaterMark?: number | undefined;
  /**
   * Octets waiting to be consumed from which on nothing more is read; default 1 MiB. A larger message is taken in
   * whole.
   */
  readonly receiveHighWaterMark?: number | undefined;
  /**
   * Octets of all frames of one message; default 64 MiB, or `maxFrameSize` if that is more. It bounds single frames
   * too.
   */
  readonly maxMessageSize?: number | undefined;
  /** Frames of one message; default 65,536. */
  readonly maxMessageFrames?: number | undefined;
  /** Milliseconds until the peer must be reached; default 30,000. `Infinity` waits for ever. */
  readonly connectTimeout?: number | undefined;
  /** Milliseconds until its handshake must be over, however it trickles; default 30,000, as in libzmq. */
  readonly handshakeTimeout?: number | undefined;
  /**
   * Milliseconds that a closing connection waits for a peer that takes nothing more, before what is left is given up;
   * default 30,000. A slow peer that goes on taking is waited for.
   */
  readonly linger?: number | undefined;
  /**
   * Default: none sent; a peer's PING is answered, unless it does not read, and its TTL honoured. A peer that announces
   * ZMTP 3.0 is sent none before it has shown that it knows them. Not over `ws://`.
   */
  readonly heartbeat?: HeartbeatOptions | undefined;
  /** Ends whatever waits, and the connection with it, as `destroy(signal.reason)` does. */
  readonly signal?: AbortSignal | undefined;
}

/** @internal The options with their defaults, checked. */
export interface LinkSettings extends ConnectionOptions {
  readonly highWaterMark: number;
  readonly receiveHighWaterMark: number;
  readonly maxMessageSize: number;
  readonly maxMessageFrames: number;
  readonly connectTimeout: number;
  readonly handshakeTimeout: number;
  readonly linger: number;
}

const OCTETS = { unit: "octets", least: 0, most: Infinity };
const MILLISECONDS = { unit: "milliseconds", least: 0, most: Infinity };
const FRAMES = { unit: "frames", least: 1, most: Infinity };

const RULES = {
  highWaterMark: OCTETS,
  receiveHighWaterMark: OCTETS,
  maxMessageSize: OCTETS,
  maxMessageFrames: FRAMES,
  connectTimeout: MILLISECONDS,
  handshakeTimeout: MILLISECONDS,
  linger: MILLISECONDS,
} satisfies Record<string, NumberRule>;

/** The largest TTL that fits PING's two octets, in milliseconds; as in libzmq what is short of a tenth is cut off. */
const MOST_TTL = 6_553_599;

const HEARTBEAT_RULES = {
  interval: { ...MILLISECONDS, most: LONGEST_TIMER },
  timeout: { ...MILLISECONDS, least: 1 },
  ttl: { ...MILLISECONDS, most: MOST_TTL },
} satisfies Record<string, NumberRule>;

/** @internal Throws a TypeError or a RangeError that names the option, its unit and what would do. */
export function settingsFor(options: ConnectionOptions): LinkSettings {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`the options are an object with a socketType, not ${String(options)}`);
  }
  for (const [name, rule] of Object.entries(RULES)) checkNumber(name, options[name as keyof typeof RULES], rule);
  checkHeartbeat(options.heartbeat);
  checkSignal(options.signal);
  const frameSize = checkedFrameSize(options.maxFrameSize);
  const maxMessageSize = options.maxMessageSize ?? Math.max(frameSize, DEFAULT_MAX_FRAME_SIZE);
  return {
    ...options,
    highWaterMark: options.highWaterMark ?? LIMITS.HIGH_WATER_MARK,
    receiveHighWaterMark: options.receiveHighWaterMark ?? LIMITS.RECEIVE_HIGH_WATER_MARK,
    maxFrameSize: Math.min(frameSize, maxMessageSize),
    maxMessageSize,
    maxMessageFrames: options.maxMessageFrames ?? LIMITS.MESSAGE_FRAMES,
    connectTimeout: options.connectTimeout ?? LIMITS.CONNECT_PATIENCE,
    handshakeTimeout: options.handshakeTimeout ?? LIMITS.CONNECT_PATIENCE,
    linger: options.linger ?? LIMITS.LINGER,
  };
}

function checkHeartbeat(heartbeat: HeartbeatOptions | undefined): void {
  if (heartbeat === undefined) return;
  if (heartbeat?.interval === undefined) {
    throw new TypeError("heartbeat is { interval, timeout?, ttl? } in milliseconds, such as { interval: 5000 }");
  }
  for (const [name, rule] of Object.entries(HEARTBEAT_RULES)) {
    checkNumber(`heartbeat.${name}`, heartbeat[name as keyof HeartbeatOptions], rule);
  }
}

function checkSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  if (typeof signal !== "object" || signal === null || typeof signal.addEventListener !== "function") {
    throw new TypeError("signal is an AbortSignal, such as that of an AbortController");
  }
}

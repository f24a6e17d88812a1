/** What sockets add to a connection's options. */
import type { ZmtpError } from "../../error.js";
import * as LIMITS from "../limits.js";
import { checkNumber, type NumberRule } from "../number-rule.js";
import { type ConnectionOptions, type LinkSettings, settingsFor } from "../options.js";
import type { ThreadPort } from "./thread-port-type.js";

/** Options of `connect` in Node: those of every connection, and what sockets add. */
export interface NodeConnectionOptions extends ConnectionOptions {
  /** TCP: small writes leave at once; default true. False lets the system gather them (Nagle). */
  readonly noDelay?: boolean | undefined;
  /**
   * TCP and IPC: microseconds for which the thread looks for an answer to what was sent, in place of sleeping; default
   * 0. Round trips become shorter by what waking costs, and the core is busy meanwhile.
   */
  readonly busyPoll?: number | undefined;
}

/** What is used of a Worker of node:worker_threads; spelled out for programs without Node's types. */
export interface ThreadWorker {
  readonly threadId: number;
  postMessage(message: unknown): void;
  on(event: "message" | "error" | "exit", listener: (value: unknown) => void): unknown;
  ref(): void;
  unref(): void;
}

/** Options of `connect` in Node. */
export interface NodeConnectOptions extends NodeConnectionOptions {
  /**
   * TCP and IPC: the work of this connection is done in another thread; reading sockets and finding frames costs this
   * one nothing. True: in a thread that all such connections share; or a Worker of your own that runs
   * `monocoque/thread`; or a port to one (`threadPort`). A `mechanism` needs a `recipe`, as `plainClient` and
   * `curveClient` have it. What `batches()` gives then lies in shared memory (see `batch.bytes.buffer`): copy with
   * `toOwned()` what you hand to the platform. Default false.
   */
  readonly thread?: boolean | ThreadWorker | ThreadPort | undefined;
}

/** A peer that a listener did not let in. */
export interface Refusal {
  /** Why: its code, the octet that proves it, what to do. */
  readonly error: ZmtpError;
  /** Where it came from. */
  readonly remoteAddress: string | undefined;
}

/** Options of `listen`. Those of connections hold for each peer that comes. */
export interface ListenOptions extends NodeConnectionOptions {
  /**
   * Told of each peer that was not let in: it spoke no ZMTP, or not ours; it was too slow, or one too many. Where it
   * throws or rejects, the listener goes on, and the first time is told by `process.emitWarning`.
   */
  readonly onRefused?: ((refusal: Refusal) => void) | undefined;
  /** Handshakes that may be under way at once; beyond it the oldest is dropped. Default 1,000. */
  readonly maxHandshakes?: number | undefined;
  /** Of these, from one address, or one /64 of IPv6; default 250. */
  readonly maxHandshakesPerAddress?: number | undefined;
  /**
   * Milliseconds by which a failed security handshake (a wrong password or key, a peer that `check` or `zap` denies, a
   * forged command) holds up the next ones from the same address, before anything of them is read. Failures add up, to
   * 10 s at most, and time takes them off again. An address is one of IPv4, the first half of one of IPv6, or all of
   * `ipc://`. 0: nobody waits, for listeners behind a proxy, where all peers have one address. Default 500.
   */
  readonly failureDelay?: number | undefined;
  /** Connections at once, those in their handshake included; a further one is dropped. Default 65,536. */
  readonly maxConnections?: number | undefined;
  /**
   * Octets that all peers together may make us hold: unfinished messages, those not consumed yet, subscriptions. Beyond
   * it the peer that holds most is dropped, with MEMORY_LIMIT. Default 1 GiB.
   */
  readonly maxHeld?: number | undefined;
  /** Connections that the system queues before they are accepted; default 511. */
  readonly backlog?: number | undefined;
}

/** @internal */
export interface NodeSettings extends LinkSettings {
  readonly noDelay: boolean;
  readonly busyPoll: number;
}

/** @internal */
export interface ListenSettings extends NodeSettings {
  readonly onRefused: ((refusal: Refusal) => void) | undefined;
  readonly maxHandshakes: number;
  readonly maxHandshakesPerAddress: number;
  readonly failureDelay: number;
  readonly maxConnections: number;
  readonly maxHeld: number;
  readonly backlog: number | undefined;
}

/** Longer than a second nobody means: a thread that never sleeps. */
const BUSY_POLL: NumberRule = { unit: "microseconds", least: 0, most: 1_000_000 };
const HANDSHAKE_COUNT: NumberRule = { unit: "handshakes", least: 1, most: Infinity };
const CONNECTION_COUNT: NumberRule = { unit: "connections", least: 1, most: Infinity };

const LISTEN_RULES = {
  maxHandshakes: HANDSHAKE_COUNT,
  maxHandshakesPerAddress: HANDSHAKE_COUNT,
  failureDelay: { unit: "milliseconds", least: 0, most: LIMITS.MOST_FAILURE_DELAY },
  maxConnections: CONNECTION_COUNT,
  maxHeld: { unit: "octets", least: 1, most: Infinity },
  backlog: { unit: "connections", least: 1, most: 0x7fffffff, whole: true },
} satisfies Record<string, NumberRule>;

/** @internal Throws as `settingsFor` does. */
export function nodeSettingsFor(options: NodeConnectionOptions): NodeSettings {
  const settings = settingsFor(options);
  checkNumber("busyPoll", options.busyPoll, BUSY_POLL);
  checkType("noDelay", options.noDelay, "boolean");
  return { ...settings, noDelay: options.noDelay ?? true, busyPoll: options.busyPoll ?? 0 };
}

/** @internal Throws as `settingsFor` does. */
export function listenSettingsFor(options: ListenOptions): ListenSettings {
  const settings = nodeSettingsFor(options);
  for (const [name, rule] of Object.entries(LISTEN_RULES)) {
    checkNumber(name, options[name as keyof typeof LISTEN_RULES], rule);
  }
  checkType("onRefused", options.onRefused, "function");
  if ((options as NodeConnectOptions).thread) {
    throw new TypeError("thread is for connect: listen in a worker of your own to have peers served by another thread");
  }
  return {
    ...settings,
    onRefused: options.onRefused,
    maxHandshakes: options.maxHandshakes ?? LIMITS.HANDSHAKES,
    maxHandshakesPerAddress: options.maxHandshakesPerAddress ?? LIMITS.HANDSHAKES_PER_ADDRESS,
    failureDelay: options.failureDelay ?? LIMITS.FAILURE_DELAY,
    maxConnections: options.maxConnections ?? LIMITS.CONNECTIONS,
    maxHeld: options.maxHeld ?? LIMITS.LISTENER_OCTETS,
    backlog: options.backlog,
  };
}

function checkType(name: string, value: unknown, type: "boolean" | "function"): void {
  if (value !== undefined && typeof value !== type) throw new TypeError(`${name} is a ${type}, not ${String(value)}`);
}

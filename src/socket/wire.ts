/** What a wire of a socket is made of: the options of its links, and how what happens on them is told. */
import { LARGEST_FRAME } from "../codec/frame.js";
import type { Settings as LinkSettings } from "../connection/options.js";
import { settingsFor } from "../connection/options.js";
import type { Mechanism } from "../session/mechanism.js";
import type { SocketType } from "../session/socket-type.js";
import type { EndpointOwner } from "./endpoints.js";
import { fault, notHere } from "./errno.js";
import type { AuthError, Monitor } from "./monitor.js";
import { securityOf } from "./security.js";
import type { Settings } from "./settings.js";
import { warn } from "./turn.js";
import { ZapError } from "./zap.js";

/**
 * A peer may make us hold so many octets for each message of the receive mark. libzmq counts messages alone, and a
 * hostile peer makes them large.
 */
const MESSAGE = 64 * 1024;

/** Socket types whose identity libzmq sends. */
const IDENTIFIED: readonly string[] = ["REQ", "DEALER", "ROUTER"];

/** Options that lead octets elsewhere than we can: they must not be ignored. */
const REFUSED: readonly (readonly [keyof Settings, string])[] = [
  ["socksProxy", "there is no SOCKS client here"],
  ["interface", "the engine binds to addresses, not to devices: give the address of the interface"],
];

/** Options that tune what the engine does not let us tune: they do no harm, and whoever sets them is told. */
const WITHOUT_EFFECT: readonly (readonly [keyof Settings, string])[] = [
  ["sendBufferSize", "the engine does not set buffers of the kernel"],
  ["receiveBufferSize", "the engine does not set buffers of the kernel"],
  ["tcpKeepaliveCount", "the engine sets whether there are keepalives, and the idle time"],
  ["tcpKeepaliveInterval", "the engine sets whether there are keepalives, and the idle time"],
  ["tcpMaxRetransmitTimeout", "the engine does not set it"],
  ["typeOfService", "the engine does not set it"],
];

const told = new Set<string>();

/** What a socket's links have in common, and what must be there before the first one. */
export interface Wiring {
  readonly settings: LinkSettings;
  readonly ready: Promise<void> | undefined;
}

/** @internal The options of a socket's links, as they are at this bind or connect. Throws for what cannot be. */
export function wiringOf(owner: EndpointOwner, overWebSocket: boolean): Wiring {
  refuseAndWarn(owner.settings);
  const { mechanism, ready } = securityOf(owner);
  if (overWebSocket && mechanism !== undefined) throw notHere("PLAIN and CURVE", "over ws:// there is no mechanism");
  return { settings: linkSettings(owner, overWebSocket, mechanism), ready };
}

function linkSettings(owner: EndpointOwner, overWebSocket: boolean, mechanism: Mechanism | undefined): LinkSettings {
  const { settings } = owner;
  const { heartbeatInterval, heartbeatTimeout, heartbeatTimeToLive, handshakeInterval, connectTimeout } = settings;
  const timeout = heartbeatTimeout > 0 ? heartbeatTimeout : heartbeatInterval;
  const identified = IDENTIFIED.includes(owner.name) && settings.routingId.length > 0;
  return settingsFor({
    // A STREAM has no links; its options are checked all the same.
    socketType: owner.name === "STREAM" ? "DEALER" : (owner.name as SocketType),
    ...(identified && { identity: settings.routingId }),
    mechanism,
    maxFrameSize: settings.maxMessageSize < 0 ? LARGEST_FRAME : Math.min(settings.maxMessageSize, LARGEST_FRAME),
    maxMessageSize: Infinity,
    receiveHighWaterMark: settings.receiveHighWaterMark === 0 ? Infinity : settings.receiveHighWaterMark * MESSAGE,
    handshakeTimeout: handshakeInterval || Infinity,
    connectTimeout: connectTimeout || Infinity,
    linger: Infinity,
    ...(heartbeatInterval > 0 &&
      !overWebSocket && { heartbeat: { interval: heartbeatInterval, timeout, ttl: heartbeatTimeToLive } }),
  });
}

/** @internal How many messages of one peer may wait; it may change while they do. */
export function receiveMark({ settings }: EndpointOwner): () => number {
  return () => settings.receiveHighWaterMark;
}

function refuseAndWarn(settings: Settings): void {
  for (const [name, why] of REFUSED) if ((settings[name] as Uint8Array).length > 0) throw notHere(name, why);
  for (const [name, why] of WITHOUT_EFFECT) {
    const value = settings[name] as number;
    if (value <= 0 || told.has(name)) continue;
    told.add(name);
    warn(`Socket option ${name} has no effect here: ${why}`);
  }
}

/** What libzmq calls the faults of a handshake. */
const PROTOCOL: Readonly<Record<string, string>> = {
  MECHANISM_MISMATCH: "MECHANISM_MISMATCH",
  UNEXPECTED_COMMAND: "UNEXPECTED_COMMAND",
  UNEXPECTED_MESSAGE: "UNEXPECTED_COMMAND",
  MALFORMED_COMMAND: "MALFORMED_COMMAND_UNSPECIFIED",
  MALFORMED_METADATA: "INVALID_METADATA",
  SOCKET_TYPE_MISMATCH: "INVALID_METADATA",
};

/** What a status of ZAP says, as the `zeromq` package has it. */
const STATUSES: Readonly<Record<string, string>> = {
  300: "Temporary error",
  400: "Authentication failure",
  500: "Internal error",
};

/** @internal Tells that a handshake has failed, as the kind of failure that it was. */
export function tellHandshakeFailed(monitor: Monitor, address: string, error: unknown): void {
  if (!monitor.observed) return;
  const { code, message, cause } = (error ?? {}) as { code?: string; message?: string; cause?: unknown };
  const [status] = /\b[345]00\b/.exec(message ?? "") ?? [];
  if (status !== undefined && (code === "DENIED" || code === "PEER_ERROR")) {
    const refusal = Object.assign(new Error(STATUSES[status]), { status: Number(status) as AuthError["status"] });
    monitor.tell({ type: "handshake:error:auth", address, error: refusal });
  } else if (cause instanceof ZapError) {
    monitor.tell({ type: "handshake:error:protocol", address, error: cause });
  } else if (code !== undefined && code in PROTOCOL) {
    const fault = Object.assign(new Error("ZMTP protocol error"), { code: `ERR_ZMTP_${PROTOCOL[code]}` });
    monitor.tell({ type: "handshake:error:protocol", address, error: fault });
  } else monitor.tell({ type: "handshake:error:other", address, error: fault("EPIPE") });
}

/** What the links of a socket are made of, by its options. */
import { LARGEST_FRAME } from "../codec/frame.js";
import type { LinkSettings } from "../connection/options.js";
import { settingsFor } from "../connection/options.js";
import type { Mechanism } from "../session/mechanism.js";
import { isIdentified, type SocketType } from "../session/socket-type.js";
import type { EndpointOwner } from "./endpoints.js";
import { notHere } from "./errno.js";
import { securityOf } from "./security.js";
import { refuseAndWarn } from "./unsupported.js";

/**
 * A peer may make us hold so many octets for each message of the receive mark. libzmq counts messages alone, and a
 * hostile peer makes them large.
 */
const MESSAGE = 64 * 1024;

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
  // A STREAM has no links; its options are checked all the same.
  const socketType = owner.name === "STREAM" ? "DEALER" : (owner.name as SocketType);
  const identified = isIdentified(socketType) && settings.routingId.length > 0;
  return settingsFor({
    socketType,
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

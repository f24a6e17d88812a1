/** `connect` where there are no sockets: a page, a worker. ZWS 2.0 over the platform's WebSocket. RFC 45. */
import type { Connection } from "./connection.js";
import { dialWebSocket, platformOpener } from "./dial-websocket.js";
import { parseEndpoint } from "./endpoint.js";
import { open } from "./open.js";
import { type ConnectionOptions, type LinkSettings, settingsFor } from "./options.js";
import { refuseHeartbeat, zwsParts } from "./zws-link.js";

/**
 * Connects to `ws://` or `wss://`.
 *
 * @throws (rejects) a {@link ZmtpError}: NOT_REACHED with its `cause` if the peer cannot be reached, another code if it
 *   does not speak ZMTP as it should; the signal's reason; a TypeError for any other endpoint (`monocoque/node` has
 *   tcp:// and ipc://); a TypeError or a RangeError for an option that will not do.
 */
export async function connect(url: string, options: ConnectionOptions): Promise<Connection> {
  if ((options as { thread?: unknown } | undefined)?.thread) {
    throw new TypeError('thread: import connect from "monocoque/page", or from "monocoque/node"');
  }
  const [endpoint, checked] = checkedCall(url, options);
  const [settings, parts] = zwsParts(checked);
  return open(settings, parts, (link) => dialWebSocket(endpoint, link, platformOpener()));
}

/** @internal Where such a call leads to, and how; throws for whatever will not do. */
export function checkedCall(url: string, options: ConnectionOptions): [URL, LinkSettings] {
  const endpoint = parseEndpoint(url);
  if (endpoint.scheme !== "ws") {
    throw new TypeError(`${endpoint.scheme}:// needs sockets: import connect from "monocoque/node"`);
  }
  refuseHeartbeat(options);
  return [endpoint.url, settingsFor(options)];
}

/** `connect` where there are no sockets: a page, a worker. ZWS 2.0 over the platform's WebSocket. RFC 45. */

import { SUBPROTOCOL } from "../session/zws.js";
import type { Connection } from "./connection.js";
import { parseEndpoint } from "./endpoint.js";
import type { ConnectionOptions } from "./options.js";
import { type WebSocketLike, WebSocketTransport, zwsLink } from "./websocket.js";

/** @internal Makes a WebSocket. */
export type OpenWebSocket = (url: URL, subprotocol: string) => WebSocketLike;

/**
 * Connects to `ws://` or `wss://`.
 *
 * @throws (rejects) a {@link ZmtpError} if the peer cannot be reached or does not speak ZMTP as it should, or the signal's
 *   reason; a TypeError for any other endpoint: `monocoque/node` has tcp:// and ipc://.
 */
export async function connect(url: string, options: ConnectionOptions): Promise<Connection> {
  const endpoint = parseEndpoint(url);
  if (endpoint.scheme !== "ws")
    throw new TypeError(`${endpoint.scheme}:// needs sockets: import connect from "monocoque/node"`);
  return connectWebSocket(endpoint.url, options, (to, subprotocol) => new WebSocket(to, subprotocol));
}

/** @internal */
export function connectWebSocket(url: URL, options: ConnectionOptions, open: OpenWebSocket): Promise<Connection> {
  const link = zwsLink(options);
  if (!link.over) link.dialling(new WebSocketTransport(open(url, SUBPROTOCOL), link));
  return link.opened;
}

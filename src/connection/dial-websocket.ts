/** Reaching a peer over `ws://`, by the WebSocket of the engine or of a package. RFC 45. */
import { SUBPROTOCOL } from "../session/zws.js";
import { connectionError } from "./fault.js";
import type { Link } from "./link.js";
import { type WebSocketLike, WebSocketTransport } from "./websocket.js";

/** @internal Makes a WebSocket. */
export type OpenWebSocket = (url: URL, subprotocol: string) => WebSocketLike;

/** @internal Begins to reach a peer over ws://. */
export function dialWebSocket(url: URL, link: Link, openWebSocket: OpenWebSocket): void {
  link.dialling(new WebSocketTransport(openWebSocket(url, SUBPROTOCOL), link.reception, url.host));
}

/** @internal Makes the WebSockets of the engine. Throws NO_WEBSOCKET where it has none. */
export function platformOpener(): OpenWebSocket {
  const { WebSocket } = globalThis;
  if (WebSocket === undefined) {
    throw connectionError("NO_WEBSOCKET", "There is no WebSocket here: Node has one from version 22 on");
  }
  return (url, subprotocol) => new WebSocket(url, subprotocol);
}

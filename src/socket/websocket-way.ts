/** How a socket that connects reaches a peer over `ws://`, whoever makes the WebSockets. RFC 45. */
import { dialWebSocket, type OpenWebSocket } from "../connection/dial-websocket.js";
import type { Link } from "../connection/link.js";
import { zwsParts } from "../connection/zws-link.js";
import { ZwsOutbox } from "../connection/zws-outbox.js";
import type { Way } from "./connector.js";
import type { EndpointOwner } from "./endpoints.js";
import { wiringOf } from "./wire.js";

/** @internal `opener` gives what makes WebSockets that take frames of so many octets; asked before each link. */
export function webSocketWay(
  url: URL,
  owner: EndpointOwner,
  opener: (maxFrameSize: number | undefined) => Promise<OpenWebSocket>,
): Way {
  const [settings] = zwsParts(wiringOf(owner, true).settings);
  const dial = async (link: Link, reached: () => void) => {
    const openWebSocket = await opener(settings.maxFrameSize);
    if (link.over) return;
    dialWebSocket(url, link, (to, subprotocol) => {
      const socket = openWebSocket(to, subprotocol);
      onceOpen(socket, reached);
      return socket;
    });
  };
  return {
    settings,
    ready: undefined,
    parts: {},
    outbox: () => new ZwsOutbox(),
    dial: (link, reached) => void dial(link, reached).catch((error) => link.destroy(error)),
  };
}

/** Calls `reached` when a WebSocket is open, before whoever else hears of it. */
function onceOpen(socket: object, reached: () => void): void {
  (socket as { addEventListener(type: "open", act: () => void): void }).addEventListener("open", reached);
}

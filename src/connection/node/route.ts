/** The ways to a peer: a socket, a WebSocket. Which one, the table of schemes says. */
import { type Socket, connect as socketTo, type TcpNetConnectOpts } from "node:net";
import { dialWebSocket } from "../dial-websocket.js";
import type { EndpointOf } from "../endpoint.js";
import type { Link } from "../link.js";
import type { LinkParts } from "../link-user.js";
import { refuseHeartbeat, zwsParts } from "../zws-link.js";
import { warnIfExposed } from "./exposed.js";
import type { NodeSettings } from "./options.js";
import { SocketTransport } from "./socket.js";
import { webSocketOpener } from "./ws-package.js";

/** @internal What a link to a peer is made of, and how it begins to reach it. */
export interface Route {
  readonly settings: NodeSettings;
  readonly parts: LinkParts;
  readonly dial: (link: Link) => void;
}

/** Over ws://, by the `ws` package or the platform's WebSocket. */
export async function webSocketRoute({ url }: EndpointOf<"ws">, settings: NodeSettings): Promise<Route> {
  refuseHeartbeat(settings);
  const openWebSocket = await webSocketOpener(settings.maxFrameSize);
  const [zwsSettings, parts] = zwsParts(settings);
  const dial = (link: Link) => dialWebSocket(url, link, openWebSocket);
  return { settings: { ...settings, ...zwsSettings }, parts, dial };
}

/** Over a socket: `target` is what node:net connects to, `name` how the peer is called. */
export function socketRoute(target: object, settings: NodeSettings, name: string): Route {
  return { settings, parts: {}, dial: (link) => void dialSocket(target, settings, link, name) };
}

/** Begins to reach a peer; `reached` is called before its handshake begins. Returns the socket. */
export function dialSocket(
  target: object,
  settings: NodeSettings,
  link: Link,
  name: string | undefined,
  reached?: () => void,
): Socket {
  const { reception } = link;
  // One region for all sockets of the thread: each read is taken in before the next one can happen.
  const onread = {
    buffer: reception.landing,
    callback: (length: number) => {
      reception.landed(length);
      return true;
    },
  };
  const socket: Socket = socketTo({ ...target, allowHalfOpen: true, onread } as unknown as TcpNetConnectOpts);
  const transport = new SocketTransport(socket, reception, settings, name);
  link.dialling(transport);
  socket.once("connect", () => {
    socket.setNoDelay(settings.noDelay);
    reached?.();
    warnIfExposed(settings.mechanism, socket);
    reception.attached(transport);
  });
  return socket;
}

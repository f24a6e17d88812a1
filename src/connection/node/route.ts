/** The way to a peer, by the scheme of its endpoint: one row of a table each. */
import { type Socket, connect as socketTo, type TcpNetConnectOpts } from "node:net";
import { engineOf } from "../../codec/codec.js";
import { defaultCodec } from "../../codec/default.js";
import { dialWebSocket } from "../connect.js";
import type { Endpoint, EndpointOf, Scheme } from "../endpoint.js";
import type { Link } from "../link.js";
import type { LinkParts } from "../link-user.js";
import { refuseHeartbeat, zwsParts } from "../websocket.js";
import type { NodeSettings } from "./options.js";
import { SocketTransport } from "./socket.js";
import { webSocketOpener } from "./ws-package.js";

/** @internal What a link to a peer is made of, and how it begins to reach it. */
export interface Route {
  readonly settings: NodeSettings;
  readonly parts: LinkParts;
  readonly dial: (link: Link) => void;
}

type RoutesByScheme = {
  readonly [S in Scheme]: (endpoint: EndpointOf<S>, settings: NodeSettings) => Route | Promise<Route>;
};

const ROUTES: RoutesByScheme = {
  tcp: ({ host, port }, settings) => socketRoute({ host, port }, settings, `${host}:${port}`),
  ipc: ({ path }, settings) => socketRoute({ path }, settings, path),
  ws: webSocketRoute,
};

/** @internal */
export async function routeTo(endpoint: Endpoint, settings: NodeSettings): Promise<Route> {
  return ROUTES[endpoint.scheme](endpoint as never, settings);
}

async function webSocketRoute({ url }: EndpointOf<"ws">, settings: NodeSettings): Promise<Route> {
  refuseHeartbeat(settings);
  const openWebSocket = await webSocketOpener(settings.maxFrameSize);
  const [zwsSettings, parts] = zwsParts(settings);
  const dial = (link: Link) => dialWebSocket(url, link, openWebSocket);
  return { settings: { ...settings, ...zwsSettings }, parts, dial };
}

function socketRoute(target: object, settings: NodeSettings, name: string): Route {
  return { settings, parts: {}, dial: (link) => dialSocket(target, settings, link, name) };
}

function dialSocket(target: object, settings: NodeSettings, link: Link, name: string): void {
  const { reception } = link;
  const { landing } = engineOf(settings.codec ?? defaultCodec());
  // One region for all sockets of the thread: each read is taken in before the next one can happen.
  const onread = {
    buffer: landing,
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
    reception.attached(transport);
  });
}

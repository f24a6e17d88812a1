/** What an endpoint's scheme means, to whoever connects and to whoever listens: a scheme is one row of this table. */
import type { Server } from "node:net";
import type { Endpoint, EndpointOf, Scheme } from "../endpoint.js";
import type { Doorman } from "./doorman.js";
import type { ListenSettings, NodeSettings } from "./options.js";
import { type Route, socketRoute, webSocketRoute } from "./route.js";
import { ipcServer, tcpServer, wsServer } from "./server.js";

interface Meaning<S extends Scheme> {
  /** The way to a peer. */
  route(endpoint: EndpointOf<S>, settings: NodeSettings): Route | Promise<Route>;
  /** A server that listens, for peers to come to. */
  serve(endpoint: EndpointOf<S>, doorman: Doorman, settings: ListenSettings): Promise<Server>;
}

const SCHEMES: { readonly [S in Scheme]: Meaning<S> } = {
  tcp: {
    route: ({ host, port }, settings) => socketRoute({ host, port }, settings, `${host}:${port}`),
    serve: tcpServer,
  },
  ipc: { route: ({ path }, settings) => socketRoute({ path }, settings, path), serve: ipcServer },
  ws: { route: webSocketRoute, serve: wsServer },
};

/** The way to an endpoint. */
export async function routeTo(endpoint: Endpoint, settings: NodeSettings): Promise<Route> {
  return SCHEMES[endpoint.scheme].route(endpoint as never, settings);
}

/** A server that listens at an endpoint. */
export async function serverAt(endpoint: Endpoint, doorman: Doorman, settings: ListenSettings): Promise<Server> {
  return SCHEMES[endpoint.scheme].serve(endpoint as never, doorman, settings);
}

/** Servers by the scheme of their endpoint: one row of a table each. */
import { type AddressInfo, createServer, type Server } from "node:net";
import type { Endpoint, EndpointOf, Scheme } from "../endpoint.js";
import type { Doorman } from "./doorman.js";
import { listenOnPath } from "./ipc.js";
import type { ListenSettings } from "./options.js";
import { webSocketServer } from "./ws-server.js";

type ServersByScheme = {
  readonly [S in Scheme]: (endpoint: EndpointOf<S>, doorman: Doorman, settings: ListenSettings) => Promise<Server>;
};

const SERVERS: ServersByScheme = {
  async tcp({ host, port }, doorman, { backlog }) {
    const server = socketServer(doorman);
    await listening(server, { host: hostFor(host), port, backlog });
    return server;
  },
  async ipc({ path }, doorman, { backlog }) {
    const server = socketServer(doorman);
    await listenOnPath(path, () => listening(server, { path, backlog }));
    return server;
  },
  async ws({ url }, doorman, settings) {
    const server = await webSocketServer(url, doorman, settings);
    const { backlog } = settings;
    await listening(server, { host: hostFor(url.hostname), port: Number(url.port || 80), backlog });
    return server;
  },
};

/** A server that listens. */
export async function serverFor(endpoint: Endpoint, doorman: Doorman, settings: ListenSettings): Promise<Server> {
  return SERVERS[endpoint.scheme](endpoint as never, doorman, settings);
}

/**
 * The endpoint that peers of this machine connect to: a wildcard becomes the loopback that every one of them reaches,
 * IPv6 on or off.
 */
export function endpointOf(server: Server, endpoint: Endpoint): string {
  if (endpoint.scheme === "ipc") return `ipc://${endpoint.path.replace("\0", "@")}`;
  const { address, family, port } = server.address() as AddressInfo;
  const path = endpoint.scheme === "ws" ? endpoint.url.pathname : "";
  return `${endpoint.scheme}://${reachable(address, family)}:${port}${path}`;
}

function reachable(address: string, family: string): string {
  if (address === "::" || address === "0.0.0.0") return "127.0.0.1";
  return family === "IPv6" ? `[${address}]` : address;
}

function socketServer(doorman: Doorman): Server {
  return createServer({ allowHalfOpen: true }, (socket) => doorman.socket(socket));
}

/** Without a host Node listens on all addresses, of IPv6 and IPv4. */
function hostFor(host: string): string | undefined {
  return host === "*" ? undefined : host.replace(/^\[|\]$/g, "");
}

function listening(server: Server, where: object): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

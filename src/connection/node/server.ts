/** Servers for peers to come to. Which one, the table of schemes says. */
import { type AddressInfo, createServer, type Server } from "node:net";
import type { Endpoint, EndpointOf } from "../endpoint.js";
import type { Doorman } from "./doorman.js";
import { listenOnPath } from "./ipc.js";
import type { ListenSettings } from "./options.js";
import { webSocketServer } from "./ws-server.js";

/** A server on tcp://. It listens once this resolves, as those below. */
export async function tcpServer({ host, port }: EndpointOf<"tcp">, doorman: Doorman, settings: ListenSettings) {
  const server = socketServer(doorman);
  await listening(server, { host: hostFor(host), port, backlog: settings.backlog });
  return server;
}

export async function ipcServer({ path }: EndpointOf<"ipc">, doorman: Doorman, settings: ListenSettings) {
  const server = socketServer(doorman);
  await listenOnPath(path, () => listening(server, { path, backlog: settings.backlog }));
  return server;
}

export async function wsServer({ url }: EndpointOf<"ws">, doorman: Doorman, settings: ListenSettings) {
  const server = await webSocketServer(url, doorman, settings);
  const port = Number(url.port || 80);
  await listening(server, { host: hostFor(url.hostname), port, backlog: settings.backlog });
  return server;
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

/** Resolves when a server listens; rejects with the system's error. */
export function listening(server: Server, where: object): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

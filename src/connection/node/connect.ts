/** `connect` in Node, Deno and Bun: tcp:// and ipc:// by sockets, ws:// by the platform's WebSocket or the `ws` package. */
import { connect as connectSocket, type Socket, type TcpNetConnectOpts } from "node:net";
import { engineOf } from "../../codec/codec.js";
import { defaultCodec } from "../../codec/default.js";
import { connectWebSocket, type OpenWebSocket } from "../connect.js";
import { type Connection, Link } from "../connection.js";
import { type Endpoint, parseEndpoint } from "../endpoint.js";
import type { NodeConnectionOptions } from "./options.js";
import { SocketTransport } from "./socket.js";
import { webSocketPackage } from "./ws-package.js";

/**
 * Connects to `tcp://host:port`, `tcp://[::1]:port`, `ipc:///path`, `ws://…` or `wss://…`.
 *
 * @returns The connection, once its handshake is complete.
 * @throws (rejects) the system's error if the peer cannot be reached, a {@link ZmtpError} if it does not speak ZMTP as it should or takes
 *   too long, the signal's reason, or a TypeError for what is no endpoint.
 */
export async function connect(url: string, options: NodeConnectionOptions): Promise<Connection> {
  const endpoint = parseEndpoint(url);
  if (endpoint.scheme === "ws") return connectWebSocket(endpoint.url, options, await webSocketOpener());
  const link = new Link(options);
  if (!link.over) dial(endpoint, options, link);
  return link.opened;
}

function dial(endpoint: Exclude<Endpoint, { scheme: "ws" }>, options: NodeConnectionOptions, link: Link): void {
  const { landing } = engineOf(options.codec ?? defaultCodec());
  const target = endpoint.scheme === "ipc" ? { path: endpoint.path } : { host: endpoint.host, port: endpoint.port };
  // One region for all sockets of the thread: each read is taken in before the next one can happen.
  const onread = {
    buffer: landing,
    callback: (length: number) => {
      link.landed(length);
      return true;
    },
  };
  const socket: Socket = connectSocket({ ...target, allowHalfOpen: true, onread } as TcpNetConnectOpts);
  const transport = new SocketTransport(socket, link, options);
  link.dialling(transport);
  socket.once("connect", () => {
    socket.setNoDelay(options.noDelay ?? true);
    link.attached(transport);
  });
}

/** The `ws` package can stop reading and drop a connection, which the platform's WebSocket cannot; that one serves without it. */
async function webSocketOpener(): Promise<OpenWebSocket> {
  const { WebSocket } = await webSocketPackage().catch((error) => {
    if (globalThis.WebSocket) return globalThis;
    throw error;
  });
  return (url, subprotocol) => new WebSocket(url, subprotocol) as never;
}

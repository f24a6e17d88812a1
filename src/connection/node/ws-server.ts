/**
 * ws:// at a listener: an HTTP server that does nothing but upgrade. Before the upgrade a stranger costs a handshake,
 * no more. RFC 45.
 */
import type { IncomingMessage } from "node:http";
import type { Server, Socket } from "node:net";
import { ZmtpError } from "../../error.js";
import { SUBPROTOCOL } from "../../session/zws.js";
import { deadline } from "../deadline.js";
import { connectionError } from "../fault.js";
import { UPGRADE_OCTETS } from "../limits.js";
import type { WebSocketLike } from "../websocket.js";
import { refuseHeartbeat, zwsParts } from "../zws-link.js";
import type { Doorman } from "./doorman.js";
import type { ListenSettings } from "./options.js";
import { remoteAddressOf } from "./socket.js";
import { largestMessage, webSocketPackage } from "./ws-package.js";

/** A server that does not listen yet. */
export async function webSocketServer(url: URL, doorman: Doorman, settings: ListenSettings): Promise<Server> {
  if (url.protocol === "wss:") throw new TypeError("listen on ws:// behind a server that holds the certificate");
  refuseHeartbeat(settings);
  zwsParts(settings);
  const { WebSocketServer } = await webSocketPackage();
  // Only here: where WebAssembly is missing, Node 22 cannot load its HTTP.
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => {
    doorman.turnedAway(notUpgraded(request), remoteAddressOf(request.socket));
    response.writeHead(426, { connection: "close" }).end("This is a ZWS 2.0 endpoint.\n");
  });
  const webSockets = new WebSocketServer({
    path: url.pathname === "/" ? undefined : url.pathname,
    perMessageDeflate: false,
    maxPayload: largestMessage(settings.maxFrameSize),
    noServer: true,
  });
  const strangers = new WeakMap<Socket, () => void>();
  server.on("connection", (socket) => strangers.set(socket, guard(socket, doorman, settings)));
  server.on("upgrade", (request, socket, head) => {
    offerOurs(request);
    webSockets.handleUpgrade(request, socket, head, (webSocket: object) => {
      strangers.get(socket as Socket)?.();
      const fail = doorman.webSocket(webSocket as never, remoteAddressOf(socket as Socket));
      boundHandshake(socket as Socket, webSocket as never, fail);
    });
  });
  return server;
}

/**
 * Counts a socket as a handshake until its upgrade, for no longer than one may take. Returns a function to call when
 * the handshake is over.
 */
function guard(socket: Socket, doorman: Doorman, { handshakeTimeout }: ListenSettings): () => void {
  const leave = doorman.beforeUpgrade(socket);
  const stopWaiting = deadline(handshakeTimeout, () => {
    const what = `Nothing became of a connection to ws:// within ${handshakeTimeout} ms`;
    doorman.turnedAway(connectionError("HANDSHAKE_TIMEOUT", what), remoteAddressOf(socket));
    socket.destroy();
  });
  const through = () => {
    stopWaiting();
    leave();
  };
  socket.once("close", through);
  return through;
}

/**
 * The `ws` package would put a stranger's first message together up to the limit of any frame: its octets are counted
 * below it.
 */
function boundHandshake(socket: Socket, webSocket: WebSocketLike, fail: (error: ZmtpError) => void): void {
  let octets = 0;
  const count = (chunk: Uint8Array) => {
    octets += chunk.length;
    if (octets <= UPGRADE_OCTETS) return;
    const what = `A stranger's first WebSocket message has more than ${UPGRADE_OCTETS} octets`;
    fail(new ZmtpError("HANDSHAKE_TOO_LARGE", what));
    socket.destroy();
  };
  socket.on("data", count);
  (webSocket as unknown as { once(event: "message", act: () => void): void }).once("message", () => {
    socket.off("data", count);
  });
}

/** libzmq offers "ZWS2.0/NULL" as well, which the ws package would refuse for its slash. */
function offerOurs(request: IncomingMessage): void {
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  if (offered.includes(SUBPROTOCOL)) request.headers["sec-websocket-protocol"] = SUBPROTOCOL;
}

function notUpgraded({ method, url }: IncomingMessage): ZmtpError {
  return new ZmtpError("NOT_ZMTP", `An HTTP client asked for ${method} ${url} and for no WebSocket`);
}

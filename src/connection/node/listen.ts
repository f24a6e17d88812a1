/// <reference lib="esnext.disposable" preserve="true" />
/** `listen` in Node, Deno and Bun: tcp://, ipc:// and ws://. Gives each peer once its handshake is complete. */
import { unlink } from "node:fs/promises";
import { type AddressInfo, createServer, connect as probe, type Server, type Socket } from "node:net";
import { checkedFrameSize } from "../../codec/frame.js";
import { ZmtpSession } from "../../session/session.js";
import { SUBPROTOCOL } from "../../session/zws.js";
import { onAbort } from "../abort.js";
import { type Connection, Link } from "../connection.js";
import { Deferred } from "../deferred.js";
import { type Endpoint, parseEndpoint } from "../endpoint.js";
import { refuseHeartbeat, type WebSocketLike, WebSocketTransport, zwsLink } from "../websocket.js";
import type { ListenOptions } from "./options.js";
import { SocketTransport } from "./socket.js";
import { webSocketPackage } from "./ws-package.js";

const MAX_HANDSHAKES = 1000;

/** Accepts peers. Iterating gives each connection once its handshake is complete; one bad peer never disturbs another. */
export interface Listener extends AsyncIterable<Connection>, AsyncDisposable {
  /** Where it listens, the port that the system chose included. */
  readonly endpoint: string;
  /** Stops accepting and drops the peers not handed out yet; those handed out live on. */
  close(): Promise<void>;
}

/**
 * Listens on `tcp://host:port`, `tcp://*:0` (the system chooses the port), `ipc:///path` or `ws://host:port/path` (with the `ws` package).
 * An IPC path left behind by a dead process is replaced; a live one is refused.
 *
 * @throws (rejects) the system's error if the endpoint is taken, or a TypeError for what is no endpoint.
 */
export async function listen(url: string, options: ListenOptions): Promise<Listener> {
  options.signal?.throwIfAborted();
  const endpoint = parseEndpoint(url);
  const listener = new Doorman(options);
  const server = await SERVERS[endpoint.scheme](endpoint as never, listener, options);
  await open(server, endpoint, options);
  return listener.at(server, nameOf(server, endpoint));
}

type Of<Scheme> = Extract<Endpoint, { scheme: Scheme }>;

const SERVERS: {
  [Scheme in Endpoint["scheme"]]: (
    endpoint: Of<Scheme>,
    doorman: Doorman,
    options: ListenOptions,
  ) => Server | Promise<Server>;
} = {
  tcp: (_, doorman) => socketServer(doorman),
  ipc: (_, doorman) => socketServer(doorman),
  ws: webSocketServer,
};

function socketServer(doorman: Doorman): Server {
  return createServer({ allowHalfOpen: true }, (socket) => doorman.socket(socket));
}

async function webSocketServer({ url }: Of<"ws">, doorman: Doorman, options: ListenOptions): Promise<Server> {
  if (url.protocol === "wss:") throw new TypeError("listen on ws:// behind a server that holds the certificate");
  refuseHeartbeat(options);
  const { WebSocketServer } = await webSocketPackage();
  // Only here: where WebAssembly is missing, Node 22 cannot load its HTTP.
  const { createServer: createHttpServer } = await import("node:http");
  const server = createHttpServer((_, response) => response.writeHead(426).end("This is a ZWS 2.0 endpoint.\n"));
  const webSockets = new WebSocketServer({
    path: url.pathname === "/" ? undefined : url.pathname,
    perMessageDeflate: false,
    // The flag octet comes on top.
    maxPayload: checkedFrameSize(options.maxFrameSize) + 1,
    noServer: true,
  });
  server.on("upgrade", (request, socket, head) => {
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
    // libzmq offers "ZWS2.0/NULL" as well, which the ws package would refuse for its slash.
    if (offered.includes(SUBPROTOCOL)) request.headers["sec-websocket-protocol"] = SUBPROTOCOL;
    webSockets.handleUpgrade(request, socket, head, (webSocket) => doorman.webSocket(webSocket as never));
  });
  return server;
}

async function open(server: Server, endpoint: Endpoint, options: ListenOptions): Promise<void> {
  const { backlog } = options;
  if (endpoint.scheme !== "ipc") {
    const { host, port } =
      endpoint.scheme === "tcp" ? endpoint : { host: endpoint.url.hostname, port: Number(endpoint.url.port || 80) };
    return listening(server, { host: host === "*" ? undefined : host.replace(/^\[|\]$/g, ""), port, backlog });
  }
  const { path } = endpoint;
  try {
    await listening(server, { path, backlog });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || (await answers(path))) throw error;
    await unlink(path);
    await listening(server, { path, backlog });
  }
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

/** Whether somebody listens on an IPC path. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = probe(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function nameOf(server: Server, endpoint: Endpoint): string {
  if (endpoint.scheme === "ipc") return `ipc://${endpoint.path.replace("\0", "@")}`;
  const { address, family, port } = server.address() as AddressInfo;
  const loopback = family === "IPv6" ? "[::1]" : "127.0.0.1";
  const host = address === "::" || address === "0.0.0.0" ? loopback : family === "IPv6" ? `[${address}]` : address;
  const path = endpoint.scheme === "ws" ? endpoint.url.pathname : "";
  return `${endpoint.scheme}://${host}:${port}${path}`;
}

/** Lets peers in: keeps count of those in their handshake, and queues those that are through it. */
class Doorman implements Listener {
  readonly #options: ListenOptions;
  readonly #max: number;
  readonly #handshakes = new Set<Link>();
  #ready: Link[] = [];
  #arrival: Deferred | undefined;
  #server: Server | undefined;
  #endpoint = "";
  #closed = false;
  #reason: unknown;
  #callOff: (() => void) | undefined;

  constructor(options: ListenOptions) {
    // What a session would refuse later is refused now.
    new ZmtpSession(options);
    this.#options = options;
    this.#max = options.maxHandshakes ?? MAX_HANDSHAKES;
  }

  get endpoint(): string {
    return this.#endpoint;
  }

  at(server: Server, endpoint: string): this {
    this.#server = server;
    this.#endpoint = endpoint;
    server.on("error", () => {});
    const { signal } = this.#options;
    this.#callOff = onAbort(signal, () => this.#shut(signal?.reason));
    return this;
  }

  socket(socket: Socket): void {
    socket.setNoDelay(this.#options.noDelay ?? true);
    const link = new Link(this.#options);
    link.attached(new SocketTransport(socket, link, this.#options));
    this.#admit(link);
  }

  webSocket(socket: WebSocketLike): void {
    const link = zwsLink(this.#options);
    new WebSocketTransport(socket, link);
    this.#admit(link);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Connection, undefined> {
    for (;;) {
      const link = this.#ready.shift();
      if (link !== undefined) yield link;
      else if (this.#reason !== undefined) throw this.#reason;
      else if (this.#closed) return undefined;
      else {
        this.#arrival ??= new Deferred();
        await this.#arrival.promise;
      }
    }
  }

  async close(): Promise<void> {
    this.#shut(undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #admit(link: Link): void {
    if (this.#handshakes.size >= this.#max) {
      const [oldest] = this.#handshakes;
      oldest?.fail(new Error("too many handshakes at once"));
    }
    this.#handshakes.add(link);
    link.opened
      .then(() => {
        if (this.#closed) return link.fail(new Error("the listener has been closed"));
        this.#ready.push(link);
        this.#wake();
      })
      // Its own connection's matter.
      .catch(() => {})
      .finally(() => this.#handshakes.delete(link));
  }

  #shut(reason: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reason = reason;
    this.#callOff?.();
    this.#server?.close();
    for (const link of [...this.#handshakes, ...this.#ready]) link.fail(new Error("the listener has been closed"));
    this.#ready = [];
    this.#wake();
  }

  #wake(): void {
    this.#arrival?.resolve();
    this.#arrival = undefined;
  }
}

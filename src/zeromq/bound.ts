/** Endpoints that a socket has bound in Node, Deno and Bun: a server, and the peers that came to it. */
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, isIPv6, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FAILURE_DELAY, HANDSHAKES } from "../connection/limits.js";
import { listenOnPath } from "../connection/node/ipc.js";
import type { ListenSettings } from "../connection/node/options.js";
import { listening } from "../connection/node/server.js";
import { NO_PACKAGE } from "../connection/node/ws-package.js";
import { webSocketServer } from "../connection/node/ws-server.js";
import { type AddressScheme, schemeOf } from "../socket/address.js";
import type { EndpointOwner, OpenEndpoint } from "../socket/endpoints.js";
import { type ErrnoError, fault, faultOf, notHere } from "../socket/errno.js";
import { wiringOf } from "../socket/wire.js";
import { Gatekeeper } from "./gatekeeper.js";
import { addressToBind, ipcPath, onlyTcp, webSocketUrl } from "./node-address.js";

/** Where a server listens: an address and a port, or a path. */
type Where = { readonly host: string; readonly port: number } | { readonly path: string };

/** An endpoint about to be bound. */
interface Plan {
  readonly address: string;
  readonly scheme: AddressScheme;
  readonly where: Where;
  readonly url: URL | undefined;
  readonly settings: ListenSettings;
  /** What must be there before anybody is let in. */
  readonly ready: Promise<void> | undefined;
  readonly gate: Gatekeeper;
  readonly owner: EndpointOwner;
}

/** Binds an endpoint. Rejects with the fault, which observers are told as well. */
export async function bindEndpoint(address: string, owner: EndpointOwner): Promise<OpenEndpoint> {
  const plan = planFor(address, owner);
  await plan.ready;
  try {
    const server = await serverFor(plan);
    await listenAt(server, plan);
    return new BoundEndpoint(server, plan);
  } catch (error) {
    throw failed(plan, faultOf(error, "EINVAL", address));
  }
}

/** As `bindEndpoint`, at once. Node binds addresses of this machine at once, too; why it could not it says later. */
export function bindEndpointSync(address: string, owner: EndpointOwner): OpenEndpoint {
  const plan = planFor(address, owner);
  if (plan.url !== undefined || plan.ready !== undefined) {
    throw notHere("bindSync", "over ws://, and with CURVE, it takes a moment: use bind");
  }
  const server = createServer({ allowHalfOpen: true }, (socket) => plan.gate.socket(socket));
  server.once("error", () => {});
  // As libzmq does: the path may be there since a process died.
  if ("path" in plan.where) rmSync(plan.where.path, { force: true });
  listenAtOnce(server, plan);
  if (server.address() === null) throw failed(plan, fault("EADDRINUSE", address));
  return new BoundEndpoint(server, plan);
}

/** Node's `listen` looks a host up first, even an address, which takes a tick: what it does then is called at once. */
interface ListensAtOnce {
  _listen2?(address: string, port: number, family: 4 | 6, backlog: number | undefined): void;
}

function listenAtOnce(server: Server, { where, settings }: Plan): void {
  const { backlog } = settings;
  const now = server as Server & ListensAtOnce;
  if ("path" in where) server.listen({ path: where.path, backlog });
  else if (now._listen2 !== undefined) now._listen2(where.host, where.port, isIPv6(where.host) ? 6 : 4, backlog);
  else throw notHere("bindSync", "this engine binds a moment later: use bind");
}

class BoundEndpoint implements OpenEndpoint {
  readonly names: readonly string[];
  readonly #server: Server;
  readonly #plan: Plan;

  constructor(server: Server, plan: Plan) {
    const name = nameOf(server, plan);
    this.#server = server;
    this.#plan = plan;
    this.names = [plan.address, name];
    plan.gate.address = name;
    // A peer that cannot be accepted, for want of descriptors say, is one peer's matter.
    server.on("error", (error) => {
      plan.owner.monitor.tell({ type: "accept:error", address: name, error: faultOf(error, "EMFILE") });
    });
    server.unref();
    plan.owner.monitor.tell({ type: "bind", address: name });
  }

  async close(): Promise<void> {
    this.#plan.owner.monitor.tell({ type: "close", address: this.names[1] });
    // The endpoint is free at once. Node's own word that a server has closed waits for its peers, who stay.
    this.#server.close();
  }

  get unsent(): boolean {
    return this.#plan.gate.unsent;
  }

  closePeers(linger: number): void {
    this.#plan.gate.closeAll(linger);
  }
}

function planFor(address: string, owner: EndpointOwner): Plan {
  const scheme = schemeOf(owner.name === "STREAM" ? onlyTcp(address) : address);
  const rest = address.slice(address.indexOf("://") + 3);
  const url = scheme === "ws" || scheme === "wss" ? webSocketUrl(address) : undefined;
  const { backlog, ipv6 } = owner.settings;
  const wiring = wiringOf(owner, url !== undefined);
  const settings: ListenSettings = {
    ...wiring.settings,
    noDelay: true,
    busyPoll: 0,
    onRefused: undefined,
    maxHandshakes: HANDSHAKES,
    maxHandshakesPerAddress: HANDSHAKES,
    failureDelay: FAILURE_DELAY,
    maxConnections: Infinity,
    maxHeld: Infinity,
    backlog: backlog || undefined,
  };
  const hostAndPort = url === undefined ? rest : `${url.hostname}:${url.port || 80}`;
  const where = scheme === "ipc" ? { path: pathFor(rest, address) } : addressToBind(hostAndPort, address, ipv6);
  return { address, scheme, where, url, settings, ready: wiring.ready, gate: new Gatekeeper(owner, settings), owner };
}

/** A wildcard is a path that nobody else has. */
function pathFor(rest: string, address: string): string {
  return rest === "*" ? join(mkdtempSync(join(tmpdir(), "zmq-")), "socket") : ipcPath(rest, address);
}

async function serverFor({ url, gate, settings, address }: Plan): Promise<Server> {
  if (url === undefined) return createServer({ allowHalfOpen: true }, (socket) => gate.socket(socket));
  try {
    return await webSocketServer(url, gate as never, settings);
  } catch (error) {
    const missing = (error as { code?: string }).code === "NO_WEBSOCKET";
    throw missing ? fault("EPROTONOSUPPORT", address, NO_PACKAGE) : error;
  }
}

function listenAt(server: Server, { where, settings }: Plan): Promise<void> {
  const listen = () => listening(server, { ...where, backlog: settings.backlog });
  return "path" in where ? listenOnPath(where.path, listen) : listen();
}

/** Observers are told where, without the scheme: as libzmq does. */
function failed({ address, owner }: Plan, error: ErrnoError): ErrnoError {
  owner.monitor.tell({ type: "bind:error", address: address.slice(address.indexOf("://") + 3), error });
  return error;
}

function nameOf(server: Server, { scheme, where, url }: Plan): string {
  if ("path" in where) return `ipc://${where.path.replace("\0", "@")}`;
  const { address, family, port } = server.address() as AddressInfo;
  const host = family === "IPv6" ? `[${address}]` : address;
  return `${scheme}://${host}:${port}${url?.pathname ?? ""}`;
}

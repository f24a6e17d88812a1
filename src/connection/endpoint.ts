/**
 * Endpoints: `tcp://host:port`, `ipc://path`, `ws://…`. A scheme is one row of the table here, and one of that in
 * node/schemes.ts.
 */

/** An endpoint, taken apart. */
export type Endpoint =
  | { readonly scheme: "tcp"; readonly host: string; readonly port: number }
  | { readonly scheme: "ipc"; readonly path: string }
  | { readonly scheme: "ws"; readonly url: URL };

/** How the peer is reached. `wss://` counts as "ws". */
export type Scheme = Endpoint["scheme"];

/** An endpoint of one scheme. */
export type EndpointOf<S extends Scheme> = Extract<Endpoint, { scheme: S }>;

const PARSERS: Record<string, (endpoint: string) => Endpoint> = { tcp, ipc, ws, wss: ws };

const SCHEME = /^([a-z]+):\/\//;
const TCP = /^tcp:\/\/(?:\[([^\]]+)\]|([^:[\]/]+)):(\d{1,5}|\*)$/;
const MAX_PORT = 65_535;

/** What fits the system's address of a Unix socket, its closing NUL left out. */
export const MAX_PATH = 107;

/** Takes an endpoint apart. Throws a TypeError that says what is wrong with it. */
export function parseEndpoint(endpoint: string): Endpoint {
  if (typeof endpoint !== "string") throw new TypeError(`an endpoint is a string, not ${typeof endpoint}`);
  const parse = PARSERS[SCHEME.exec(endpoint)?.[1] ?? ""];
  if (parse) return parse(endpoint);
  throw new TypeError(`${JSON.stringify(endpoint)} is no endpoint: it begins with tcp://, ipc://, ws:// or wss://`);
}

function ws(endpoint: string): Endpoint {
  return { scheme: "ws", url: new URL(endpoint) };
}

function tcp(endpoint: string): Endpoint {
  const [, ipv6, host = ipv6, digits] = TCP.exec(endpoint) ?? [];
  const port = digits === "*" ? 0 : Number(digits);
  if (host === undefined || !(port <= MAX_PORT)) {
    throw new TypeError(`${JSON.stringify(endpoint)} is not tcp://host:port or tcp://[address]:port`);
  }
  return { scheme: "tcp", host, port };
}

function ipc(endpoint: string): Endpoint {
  const path = endpoint.slice("ipc://".length);
  if (path === "") throw new TypeError("an ipc endpoint has a path: ipc:///tmp/name");
  const { length } = new TextEncoder().encode(path);
  // Node would cut it in silence, and listen somewhere else.
  if (length > MAX_PATH) {
    throw new TypeError(`an ipc path has at most ${MAX_PATH} octets, this one has ${length}: ${JSON.stringify(path)}`);
  }
  return { scheme: "ipc", path: systemPath(path) };
}

/** A path as Node has it: libzmq writes Linux's abstract names with an @ in front, Node with a NUL. */
export function systemPath(path: string): string {
  return path.startsWith("@") ? `\0${path.slice(1)}` : path;
}

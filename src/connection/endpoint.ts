/** Endpoints: `tcp://host:port`, `ipc://path`, `ws://…`. */

export type Endpoint =
  | { readonly scheme: "tcp"; readonly host: string; readonly port: number }
  | { readonly scheme: "ipc"; readonly path: string }
  | { readonly scheme: "ws"; readonly url: URL };

const TCP = /^tcp:\/\/(?:\[([^\]]+)\]|([^:[\]/]+)):(\d{1,5}|\*)$/;
const MAX_PORT = 65_535;

/** Takes an endpoint apart. Throws a TypeError that says what is wrong with it. */
export function parseEndpoint(endpoint: string): Endpoint {
  if (endpoint.startsWith("tcp://")) return tcp(endpoint);
  if (endpoint.startsWith("ipc://")) return ipc(endpoint);
  if (endpoint.startsWith("ws://") || endpoint.startsWith("wss://")) return { scheme: "ws", url: new URL(endpoint) };
  throw new TypeError(`${JSON.stringify(endpoint)} is no endpoint: it begins with tcp://, ipc://, ws:// or wss://`);
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
  // libzmq writes Linux's abstract names with an @ in front; Node with a NUL.
  return { scheme: "ipc", path: path.startsWith("@") ? `\0${path.slice(1)}` : path };
}

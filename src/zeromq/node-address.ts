/** Addresses of `tcp://` as libzmq takes them: a wildcard, an interface's name, a source in front of a semicolon. */
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { MAX_PATH, systemPath } from "../connection/endpoint.js";
import { fault } from "../socket/errno.js";

/** Where to bind, or what to connect to. */
export interface TcpAddress {
  readonly host: string;
  readonly port: number;
  /** What to connect from. */
  readonly localAddress?: string;
  readonly localPort?: number;
}

const HOST_AND_PORT = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5}|\*)$/;
const MOST = 65_535;

/** What comes behind `tcp://` or `ws://`, to bind. Throws EINVAL, or ENODEV for a host that is no address of ours. */
export function addressToBind(rest: string, address: string, ipv6: boolean): TcpAddress {
  const { host, port } = parsed(rest, address);
  if (host === "*") return { host: ipv6 ? "::" : "0.0.0.0", port };
  return { host: isIP(host) ? host : addressOf(host, ipv6, address), port };
}

/** What comes behind `tcp://`, to connect to. Throws EINVAL. */
export function addressToConnect(rest: string, address: string, ipv6: boolean): TcpAddress {
  const at = rest.indexOf(";");
  const { host, port } = parsed(rest.slice(at + 1), address);
  if (port === 0 || host === "*") throw fault("EINVAL", address);
  if (at < 0) return { host, port };
  const source = addressToBind(rest.slice(0, at), address, ipv6);
  return { host, port, localAddress: source.host, localPort: source.port };
}

/** Throws ENOCOMPATPROTO for what is not `tcp://`: STREAM sockets speak nothing else. */
export function onlyTcp(address: string): string {
  if (!address.startsWith("tcp://")) throw fault("ENOCOMPATPROTO", address);
  return address;
}

/** The path of an `ipc://` endpoint. Throws ENAMETOOLONG. */
export function ipcPath(rest: string, address: string): string {
  if (Buffer.byteLength(rest) > MAX_PATH) throw fault("ENAMETOOLONG", address);
  return systemPath(rest);
}

/** A `ws://` endpoint; `*` for a port is any. Throws EINVAL. */
export function webSocketUrl(address: string): URL {
  try {
    return new URL(address.replace(/:\*(?=\/|$)/, ":0"));
  } catch {
    throw fault("EINVAL", address);
  }
}

/** Whether the address of a peer is in a filter of libzmq's: an address, or `address/bits`. */
export function parsedFilter(filter: string): {
  readonly host: string;
  readonly bits: number;
  readonly family: "ipv4" | "ipv6";
} {
  const [host, bits] = filter.split("/");
  const family = isIP(host) === 6 ? "ipv6" : "ipv4";
  const most = family === "ipv6" ? 128 : 32;
  const length = bits === undefined ? most : Number(bits);
  if (!isIP(host) || !(length >= 0 && length <= most)) throw fault("EINVAL");
  return { host, bits: length, family };
}

function parsed(rest: string, address: string): TcpAddress {
  const [, ipv6, host = ipv6, digits] = HOST_AND_PORT.exec(rest) ?? [];
  const port = digits === "*" ? 0 : Number(digits);
  if (host === undefined || !(port <= MOST)) throw fault("EINVAL", address);
  return { host, port };
}

/** The address of an interface. As in libzmq names are not looked up: what is bound is an address of this machine. */
function addressOf(name: string, ipv6: boolean, address: string): string {
  const found = networkInterfaces()[name] ?? [];
  const fitting = found.find(({ family }) => family === "IPv4") ?? (ipv6 ? found[0] : undefined);
  if (fitting === undefined) throw fault("ENODEV", address);
  return fitting.address;
}

/** Endpoints as text: `tcp://host:port`, `ipc://path`, `inproc://name`, `ws://host:port/path`. */
import { fault } from "./errno.js";

/** What comes before `://`. */
export type AddressScheme = "inproc" | "tcp" | "ipc" | "ws" | "wss";

const SCHEMES: readonly string[] = ["inproc", "tcp", "ipc", "ws", "wss"];

/**
 * @internal The scheme of an endpoint. Throws EINVAL for what is no endpoint, EPROTONOSUPPORT for one that nobody here
 * speaks.
 */
export function schemeOf(address: string): AddressScheme {
  const at = address.indexOf("://");
  if (at <= 0 || at + 3 === address.length) throw fault("EINVAL", address);
  const scheme = address.slice(0, at);
  if (!SCHEMES.includes(scheme)) throw fault("EPROTONOSUPPORT", address);
  return scheme as AddressScheme;
}

/** A connection over a transport of the caller's own; the contract stands in transport.ts. */
import type { Connection } from "./connection.js";
import { open } from "./open.js";
import { type ConnectionOptions, settingsFor } from "./options.js";
import type { Transport, TransportUser } from "./transport.js";

const CALLS = ["write", "pause", "resume", "finish", "destroy"] as const;

/**
 * Opens a connection over a transport of your own. It serves both sides alike: whoever dialled and whoever was dialled.
 *
 * @param openTransport - Makes the transport and begins to reach the peer. The transport reports to `user`: first
 *   `attached(transport)`, which may happen inside this call, then what comes, last `gone`. See {@link Transport}.
 * @param options - As for every connection. `connectTimeout` counts until `attached`.
 * @returns The connection, once its handshake is complete.
 * @throws (rejects) a {@link ZmtpError}: NOT_REACHED with the transport's error as its `cause` if `gone` comes before
 *   `attached`, another code if the peer does not speak ZMTP as it should or takes too long; what `openTransport`
 *   throws; the signal's reason; a TypeError for what is no transport; a TypeError or a RangeError for an option that
 *   will not do.
 */
export async function overTransport(
  openTransport: (user: TransportUser) => Transport,
  options: ConnectionOptions,
): Promise<Connection> {
  if (typeof openTransport !== "function") {
    throw new TypeError("overTransport takes a function that is given a TransportUser and returns a Transport");
  }
  return open(settingsFor(options), {}, (link) => {
    link.dialling(checkedTransport(openTransport(link.reception)));
  });
}

function checkedTransport(transport: Transport): Transport {
  const missing = CALLS.find((call) => typeof transport?.[call] !== "function");
  if (missing === undefined) return transport;
  throw new TypeError(`a transport has write, pause, resume, finish and destroy; this one lacks ${missing}`);
}

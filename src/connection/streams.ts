/**
 * A pair of WHATWG byte streams as a connection: Deno and Bun sockets, Cloudflare's connect(), WebTransport,
 * Duplex.toWeb.
 */
import type { Connection } from "./connection.js";
import { open } from "./open.js";
import { type ConnectionOptions, settingsFor } from "./options.js";
import { type ByteStreams, StreamTransport } from "./stream-transport.js";

/**
 * Opens a connection over a pair of byte streams, which are locked and become the connection's.
 *
 * @throws (rejects) a {@link ZmtpError} if the peer does not speak ZMTP as it should, NOT_REACHED with the streams' own
 *   error as its cause, or the signal's reason; a TypeError or a RangeError for an option that will not do.
 */
export async function overStreams(streams: ByteStreams, options: ConnectionOptions): Promise<Connection> {
  if (typeof streams?.readable?.getReader !== "function" || typeof streams.writable?.getWriter !== "function") {
    throw new TypeError("overStreams takes { readable, writable }, a ReadableStream and a WritableStream of octets");
  }
  return open(settingsFor(options), {}, (link) => {
    link.reception.attached(new StreamTransport(streams, link.reception));
  });
}

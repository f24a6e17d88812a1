/**
 * `connect` in Node, Deno and Bun: tcp:// and ipc:// by sockets, ws:// by the `ws` package or the platform's WebSocket.
 */
import type { Connection } from "../connection.js";
import { parseEndpoint } from "../endpoint.js";
import { open } from "../open.js";
import { bufferPayload } from "./buffer-payload.js";
import { type NodeConnectOptions, nodeSettingsFor } from "./options.js";
import type { NodePayload } from "./payload-type.js";
import { routeTo } from "./schemes.js";

/**
 * Connects to `tcp://host:port`, `tcp://[::1]:port`, `ipc:///path`, `ws://…` or `wss://…`.
 *
 * @returns The connection, once its handshake is complete. Its payloads are Buffers.
 * @throws (rejects) a {@link ZmtpError}: NOT_REACHED with the system's error as its `cause` if the peer cannot be
 *   reached, another code if it does not speak ZMTP as it should or takes too long; the signal's reason; a TypeError
 *   for what is no endpoint, a TypeError or a RangeError for an option that will not do.
 */
export async function connect(url: string, options: NodeConnectOptions): Promise<Connection<NodePayload>> {
  const { thread } = options ?? {};
  if (thread) return (await import("./thread.js")).connectInThread(url, { ...options, thread });
  const endpoint = parseEndpoint(url);
  const settings = nodeSettingsFor(options);
  const route = await routeTo(endpoint, settings);
  return open(route.settings, { ...route.parts, makePayload: bufferPayload }, route.dial);
}

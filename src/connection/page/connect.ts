/** `connect` in a page: ws:// in this thread or in a worker. */
import { connect as connectHere } from "../connect.js";
import type { Connection } from "../connection.js";
import type { PageConnectOptions } from "./options.js";
import { connectInThread } from "./thread.js";

/**
 * Connects to `ws://` or `wss://`, here or, with `thread`, in a worker.
 *
 * @throws (rejects) as `connect` of `monocoque` does; a {@link ZmtpError} THREAD_ENDED if the worker cannot be loaded;
 *   a TypeError for options that cannot be handed to a worker.
 */
export async function connect(url: string, options: PageConnectOptions): Promise<Connection> {
  const { thread, ...rest } = options ?? {};
  return thread ? connectInThread(url, { ...rest, thread } as never) : connectHere(url, options);
}

/** How a thread gets to a worker that another thread has started: by a port, which can be handed over. */
import type { ThreadWorker } from "./options.js";
import type { ThreadPort } from "./thread-port-type.js";

/**
 * A port to the worker of `thread: true`, or to one of your own, for another thread of this process. Hand it over
 * (`workerData` and `transferList` of a Worker, or `postMessage`), and connect there with `thread: port`: what that
 * thread receives lies in memory that it shares with the worker, and takes no way through this thread. Each port is for
 * one thread, and for any number of connections. They end when their thread ends, when this worker does, or when the
 * port is closed.
 *
 * @param worker - Default: the worker that all connections of this thread with `thread: true` share.
 * @throws (rejects) a TypeError for what is no such worker.
 */
export async function threadPort(worker: ThreadWorker | ThreadPort | true = true): Promise<ThreadPort> {
  return (await import("./thread.js")).portTo(worker);
}

/** What a thread tells a worker, so that another thread gets to it. */
import type { MessagePort } from "node:worker_threads";

/** As much of a port as is used. */
export type Port = Pick<MessagePort, "postMessage" | "on">;

/** To a worker: somebody else speaks at this port. */
export interface Join {
  readonly type: "join";
  readonly port: MessagePort;
}

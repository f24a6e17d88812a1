/**
 * Monocoque where there are sockets: everything of "monocoque", and connect and listen for tcp://, ipc:// and ws://.
 */
export { connect } from "./connection/node/connect.js";
export { type Listener, listen } from "./connection/node/listen.js";
export type {
  ListenOptions,
  NodeConnectionOptions,
  NodeConnectOptions,
  Refusal,
  ThreadWorker,
} from "./connection/node/options.js";
export type { NodePayload } from "./connection/node/payload-type.js";
export { threadPort } from "./connection/node/thread-port.js";
export type { ThreadPort } from "./connection/node/thread-port-type.js";
export * from "./index.js";

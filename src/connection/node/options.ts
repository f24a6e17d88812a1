/** What sockets add to a connection's options. */
import type { ConnectionOptions } from "../options.js";

export interface NodeConnectionOptions extends ConnectionOptions {
  /** TCP: small writes leave at once; default true. False lets the system gather them (Nagle). */
  readonly noDelay?: boolean | undefined;
  /**
   * TCP and IPC: microseconds for which the thread looks for an answer to what was sent, in place of sleeping; default 0. Round trips
   * become shorter by what waking costs, and the core is busy meanwhile.
   */
  readonly busyPoll?: number | undefined;
}

export interface ListenOptions extends NodeConnectionOptions {
  /** Handshakes that may be under way at once; beyond it the oldest is dropped. Default 1,000. */
  readonly maxHandshakes?: number | undefined;
  /** Connections that the system queues before they are accepted; default 511. */
  readonly backlog?: number | undefined;
}

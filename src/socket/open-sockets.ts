/** The sockets that are bound or connected, for whoever looks after them when the process ends. */

/** A socket that is bound or connected. */
export interface OpenSocket {
  /** Whether messages wait that somebody could still get. */
  readonly unsent: boolean;
  /** Whether its context holds a process for the sake of its messages. */
  readonly blocky: boolean;
  close(): void;
}

/** All that there are on this thread. A forgotten socket is closed when it is collected (`forgotten` in socket.ts). */
export const openSockets = new Set<OpenSocket>();

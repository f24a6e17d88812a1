/** How a page and a worker meet. */

/** The first word, to the worker. */
export interface Assignment {
  readonly monocoque: "thread";
  /** Everything else goes by this. */
  readonly port: MessagePort;
  /** The name of a lock that the worker is to hold for as long as it lives. */
  readonly lock: string;
}

/** The worker's first word: it holds the lock. */
export const HELD = "held";

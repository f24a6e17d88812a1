/** What a page's workers add to a connection's options. */
import type { ConnectionOptions } from "../options.js";

/** What is used of a page's Worker; spelled out for programs without the DOM's types. */
export interface PageWorker {
  postMessage(message: unknown, transfer: unknown[]): void;
  addEventListener(type: string, listener: (event: unknown) => void): void;
}

/** Options of `connect` in a page. */
export interface PageConnectOptions extends ConnectionOptions {
  /**
   * The work of this connection is done in a dedicated worker; opening frames and putting messages together costs this
   * thread nothing. True: in a worker that all such connections share, of a file of this package; or a Worker of your
   * own that runs `monocoque/thread`. `connection.thread` says whether `batches()` then gives "shared" memory, as in a
   * page that is `crossOriginIsolated`: copy with `toOwned()` what you hand to the platform; or "transferred" memory,
   * which is ordinary. Default false.
   */
  readonly thread?: boolean | PageWorker | undefined;
}

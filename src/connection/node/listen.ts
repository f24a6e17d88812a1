/// <reference lib="esnext.disposable" preserve="true" />
/** `listen` in Node, Deno and Bun: tcp://, ipc:// and ws://. Gives each peer once its handshake is complete. */
import type { Server } from "node:net";
import { ZmtpSession } from "../../session/session.js";
import { onAbort } from "../abort.js";
import type { Connection } from "../connection.js";
import { type Endpoint, parseEndpoint } from "../endpoint.js";
import { Doorman } from "./doorman.js";
import { type ListenOptions, listenSettingsFor } from "./options.js";
import type { NodePayload } from "./payload-type.js";
import { serverAt } from "./schemes.js";
import { endpointOf } from "./server.js";

/**
 * Accepts peers. Iterating gives each connection once its handshake is complete; one bad peer never disturbs another.
 */
export interface Listener extends AsyncIterable<Connection<NodePayload>>, AsyncDisposable {
  /**
   * Where it listens, the port that the system chose included: an address that peers of this machine can connect to.
   */
  readonly endpoint: string;
  /** Peers that were not let in so far; `onRefused` tells of each. */
  readonly refused: number;
  /**
   * Stops accepting and drops the peers not handed out yet; those handed out live on. Resolves when the endpoint is
   * free again. An iteration ends.
   */
  close(): Promise<void>;
  /** Keeps the process alive, as at first. */
  ref(): void;
  /** Lets the process end while this listener waits. */
  unref(): void;
}

/**
 * Listens on `tcp://host:port`, `tcp://*:0` (the system chooses the port), `ipc:///path` or `ws://host:port/path` (with
 * the `ws` package). An IPC path left behind by a dead process is replaced; a live one is refused.
 *
 * @throws (rejects) the system's error if the endpoint is taken, or a TypeError for what is no endpoint; a TypeError or
 *   a RangeError for an option that will not do.
 */
export async function listen(url: string, options: ListenOptions): Promise<Listener> {
  const endpoint = parseEndpoint(url);
  const settings = listenSettingsFor(options);
  // What a session would refuse later, with the first peer, is refused now.
  new ZmtpSession(settings);
  settings.signal?.throwIfAborted();
  const doorman = new Doorman(settings);
  const server = await serverAt(endpoint, doorman, settings);
  return new OpenListener(server, endpoint, doorman, settings.signal);
}

class OpenListener implements Listener {
  readonly endpoint: string;
  readonly #server: Server;
  readonly #doorman: Doorman;
  readonly #forgetSignal: () => void;

  constructor(server: Server, endpoint: Endpoint, doorman: Doorman, signal: AbortSignal | undefined) {
    this.endpoint = endpointOf(server, endpoint);
    this.#server = server;
    this.#doorman = doorman;
    // A peer that cannot be accepted, for want of descriptors say, is one peer's matter.
    server.on("error", () => {});
    this.#forgetSignal = onAbort(signal, () => void this.close());
  }

  get refused(): number {
    return this.#doorman.refused;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Connection<NodePayload>, undefined> {
    for (;;) {
      const peer = await this.#doorman.next();
      if (peer === undefined) return undefined;
      yield peer;
    }
  }

  async close(): Promise<void> {
    this.#forgetSignal();
    // The endpoint is free at once. Node's own word that a server has closed waits for its sockets, which live on.
    this.#server.close();
    this.#doorman.close();
  }

  ref(): void {
    this.#server.ref();
  }

  unref(): void {
    this.#server.unref();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The threads that connections may be put into, and the way into one. */
import { createRequire } from "node:module";
import { MessageChannel, MessagePort, Worker } from "node:worker_threads";
import { checkedMechanism, type Mechanism } from "../../session/mechanism.js";
import type { Connection } from "../connection.js";
import { parseEndpoint } from "../endpoint.js";
import { Opening } from "../opening.js";
import { type Passage, sharedPassage } from "../thread/passage.js";
import { refuseCodec } from "../thread/refuse-codec.js";
import { RemoteLink, type RemoteUser, type Workplace } from "../thread/remote-link.js";
import { RemoteLinks } from "../thread/remote-links.js";
import { ringMemory, scannedMemory } from "../thread/ring.js";
import { INBOUND, OUTBOUND } from "../thread/ring-shapes.js";
import type { News, Order } from "../thread/words.js";
import { bufferPayload } from "./buffer-payload.js";
import type { Join } from "./join-order.js";
import { type NodeConnectionOptions, type NodeConnectOptions, nodeSettingsFor } from "./options.js";
import type { NodePayload } from "./payload-type.js";
import type { ThreadPort } from "./thread-port-type.js";

/** What leads to a thread: a worker, or a port to one that another thread has started. */
type Way = Worker | MessagePort;

/** One thread, and the connections whose work is done in it. */
class Thread implements Workplace {
  readonly #way: Way;
  readonly #links = new RemoteLinks();
  #held = 0;
  #over = false;
  #cause: unknown;

  constructor(way: Way) {
    this.#way = way;
    way.on("message", (news: News) => this.#links.hear(news));
    if (way instanceof Worker) {
      // One that has ended already says so by its number, and by no event any more.
      this.#over = way.threadId < 0;
      way.on("error", (error) => this.#end(error));
      way.on("exit", (code) => this.#end(new Error(`The worker exited with code ${code}`)));
    } else way.on("close", () => this.#end(new Error("The port to the worker was closed")));
    way.unref();
  }

  connect(url: string, options: NodeConnectionOptions, user: RemoteUser): void {
    const settings = nodeSettingsFor(options);
    const link = this.#links.add((id) => new RemoteLink(id, url, settings, bufferPayload, this, user));
    if (this.#over) link.threadEnded(this.#cause);
  }

  /** A way for one thread more. */
  join(): ThreadPort {
    const { port1, port2 } = new MessageChannel();
    this.#way.postMessage({ type: "join", port: port1 } satisfies Join, [port1]);
    return port2;
  }

  tell(order: Order): void {
    this.#way.postMessage(order);
  }

  passage(): Passage {
    return sharedPassage({ inbound: scannedMemory(INBOUND), outbound: ringMemory(OUTBOUND) });
  }

  hold(change: 1 | -1): void {
    this.#held += change;
    if (this.#held > 0) this.#way.ref();
    else this.#way.unref();
  }

  left(id: number): void {
    this.#links.delete(id);
  }

  #end(cause: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#cause = cause;
    if (common === this) common = undefined;
    this.#links.threadEnded(cause);
  }
}

const require = /* @__PURE__ */ createRequire(import.meta.url);

/** Each by what leads to it, and the one for whoever brings nothing. */
const threads = new WeakMap<Way, Thread>();
let common: Thread | undefined;

/** A worker without the flags of this process: some of them, as --input-type, forbid to run a file. */
function commonWorker(): Worker {
  return new Worker(require.resolve("monocoque/thread"), { name: "monocoque", execArgv: [] });
}

function threadOf(way: unknown): Thread {
  if (way === true) {
    common ??= new Thread(commonWorker());
    return common;
  }
  if (!(way instanceof Worker || way instanceof MessagePort)) {
    throw new TypeError("thread is true, a Worker that runs monocoque/thread, or what threadPort() gave");
  }
  const known = threads.get(way) ?? new Thread(way);
  threads.set(way, known);
  return known;
}

/** `threadPort`. */
export function portTo(worker: unknown): ThreadPort {
  return threadOf(worker).join();
}

/**
 * Connects in another thread: `true` for one that all such connections share, or a worker that runs `monocoque/thread`,
 * or a port to one.
 */
export async function connectInThread(
  url: string,
  { thread, ...options }: NodeConnectOptions,
): Promise<Connection<NodePayload>> {
  const { scheme } = parseEndpoint(url);
  if (scheme === "ws") throw new TypeError(`thread is for tcp:// and ipc://; connect to ${url} without it`);
  refuseCodec(options);
  if (options.mechanism !== undefined) checkRecipe(options.mechanism);
  const there = threadOf(thread);
  return new Promise((resolve, reject) => {
    there.connect(url, options, new Opening<NodePayload>(resolve, ({ error }) => reject(error)));
  });
}

function checkRecipe(mechanism: Mechanism): void {
  const { name, asServer, recipe } = checkedMechanism(mechanism);
  if (recipe !== undefined) return;
  const why = asServer ? `a ${name} server decides by functions of this thread` : `this ${name} has no recipe()`;
  throw new TypeError(
    `mechanism cannot be handed to another thread: ${why}. Leave out thread, or give it a recipe() and thread a ` +
      "Worker of your own that provides its maker (provideMechanism)",
  );
}

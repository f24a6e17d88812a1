/** The threads that connections may be put into, and the way into one. */
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { Connection } from "../connection.js";
import { parseEndpoint } from "../endpoint.js";
import { Opening } from "../opening.js";
import { type Passage, sharedPassage } from "../thread/passage.js";
import { RemoteLink, type RemoteUser, type Workplace } from "../thread/remote-link.js";
import { ringMemory, scannedMemory } from "../thread/ring.js";
import { INBOUND, OUTBOUND } from "../thread/ring-shapes.js";
import type { News, Order } from "../thread/words.js";
import { bufferPayload } from "./buffer-payload.js";
import { type NodeConnectionOptions, nodeSettingsFor, type ThreadWorker } from "./options.js";
import type { NodePayload } from "./payload-type.js";

/** One thread, and the connections whose work is done in it. */
class Thread implements Workplace {
  readonly #worker: Worker;
  readonly #links = new Map<number, RemoteLink>();
  #ids = 0;
  #held = 0;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.unref();
    worker.on("message", (news: News) => this.#hear(news));
    worker.on("error", (error) => this.#end(error));
    worker.on("exit", (code) => this.#end(new Error(`The worker exited with code ${code}`)));
  }

  connect(url: string, options: NodeConnectionOptions, user: RemoteUser): void {
    const settings = nodeSettingsFor(options);
    const id = ++this.#ids;
    const link = new RemoteLink(id, url, settings, bufferPayload, this, user);
    this.#links.set(id, link);
    // One that has ended already says so by its number, and by no event any more.
    if (this.#worker.threadId < 0) link.threadEnded(undefined);
  }

  tell(order: Order): void {
    this.#worker.postMessage(order);
  }

  passage(): Passage {
    return sharedPassage({ inbound: scannedMemory(INBOUND), outbound: ringMemory(OUTBOUND) });
  }

  hold(change: 1 | -1): void {
    this.#held += change;
    if (this.#held > 0) this.#worker.ref();
    else this.#worker.unref();
  }

  left(id: number): void {
    this.#links.delete(id);
  }

  #hear(news: News): void {
    if (typeof news === "number") this.#links.get(news)?.woken();
    else this.#links.get(news.id)?.told(news);
  }

  #end(cause: unknown): void {
    threads.delete(this.#worker);
    if (shared === this) shared = undefined;
    for (const link of [...this.#links.values()]) link.threadEnded(cause);
  }
}

const require = /* @__PURE__ */ createRequire(import.meta.url);

/** Each worker by itself, and the one for whoever brings none. */
const threads = new WeakMap<Worker, Thread>();
let shared: Thread | undefined;

/** A worker without the flags of this process: some of them, as --input-type, forbid to run a file. */
function ours(): Worker {
  return new Worker(require.resolve("monocoque/thread"), { name: "monocoque", execArgv: [] });
}

function threadOf(worker: Worker | true): Thread {
  if (worker === true) {
    shared ??= new Thread(ours());
    return shared;
  }
  const known = threads.get(worker) ?? new Thread(worker);
  threads.set(worker, known);
  return known;
}

/**
 * Connects in another thread: `true` for one that all such connections share, or a worker that runs `monocoque/thread`.
 */
export async function connectInThread(
  url: string,
  { thread, ...options }: NodeConnectionOptions & { readonly thread: ThreadWorker | true },
): Promise<Connection<NodePayload>> {
  if (thread !== true && !(thread instanceof Worker)) {
    throw new TypeError("thread is true, or a Worker that runs monocoque/thread");
  }
  const { scheme } = parseEndpoint(url);
  if (scheme === "ws") throw new TypeError(`thread is for tcp:// and ipc://; connect to ${url} without it`);
  for (const name of ["mechanism", "codec"] as const) {
    if (options[name] !== undefined) {
      throw new TypeError(`${name} cannot be handed to another thread: leave it out, or leave out thread`);
    }
  }
  return new Promise((resolve, reject) => {
    threadOf(thread).connect(url, options, new Opening<NodePayload>(resolve, ({ error }) => reject(error)));
  });
}

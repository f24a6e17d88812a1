/** The workers that connections of a page may be put into, and the way into one. */
import { checkedCall } from "../connect.js";
import type { Connection } from "../connection.js";
import { Opening } from "../opening.js";
import type { ConnectionOptions, LinkSettings } from "../options.js";
import { plainPayload } from "../payload-maker.js";
import type { Passage } from "../thread/passage.js";
import { refuseCodec } from "../thread/refuse-codec.js";
import { RemoteLink, type RemoteUser, type Workplace } from "../thread/remote-link.js";
import { RemoteLinks } from "../thread/remote-links.js";
import type { News, Order } from "../thread/words.js";
import { zwsParts } from "../zws-link.js";
import type { PageWorker } from "./options.js";
import { packedPassage } from "./packed.js";
import { webLocks } from "./platform.js";
import { type Assignment, HELD } from "./words.js";

/** One worker, and the connections whose work is done in it. */
class Thread implements Workplace {
  readonly #port: MessagePort;
  readonly #left: () => void;
  readonly #links = new RemoteLinks();
  #over = false;

  /** @param left - Called when it has ended. */
  constructor(worker: PageWorker, left: () => void) {
    const { port1, port2 } = new MessageChannel();
    const lock = `monocoque ${performance.now()} ${Math.random()}`;
    this.#port = port1;
    this.#left = left;
    port1.onmessage = ({ data }: MessageEvent<News | typeof HELD>) => {
      if (data === HELD) this.#watch(lock);
      else this.#links.hear(data);
    };
    port1.onmessageerror = () => this.#end(new TypeError("The page cannot read what the worker has posted"));
    // `terminate()` makes no event at the worker. Not every browser knows this one, and not every page has locks.
    port1.addEventListener("close", () => this.#end(new Error("The worker is gone")));
    worker.addEventListener("error", (event) => this.#end(causeOf(event as Partial<ErrorEvent>)));
    worker.postMessage({ monocoque: "thread", port: port2, lock } satisfies Assignment, [port2]);
  }

  connect(url: string, settings: LinkSettings, user: RemoteUser): void {
    this.#links.add((id) => new RemoteLink(id, url, settings, plainPayload, this, user));
  }

  tell(order: Order, moved: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(order, [...moved]);
  }

  passage(id: number): Passage {
    return packedPassage(id, (passing, moved) => this.tell(passing, moved));
  }

  hold(): void {}

  left(id: number): void {
    this.#links.delete(id);
  }

  /** The worker has the lock, and keeps it for as long as it lives. */
  #watch(lock: string): void {
    void webLocks()?.request(lock, () => this.#end(new Error("The worker is gone")));
  }

  /** It may live on, after an error: then what it does for us ends, too. */
  #end(cause: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#left();
    this.#links.threadEnded(cause, (id) => this.tell({ type: "destroy", id }));
    this.#port.close();
  }
}

/** What a worker's error event says: of an exception all, of a script that could not be loaded nothing. */
function causeOf({ error, message }: Partial<ErrorEvent>): unknown {
  return error ?? new Error(message ?? "The worker could not be loaded: with a bundler, pass a Worker of your own");
}

/** Each worker by itself, and the one for whoever brings none. */
const threads = /* @__PURE__ */ new WeakMap<PageWorker, Thread>();
let ours: Worker | undefined;

function threadOf(worker: PageWorker): Thread {
  const known = threads.get(worker) ?? new Thread(worker, () => threads.delete(worker));
  threads.set(worker, known);
  return known;
}

/** The worker for whoever brings none: of a file that lies beside this one. */
function ourThread(): Thread {
  if (ours === undefined || !threads.has(ours)) {
    ours?.terminate();
    ours = new Worker(new URL("./page-thread.js", import.meta.url), { type: "module", name: "monocoque" });
  }
  return threadOf(ours);
}

/** Connects in a worker: `true` for one that all such connections share, or one that runs `monocoque/thread`. */
export async function connectInThread(
  url: string,
  { thread, ...options }: ConnectionOptions & { readonly thread: PageWorker | true },
): Promise<Connection> {
  if (thread !== true && typeof thread.postMessage !== "function") {
    throw new TypeError("thread is true, or a Worker that runs monocoque/thread");
  }
  refuseCodec(options);
  const [, settings] = checkedCall(url, options);
  zwsParts(settings);
  return new Promise((resolve, reject) => {
    const opening = new Opening(resolve, ({ error }) => reject(error));
    (thread === true ? ourThread() : threadOf(thread)).connect(url, settings, opening);
  });
}

/**
 * "monocoque/zeromq/v5-compat": sockets as the `zeromq` package had them up to version 5, and as its `v5-compat` offers
 * them.
 */
import { EventEmitter } from "node:events";
import * as zmq from "./index.js";
import { ZMQ_SNDMORE } from "./v5-constants.js";
import { readOption, type ShortOption, shortOptions, writeOption } from "./v5-options.js";

export const version: string = zmq.version;
export * from "./v5-constants.js";
export { Context } from "./v5-context.js";
export { shortOptions as options } from "./v5-options.js";
export { proxy } from "./v5-proxy.js";

/** The classes of today, by the names of version 5. */
const CLASSES = {
  pair: zmq.Pair,
  req: zmq.Request,
  rep: zmq.Reply,
  pub: zmq.Publisher,
  sub: zmq.Subscriber,
  dealer: zmq.Dealer,
  xreq: zmq.Dealer,
  router: zmq.Router,
  xrep: zmq.Router,
  pull: zmq.Pull,
  push: zmq.Push,
  xpub: zmq.XPublisher,
  xsub: zmq.XSubscriber,
  stream: zmq.Stream,
};

/** The types by their names in version 5. */
export type SocketType = keyof typeof CLASSES;

/** Called when it is done, with the error if it failed. */
type Callback = (error?: Error) => void;

/** Types that never get a message. */
const DEAF: readonly SocketType[] = ["push", "pub"];

/** A socket of today, with all that its type may lack. */
type Inner = zmq.Socket & {
  send(message: unknown): Promise<void>;
  receive(): Promise<zmq.Message[]>;
  subscribe?(filter: string | Uint8Array): void;
  unsubscribe?(filter: string | Uint8Array): void;
};

/** Events as version 5 called them; those that have failed have their number for a value. */
const MONITORED: Partial<Record<zmq.EventType, string>> = {
  connect: "connect",
  "connect:delay": "connect_delay",
  "connect:retry": "connect_retry",
  bind: "listen",
  "bind:error": "bind_error",
  accept: "accept",
  "accept:error": "accept_error",
  close: "close",
  "close:error": "close_error",
  disconnect: "disconnect",
};

/** A socket that emits "message", with the frames as arguments. */
export class Socket extends EventEmitter {
  /** As it was given to the constructor. */
  readonly type: SocketType;
  readonly #socket: Inner;
  #unfinished: unknown[] = [];
  readonly #toSend: { readonly message: unknown[]; readonly done: Callback | undefined }[] = [];
  readonly #held: zmq.Message[][] = [];
  #sending = false;
  #paused = false;

  /** @throws An Error for an unknown type. */
  constructor(type: SocketType) {
    super();
    if (!Object.hasOwn(CLASSES, type)) throw new Error(`Invalid socket type: ${type}`);
    this.type = type;
    this.#socket = new CLASSES[type]() as unknown as Inner;
    if (!DEAF.includes(type)) void this.#receiveAll();
  }

  /** Binds it; then "bind" is emitted, or without `done` an "error". */
  bind(address: string, done?: Callback): this {
    this.#whenDone(this.#socket.bind(address), "bind", address, done);
    return this;
  }

  /** Ends what is bound under this address; then "unbind" is emitted, or without `done` an "error". */
  unbind(address: string, done?: Callback): this {
    this.#whenDone(this.#socket.unbind(address), "unbind", address, done);
    return this;
  }

  /** As `bind`, done when it returns. Throws what failed. */
  bindSync(address: string): void {
    this.#socket.bindSync(address);
  }

  /** As `unbind`, at once. Throws what failed. */
  unbindSync(address: string): void {
    this.#socket.unbindSync(address);
  }

  /** Connects it, now or whenever there is somebody. */
  connect(address: string): this {
    this.#socket.connect(address);
    return this;
  }

  /** Undoes `connect`. */
  disconnect(address: string): this {
    this.#socket.disconnect(address);
    return this;
  }

  /** Sends a message; with `ZMQ_SNDMORE` in `flags` its frames wait for those of the next call. */
  send(message: unknown, flags?: number | null, done?: Callback): this {
    this.#unfinished.push(...(Array.isArray(message) ? message : [message]));
    if (((flags ?? 0) & ZMQ_SNDMORE) !== 0) return this;
    this.#toSend.push({ message: this.#unfinished, done });
    this.#unfinished = [];
    void this.#sendAll();
    return this;
  }

  /** @throws Always: listen to "message". */
  read(): never {
    throw new Error("read() has been removed from compatibility mode; use on('message', ...) instead.");
  }

  /** Emits no message and sends none until `resume`. */
  pause(): void {
    this.#paused = true;
  }

  /** Emits what has come meanwhile, and goes on. */
  resume(): void {
    this.#paused = false;
    for (const message of this.#held.splice(0)) this.#emitMessage(message);
    void this.#sendAll();
  }

  /** Closes it; nothing is emitted any more. */
  close(): this {
    this.#socket.close();
    return this;
  }

  /** Whether it has been closed. */
  get closed(): boolean {
    return this.#socket.closed;
  }

  /** Asks for all messages that begin with `filter`. Throws an Error for a socket that is no subscriber. */
  subscribe(filter: string | Uint8Array): this {
    if (this.#socket.subscribe === undefined) throw new Error("Subscriber socket required");
    this.#socket.subscribe(filter);
    return this;
  }

  /** Undoes one `subscribe` of the same filter. Throws an Error for a socket that is no subscriber. */
  unsubscribe(filter: string | Uint8Array): this {
    if (this.#socket.unsubscribe === undefined) throw new Error("Subscriber socket required");
    this.#socket.unsubscribe(filter);
    return this;
  }

  /** Emits what happens to the endpoints. All events are read as they come: the arguments of version 5 are ignored. */
  monitor(interval?: number, events?: number): this {
    if (interval !== undefined || events !== undefined) {
      process.emitWarning("monitor() ignores its arguments in compatibility mode: all events are read as they come");
    }
    void this.#monitorAll();
    return this;
  }

  /** Ends what `monitor` began. */
  unmonitor(): this {
    this.#socket.events.close();
    return this;
  }

  /** Sets an option, by its number or its short name. */
  setsockopt(option: number | ShortOption, value: unknown): this {
    writeOption(this.#socket as never, option, value);
    return this;
  }

  /** The value of an option, by its number or its short name. */
  getsockopt(option: number | ShortOption): unknown {
    return readOption(this.#socket as never, option);
  }

  #whenDone(change: Promise<void>, event: string, address: string, done: Callback | undefined): void {
    change.then(
      () => {
        this.emit(event, address);
        done?.();
      },
      (error) => {
        if (done !== undefined) done(error);
        else this.emit("error", error);
      },
    );
  }

  async #receiveAll(): Promise<void> {
    while (!this.closed) {
      try {
        const message = await this.#socket.receive();
        if (this.#paused) this.#held.push(message);
        else this.#emitMessage(message);
      } catch (error) {
        if (!this.closed) await this.#failed(error, (reason) => this.emit("error", reason));
      }
    }
  }

  async #sendAll(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    while (!this.closed && !this.#paused) {
      const next = this.#toSend.shift();
      if (next === undefined) break;
      const { message, done } = next;
      const error = await this.#sendOne(message);
      if (error === undefined) done?.();
      else if (await this.#failed(error, done ?? ((reason) => this.emit("error", reason)))) this.#toSend.unshift(next);
    }
    this.#sending = false;
  }

  async #sendOne(message: unknown[]): Promise<unknown> {
    try {
      await this.#socket.send(message);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** A socket that is being bound is busy: then it is tried again. */
  async #failed(error: unknown, tell: (error: Error) => void): Promise<boolean> {
    const busy = (error as zmq.ErrnoError).code === "EBUSY";
    if (busy) await new Promise((resolve) => setImmediate(resolve));
    else tell(error as Error);
    return busy;
  }

  #emitMessage(message: zmq.Message[]): void {
    // In a turn of its own: what a listener throws must not end the reading.
    process.nextTick(() => this.emit("message", ...message));
  }

  async #monitorAll(): Promise<void> {
    for await (const event of this.#socket.events) {
      const name = MONITORED[event.type];
      if (name === undefined) continue;
      const { address, interval, error } = event as { address?: string; interval?: number; error?: zmq.ErrnoError };
      this.emit(name, error === undefined ? interval : error.errno, address, error);
    }
  }
}

for (const name of Object.keys(shortOptions) as ShortOption[]) {
  Object.defineProperty(Socket.prototype, name, {
    get(this: Socket) {
      return this.getsockopt(name);
    },
    set(this: Socket, value: unknown) {
      this.setsockopt(name, typeof value === "string" ? Buffer.from(value) : value);
    },
  });
}

/** Makes a socket, with these options. */
export function createSocket(type: SocketType, options: Record<string, unknown> = {}): Socket {
  return Object.assign(new Socket(type), options);
}
export { createSocket as socket };

/** A new pair of keys for CURVE. */
export function curveKeypair(): { public: string; secret: string } {
  const { publicKey, secretKey } = zmq.curveKeyPair();
  return { public: publicKey, secret: secretKey };
}

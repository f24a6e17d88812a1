// biome-ignore-all lint/complexity/noArguments: how many there are is what is checked.
/** `Socket`: the face of every socket, with the methods and the errors of the `zeromq` package. */
import { refuseMore, setAll, wantsAddress, wantsOptions } from "./arguments.js";
import { type Context, context, contextCore } from "./context-face.js";
import { SocketCore } from "./core.js";
import { revealCores } from "./core-of.js";
import { Observer } from "./observer.js";

/** Sockets that nobody has any more are closed. One that somebody waits for is held by whoever waits. */
const forgotten = new FinalizationRegistry<SocketCore>((core) => core.close());

/** What all sockets have. Not to be made by itself: take the class of the type that you want. */
export abstract class Socket {
  /** The type, by libzmq's number. */
  declare readonly type: number;
  /** The endpoint bound or connected last, as it turned out to be: with its address and port. */
  declare readonly lastEndpoint: string | null;
  declare readonly securityMechanism: null | "plain" | "curve" | "gssapi";
  declare readonly threadSafe: boolean;
  /** Milliseconds that messages may still leave after `close`; -1: for ever. */
  declare linger: number;
  /** True: messages wait only for peers that are there. */
  declare immediate: boolean;
  /**
   * Milliseconds until a lost peer is reached for again; -1: never. Doubled up to `reconnectMaxInterval`, if that is
   * set.
   */
  declare reconnectInterval: number;
  declare reconnectMaxInterval: number;
  /** Octets of a frame that a peer may send; -1: 2³¹−1. */
  declare maxMessageSize: number;
  /** Connections that the system queues before they are accepted. */
  declare backlog: number;
  /** Whether `*` is IPv6 as well. */
  declare ipv6: boolean;
  /** Milliseconds for a peer's handshake, and to reach it; 0: any. */
  declare handshakeInterval: number;
  declare connectTimeout: number;
  /** Milliseconds between two PINGs, until silence ends the connection, and until the peer may end it; 0: none. */
  declare heartbeatInterval: number;
  declare heartbeatTimeout: number;
  declare heartbeatTimeToLive: number;
  declare plainServer: boolean;
  declare plainUsername: string | null;
  declare plainPassword: string | null;
  declare curveServer: boolean;
  declare curvePublicKey: string | null;
  declare curveSecretKey: string | null;
  declare curveServerKey: string | null;
  /** The rules by which a ZAP handler judges our peers. */
  declare zapDomain: string | null;
  declare zapEnforceDomain: boolean;
  /** Addresses that may connect: "10.0.0.0/8"; null: all. */
  declare tcpAcceptFilter: string | null;
  declare tcpKeepalive: number;
  declare tcpKeepaliveIdle: number;
  // The rest is taken and has no effect, or is refused at bind and connect: docs/zeromq.md.
  declare tcpKeepaliveCount: number;
  declare tcpKeepaliveInterval: number;
  declare tcpMaxRetransmitTimeout: number;
  declare typeOfService: number;
  declare affinity: number;
  declare rate: number;
  declare recoveryInterval: number;
  declare multicastMaxTransportDataUnit: number;
  declare loopbackFastPath: boolean;
  declare socksProxy: string | null;
  declare interface: string | null;
  declare vmciBufferSize: number;
  declare vmciBufferMinSize: number;
  declare vmciBufferMaxSize: number;
  declare vmciConnectTimeout: number;
  readonly #core: SocketCore;
  #context: Context | undefined;
  #events: Observer | undefined;

  static {
    revealCores((socket) => (#core in socket ? socket.#core : undefined));
  }

  /**
   * @param type - The number of its type, as `SocketType` has it.
   * @throws A TypeError for an option that does not exist, or a value of the wrong type; EINVAL for an unknown type.
   */
  protected constructor(type: number, options?: object) {
    if (typeof type !== "number") throw new TypeError("Socket type must be a number");
    wantsOptions(options);
    refuseMore(arguments.length, 2);
    const { context: given = context } = (options ?? {}) as { context?: Context };
    this.#core = new SocketCore(contextCore(given), type);
    this.#context = given;
    forgotten.register(this, this.#core, this.#core);
    // So that an option which does not exist is an error, and no silence.
    Object.seal(this);
    setAll(this, options, "context");
  }

  /** What happens to the socket's endpoints. */
  get events(): Observer {
    this.#events ??= new Observer(this);
    return this.#events;
  }

  /** The context it belongs to. */
  get context(): Context {
    return this.#context as Context;
  }

  /** Whether it has been closed. */
  get closed(): boolean {
    return this.#core.closed;
  }

  /** Whether `receive` would have a message at once. */
  get readable(): boolean {
    return this.#core.readable;
  }

  /** Whether `send` would accept a message at once. */
  get writable(): boolean {
    return this.#core.writable;
  }

  /** Closes it. What was sent may leave for `linger` milliseconds; whoever waits gets EAGAIN. */
  close(): void {
    refuseMore(arguments.length, 0);
    this.#core.close();
    if (!this.#core.closed) return;
    forgotten.unregister(this.#core);
    this.#context = undefined;
  }

  /** Binds it; until the promise is settled it can be used for nothing else. `*` is any interface, or any port. */
  bind(address: string): Promise<void> {
    wantsAddress(address, arguments.length);
    this.#core.check();
    return this.#core.whileBlocked(() => this.#core.endpoints.bind(address));
  }

  /** As `bind`, done when it returns. */
  bindSync(address: string): void {
    wantsAddress(address, arguments.length);
    this.#core.check();
    this.#core.endpoints.bindSync(address);
  }

  /** Ends what is bound under this address. Whoever is connected stays. */
  unbind(address: string): Promise<void> {
    wantsAddress(address, arguments.length);
    this.#core.check();
    return this.#core.whileBlocked(() => this.#core.endpoints.end(address));
  }

  /** As `unbind`; the address is free a moment later. */
  unbindSync(address: string): void {
    wantsAddress(address, arguments.length);
    this.#core.check();
    this.#core.endpoints.endSync(address);
  }

  /** Connects it, now or whenever there is somebody; a connection that is lost is made again. */
  connect(address: string): void {
    wantsAddress(address, arguments.length);
    this.#core.check();
    this.#core.endpoints.connect(address);
  }

  /** Undoes `connect`. */
  disconnect(address: string): void {
    wantsAddress(address, arguments.length);
    this.#core.check();
    this.#core.endpoints.endSync(address);
  }

  protected getBoolOption(option: number): boolean {
    return this.#core.options.get("Bool", option) as boolean;
  }

  protected setBoolOption(option: number, value: boolean): void {
    this.#core.options.set("Bool", option, value);
  }

  protected getInt32Option(option: number): number {
    return this.#core.options.get("Int32", option) as number;
  }

  protected setInt32Option(option: number, value: number): void {
    this.#core.options.set("Int32", option, value);
  }

  protected getUint32Option(option: number): number {
    return this.#core.options.get("Uint32", option) as number;
  }

  protected setUint32Option(option: number, value: number): void {
    this.#core.options.set("Uint32", option, value);
  }

  protected getInt64Option(option: number): number {
    return this.#core.options.get("Int64", option) as number;
  }

  protected setInt64Option(option: number, value: number): void {
    this.#core.options.set("Int64", option, value);
  }

  protected getUint64Option(option: number): number {
    return this.#core.options.get("Uint64", option) as number;
  }

  protected setUint64Option(option: number, value: number): void {
    this.#core.options.set("Uint64", option, value);
  }

  protected getStringOption(option: number): string | null {
    return this.#core.options.get("String", option) as string | null;
  }

  protected setStringOption(option: number, value: string | Uint8Array | null): void {
    this.#core.options.set("String", option, value);
  }
}

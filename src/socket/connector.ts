/**
 * An endpoint that a socket is connected to: a link to it is made, and made again whenever it is lost. RFC 28 to 31.
 */
import type { Ending } from "../connection/ending.js";
import { FAREWELL } from "../connection/limits.js";
import { Link } from "../connection/link.js";
import type { LinkParts, LinkUser } from "../connection/link-user.js";
import type { LinkSettings } from "../connection/options.js";
import type { Outbox } from "../connection/outbox.js";
import { after, type Timer } from "../connection/timer.js";
import { view } from "./bytes.js";
import type { EndpointOwner, OpenEndpoint } from "./endpoints.js";
import { tellHandshakeFailed } from "./handshake-events.js";
import { Linger, type Lingerer } from "./lingering.js";
import { ReconnectInterval } from "./reconnect.js";
import { receiveMark } from "./wire.js";
import { type PipeKeeper, WirePipe } from "./wire-pipe.js";

/** How an endpoint is reached, by its scheme. */
export interface Way {
  readonly settings: LinkSettings;
  /** What must be there before the first link. */
  readonly ready: Promise<void> | undefined;
  readonly parts: LinkParts;
  /** Makes what waits to leave, as this scheme frames it. */
  outbox(): Outbox;
  /** Begins to reach the peer for this link; `reached` is called before its handshake begins. */
  dial(link: Link, reached: () => void): void;
}

export class Connector implements LinkUser, PipeKeeper, OpenEndpoint, Lingerer {
  readonly names: readonly string[];
  readonly #address: string;
  readonly #owner: EndpointOwner;
  readonly #way: Way;
  readonly #alias: Uint8Array;
  readonly #interval: ReconnectInterval;
  /** Without `immediate` one pipe lasts for good, and messages wait in it while there is nobody. */
  readonly #lasts: boolean;
  #pipe: WirePipe;
  #outbox: Outbox;
  #link: Link | undefined;
  /** Whether the peer has been reached. */
  #reached = false;
  /** Whether it is through its handshake. */
  #open = false;
  #retry: Timer | undefined;
  #closing = false;
  /** Nothing is done for it any more. */
  #retired = false;
  #linger: Linger | undefined;

  constructor(address: string, owner: EndpointOwner, way: Way, alias: Uint8Array) {
    this.names = [address];
    this.#address = address;
    this.#owner = owner;
    this.#way = way;
    this.#alias = alias;
    this.#interval = new ReconnectInterval(owner.settings);
    this.#lasts = !owner.settings.immediate;
    this.#outbox = way.outbox();
    this.#pipe = new WirePipe(owner, this, this.#outbox, alias);
  }

  /** Begins. */
  start(): void {
    if (this.#lasts) this.#owner.user.attached(this.#pipe);
    const { ready } = this.#way;
    if (ready === undefined) this.#dial();
    else void ready.then(() => this.#dial());
  }

  // What the link tells.

  opened(link: Link): void {
    const { user, monitor } = this.#owner;
    this.#open = true;
    this.#interval.reset();
    this.#pipe.met(link);
    monitor.tell({ type: "handshake", address: this.#address });
    if (this.#closing) void link.close();
    else if (this.#lasts) user.renewed(this.#pipe);
    else user.attached(this.#pipe);
  }

  readable(): void {
    this.#pipe.arrived();
  }

  moved(): void {
    this.#pipe.moved();
    if (this.#closing) this.#linger?.look();
  }

  command(_: Link, name: string, data: Uint8Array): void {
    this.#pipe.command(name, data);
  }

  ended(link: Link, { error }: Ending): void {
    const wasOpen = this.#open;
    const wasReached = this.#reached;
    this.#link = undefined;
    this.#open = this.#reached = false;
    this.#pipe.parted(link);
    this.#tellEnd(wasReached, wasOpen, error);
    if (wasOpen && !this.#lasts) this.#renewPipe();
    if (this.#retired) return;
    if (this.#closing && this.done) this.#finish();
    else this.#dialLater();
  }

  // What the socket asks for.

  close(linger: number): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#pipe.stopAccepting();
    this.#link?.outflow.flush();
    if (linger !== 0 && !this.done) {
      if (this.#open) void this.#link?.close();
      this.#linger = new Linger(this, linger);
    } else if (this.#open) this.#part();
    else this.giveUp();
  }

  /** Nothing waits that a link, this one or the next, could still deliver. */
  get done(): boolean {
    return this.#pipe.waiting === 0 && (this.#link === undefined || !this.#open || this.#link.outflow.waiting === 0);
  }

  get unsent(): boolean {
    return !this.done;
  }

  giveUp(): void {
    const link = this.#link;
    this.#finish();
    link?.destroy();
  }

  /**
   * Everything has left: what the peer still sends must not break off what it has not read yet. Nobody hears of this
   * farewell's end, so a busy thread that comes to it late accuses nobody.
   */
  #part(): void {
    const link = this.#link;
    this.#finish();
    void link?.close();
    after(FAREWELL, () => link?.destroy());
  }

  #finish(): void {
    this.#retired = true;
    clearTimeout(this.#retry);
    this.#linger?.stop();
    this.#pipe.end();
  }

  #dial(): void {
    if (this.#retired) return;
    this.#owner.monitor.tell({ type: "connect:delay", address: this.#address });
    const { settings, parts } = this.#way;
    const link = new Link(settings, {
      ...parts,
      user: this,
      outbox: this.#outbox,
      makePayload: view,
      messageMark: receiveMark(this.#owner),
    });
    this.#link = link;
    this.#way.dial(link, () => this.#tellReached());
  }

  #tellReached(): void {
    this.#reached = true;
    this.#owner.monitor.tell({ type: "connect", address: this.#address });
  }

  #dialLater(): void {
    const interval = this.#interval.next();
    // As in libzmq, -1 makes a socket that connects once.
    if (interval < 0) {
      this.#finish();
      return;
    }
    this.#owner.monitor.tell({ type: "connect:retry", address: this.#address, interval });
    this.#retry = after(interval, () => this.#dial());
  }

  /** With `immediate` messages wait for whoever is there, and for nobody else: they go with their peer. */
  #renewPipe(): void {
    this.#pipe.end();
    this.#outbox = this.#way.outbox();
    this.#pipe = new WirePipe(this.#owner, this, this.#outbox, this.#alias);
  }

  #tellEnd(wasReached: boolean, wasOpen: boolean, error: unknown): void {
    const { monitor } = this.#owner;
    const address = this.#address;
    if (!wasReached) {
      monitor.tell({ type: "close", address });
      return;
    }
    if (!wasOpen) tellHandshakeFailed(monitor, address, error);
    monitor.tell({ type: "disconnect", address });
  }
}

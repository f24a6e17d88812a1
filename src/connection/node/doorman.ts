/** Lets peers in: queues those that are through their handshake, tells of those that are turned away. */
import type { Socket } from "node:net";
import { ZmtpError } from "../../error.js";
import { Budget } from "../budget.js";
import type { Connection } from "../connection.js";
import { Deferred } from "../deferred.js";
import type { Ending } from "../ending.js";
import { connectionError } from "../fault.js";
import { Link } from "../link.js";
import type { LinkParts, LinkUser } from "../link-user.js";
import { Opening } from "../opening.js";
import { type WebSocketLike, WebSocketTransport } from "../websocket.js";
import { zwsParts } from "../zws-link.js";
import { bufferPayload } from "./buffer-payload.js";
import { warnIfExposed } from "./exposed.js";
import { holdUp } from "./hold-up.js";
import type { ListenSettings, Refusal } from "./options.js";
import type { NodePayload } from "./payload-type.js";
import { Penalties } from "./penalties.js";
import { remoteAddressOf, SocketTransport } from "./socket.js";
import { type Stranger, Strangers } from "./strangers.js";

type Peer = Connection<NodePayload>;

/** Lets the peers of one listener in, or turns them away. */
export class Doorman {
  readonly #settings: ListenSettings;
  readonly #budget: Budget;
  readonly #penalties: Penalties;
  readonly #strangers: Strangers;
  #connections = 0;
  #refused = 0;
  #warned = false;
  #ready: Peer[] = [];
  #arrival: Deferred | undefined;
  #closed = false;

  constructor(settings: ListenSettings) {
    this.#settings = settings;
    this.#budget = new Budget(settings.maxHeld);
    this.#strangers = new Strangers(settings);
    this.#penalties = new Penalties(settings.failureDelay);
  }

  /** Peers that were not let in. */
  get refused(): number {
    return this.#refused;
  }

  /** A peer over tcp:// or ipc://. */
  socket(socket: Socket): void {
    const address = remoteAddressOf(socket);
    socket.setNoDelay(this.#settings.noDelay);
    const wait = this.#penalties.of(address);
    if (wait === 0) {
      this.#letIn(socket, address);
      return;
    }
    const leave = this.#wait(socket, address);
    const enter = () => {
      leave();
      this.#letIn(socket, address);
    };
    holdUp(socket, wait, enter, leave);
  }

  /** A peer over ws://, whose upgrade is done. Returns a function to call if what it sends goes over a limit. */
  webSocket(socket: WebSocketLike, address: string | undefined): (error: ZmtpError) => void {
    const [settings, parts] = zwsParts(this.#settings);
    const link = this.#link(settings as ListenSettings, parts, address);
    if (!link.over) new WebSocketTransport(socket, link.reception, address);
    else socket.terminate?.();
    return (error) => link.fail(error);
  }

  /** A socket that may become a WebSocket. Returns a function to call when the handshake is over. */
  beforeUpgrade(socket: Socket): () => void {
    return this.#wait(socket, remoteAddressOf(socket));
  }

  /** A socket that is a stranger without a link. Returns a function to call when it is none any more. */
  #wait(socket: Socket, address: string | undefined): () => void {
    const stranger: Stranger = {
      address,
      turnAway: (error) => {
        this.#tell(error, address);
        socket.destroy();
      },
    };
    this.#enter(stranger);
    return () => this.#strangers.delete(stranger);
  }

  /** Tells of somebody who was not let in. */
  turnedAway(error: ZmtpError, address: string | undefined): void {
    this.#tell(error, address);
  }

  /** The next peer; undefined once the listener is closed. */
  async next(): Promise<Peer | undefined> {
    for (;;) {
      const peer = this.#ready.shift();
      if (peer !== undefined || this.#closed) return peer;
      this.#arrival ??= new Deferred();
      await this.#arrival.promise;
    }
  }

  /** Turns away all who have not been handed out. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const error = connectionError("LISTENER_CLOSED", "The listener has been closed");
    this.#strangers.turnAwayAll(error);
    for (const peer of this.#ready) peer.destroy(error);
    this.#ready = [];
    this.#wake();
  }

  #letIn(socket: Socket, address: string | undefined): void {
    warnIfExposed(this.#settings.mechanism, socket);
    const link = this.#link(this.#settings, {}, address);
    if (!link.over) link.reception.attached(new SocketTransport(socket, link.reception, this.#settings, address));
    else socket.destroy();
  }

  #link(settings: ListenSettings, parts: LinkParts, address: string | undefined): Link {
    let link: Link | undefined;
    const stranger: Stranger = { address, turnAway: (error) => link?.fail(error) };
    const user = new Arrival(
      () => this.#strangers.delete(stranger),
      (peer) => this.#arrived(peer),
      (ending) => this.#notIn(stranger, ending),
      () => this.#connections--,
    );
    this.#connections++;
    // Only authenticators want to know where a peer is.
    const own = settings.mechanism === undefined ? settings : { ...settings, remoteAddress: address };
    link = new Link(own, { ...parts, user, makePayload: bufferPayload, budget: this.#budget });
    if (!link.over) this.#enter(stranger);
    return link;
  }

  #enter(stranger: Stranger): void {
    const { maxConnections } = this.#settings;
    this.#strangers.add(stranger);
    if (this.#closed) stranger.turnAway(connectionError("LISTENER_CLOSED", "The listener has been closed"));
    else if (this.#connections > maxConnections) {
      const what = `There are more than ${maxConnections} connections at once`;
      stranger.turnAway(connectionError("TOO_MANY_CONNECTIONS", what));
    } else this.#strangers.makeRoomFor(stranger);
  }

  #arrived(peer: Peer): void {
    this.#ready.push(peer);
    this.#wake();
  }

  #notIn(stranger: Stranger, { error }: Ending): void {
    this.#strangers.delete(stranger);
    if (this.#settings.mechanism !== undefined) this.#penalties.failed(stranger.address, error);
    this.#tell(error, stranger.address);
  }

  #tell(error: unknown, remoteAddress: string | undefined): void {
    if (!(error instanceof ZmtpError) || error.code === "LISTENER_CLOSED") return;
    this.#refused++;
    void this.#callBack({ error, remoteAddress });
  }

  /** A fault of the caller's function must not end the process: any stranger could make it happen. */
  async #callBack(refusal: Refusal): Promise<void> {
    try {
      await this.#settings.onRefused?.(refusal);
    } catch (cause) {
      if (!this.#warned) process.emitWarning(`onRefused failed, and may again: ${String(cause)}`, "MonocoqueWarning");
      this.#warned = true;
    }
  }

  #wake(): void {
    this.#arrival?.resolve();
    this.#arrival = undefined;
  }
}

/** A link on its way in: what an opening is, with the doorman's counts. */
class Arrival implements LinkUser {
  readonly #in: () => void;
  readonly #gone: () => void;
  readonly #opening: Opening<NodePayload>;

  constructor(isIn: () => void, arrived: (peer: Peer) => void, refused: (ending: Ending) => void, gone: () => void) {
    this.#in = isIn;
    this.#gone = gone;
    this.#opening = new Opening(arrived, refused);
  }

  opened(link: Link): void {
    this.#in();
    this.#opening.opened(link);
  }

  ended(link: Link, ending: Ending): void {
    this.#gone();
    this.#opening.ended(link, ending);
  }
}

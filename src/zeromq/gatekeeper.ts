/**
 * Lets peers in at an endpoint that a socket has bound: those in their handshake are counted, and the oldest makes
 * room.
 */
import { BlockList, type Socket } from "node:net";
import { connectionError } from "../connection/fault.js";
import { HANDSHAKES } from "../connection/limits.js";
import type { LinkParts } from "../connection/link-user.js";
import { warnIfExposed } from "../connection/node/exposed.js";
import { holdUp } from "../connection/node/hold-up.js";
import type { ListenSettings, NodeSettings } from "../connection/node/options.js";
import { Penalties } from "../connection/node/penalties.js";
import { remoteAddressOf, SocketTransport } from "../connection/node/socket.js";
import { type WebSocketLike, WebSocketTransport } from "../connection/websocket.js";
import { zwsParts } from "../connection/zws-link.js";
import { Accepted, type Gate } from "../socket/accepted.js";
import type { EndpointOwner } from "../socket/endpoints.js";
import { keepAlive } from "./keep-alive.js";
import { parsedFilter } from "./node-address.js";
import { RawPipe } from "./raw-pipe.js";

const utf8 = new TextDecoder();

/** Somebody who has come and is not in yet. */
interface Stranger {
  readonly address: string | undefined;
  turnAway(): void;
}

export class Gatekeeper implements Gate {
  readonly owner: EndpointOwner;
  /** Known once the endpoint is bound. */
  address = "";
  readonly #settings: NodeSettings;
  readonly #penalties: Penalties;
  readonly #allowed: BlockList | undefined;
  readonly #strangers = new Map<unknown, Stranger>();
  readonly #peers = new Set<{ close(linger: number): void }>();

  constructor(owner: EndpointOwner, settings: ListenSettings) {
    this.owner = owner;
    this.#settings = settings;
    this.#penalties = new Penalties(settings.failureDelay);
    this.#allowed = filterOf(owner.settings.tcpAcceptFilter);
  }

  /** A peer over tcp:// or ipc://. */
  socket(socket: Socket): void {
    socket.unref();
    if (!this.#lets(socket)) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    keepAlive(socket, this.owner);
    this.owner.monitor.tell({ type: "accept", address: this.address });
    if (this.owner.name === "STREAM") {
      this.#acceptRaw(socket);
      return;
    }
    const address = remoteAddressOf(socket);
    const wait = this.#penalties.of(address);
    if (wait > 0) this.#holdUp(socket, address, wait);
    else this.#letIn(socket, address);
  }

  /** Its address has failed: it waits, unread, and is a stranger meanwhile. */
  #holdUp(socket: Socket, address: string | undefined, wait: number): void {
    const waiting = { close: () => void socket.destroy() };
    const leave = () => {
      this.#strangers.delete(waiting);
      this.#peers.delete(waiting);
    };
    const enter = () => {
      leave();
      this.#letIn(socket, address);
    };
    this.#peers.add(waiting);
    holdUp(socket, wait, enter, leave);
    this.#enter(waiting, { address, turnAway: waiting.close });
  }

  #letIn(socket: Socket, remoteAddress: string | undefined): void {
    warnIfExposed(this.#settings.mechanism, socket);
    const { link } = this.#accept({ ...this.#settings, remoteAddress } as NodeSettings, {});
    const transport = new SocketTransport(socket, link.reception, this.#settings, remoteAddress);
    link.reception.attached(transport);
  }

  /** A peer over ws://, whose upgrade is done. */
  webSocket(socket: WebSocketLike, address: string | undefined): void {
    const [settings, parts] = zwsParts(this.#settings);
    this.owner.monitor.tell({ type: "accept", address: this.address });
    const { link } = this.#accept(settings as NodeSettings, parts);
    new WebSocketTransport(socket, link.reception, address);
  }

  /** A socket that may become a WebSocket; returns how to say that it has, or has gone. */
  beforeUpgrade(socket: Socket): () => void {
    socket.unref();
    this.#enter(socket, { address: remoteAddressOf(socket), turnAway: () => void socket.destroy() });
    return () => this.#strangers.delete(socket);
  }

  /** Somebody was not let in before there was a link. */
  turnedAway(): void {}

  opened(peer: Accepted): void {
    this.#strangers.delete(peer);
  }

  gone(peer: Accepted, error: unknown): void {
    const stranger = this.#strangers.get(peer);
    if (stranger !== undefined && this.#settings.mechanism !== undefined) {
      this.#penalties.failed(stranger.address, error);
    }
    this.#strangers.delete(peer);
    this.#peers.delete(peer);
  }

  get unsent(): boolean {
    return [...this.#peers].some((peer) => peer instanceof Accepted && !peer.done);
  }

  /** The socket is closed: so are its peers, each once what was sent to it has left. */
  closeAll(linger: number): void {
    for (const peer of [...this.#peers]) peer.close(linger);
  }

  #accept(settings: NodeSettings, parts: LinkParts): Accepted {
    const peer = new Accepted(this, settings, parts);
    this.#peers.add(peer);
    const tooMany = () => connectionError("TOO_MANY_HANDSHAKES", "There are too many handshakes at once");
    const { remoteAddress: address } = settings as { remoteAddress?: string };
    this.#enter(peer, { address, turnAway: () => peer.link.fail(tooMany()) });
    return peer;
  }

  /** A peer of a STREAM, which speaks no ZMTP. */
  #acceptRaw(socket: Socket): void {
    const pipe = new RawPipe(socket, this.owner);
    this.#peers.add(pipe);
    socket.once("close", () => this.#peers.delete(pipe));
    this.owner.user.attached(pipe);
    pipe.greet();
  }

  #enter(who: unknown, stranger: Stranger): void {
    this.#strangers.set(who, stranger);
    if (this.#strangers.size <= HANDSHAKES) return;
    const [oldest] = this.#strangers.values();
    oldest.turnAway();
  }

  #lets({ remoteAddress, remoteFamily }: Socket): boolean {
    if (this.#allowed === undefined || remoteAddress === undefined) return true;
    return this.#allowed.check(remoteAddress, remoteFamily === "IPv6" ? "ipv6" : "ipv4");
  }
}

function filterOf(filter: Uint8Array): BlockList | undefined {
  if (filter.length === 0) return undefined;
  const { host, bits, family } = parsedFilter(utf8.decode(filter));
  const list = new BlockList();
  list.addSubnet(host, bits, family);
  return list;
}

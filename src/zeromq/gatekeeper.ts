/**
 * Lets peers in at an endpoint that a socket has bound: those in their handshake are counted, and the oldest makes
 * room.
 */
import { BlockList, type Socket } from "node:net";
import { connectionError } from "../connection/fault.js";
import { HANDSHAKES } from "../connection/limits.js";
import type { LinkParts } from "../connection/link-user.js";
import type { NodeSettings } from "../connection/node/options.js";
import { remoteAddressOf, SocketTransport } from "../connection/node/socket.js";
import { type WebSocketLike, WebSocketTransport, zwsParts } from "../connection/websocket.js";
import { Accepted, type Gate } from "../socket/accepted.js";
import type { EndpointOwner } from "../socket/endpoints.js";
import { keepAlive } from "./keep-alive.js";
import { parsedFilter } from "./node-address.js";
import { RawPipe } from "./raw.js";

const utf8 = new TextDecoder();

/** Somebody who has come and is not in yet. */
type Stranger = () => void;

export class Gatekeeper implements Gate {
  readonly owner: EndpointOwner;
  /** Known once the endpoint is bound. */
  address = "";
  readonly #settings: NodeSettings;
  readonly #allowed: BlockList | undefined;
  readonly #strangers = new Map<unknown, Stranger>();
  readonly #peers = new Set<{ close(linger: number): void }>();

  constructor(owner: EndpointOwner, settings: NodeSettings) {
    this.owner = owner;
    this.#settings = settings;
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
    const remoteAddress = remoteAddressOf(socket);
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
    this.#enter(socket, () => socket.destroy());
    return () => this.#strangers.delete(socket);
  }

  /** Somebody was not let in before there was a link. */
  turnedAway(): void {}

  opened(peer: Accepted): void {
    this.#strangers.delete(peer);
  }

  gone(peer: Accepted): void {
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
    this.#enter(peer, () =>
      peer.link.fail(connectionError("TOO_MANY_HANDSHAKES", "There are too many handshakes at once")),
    );
    return peer;
  }

  /** A peer of a STREAM, which speaks no ZMTP. */
  #acceptRaw(socket: Socket): void {
    const pipe = new RawPipe(socket, this.owner, this.address);
    this.#peers.add(pipe);
    socket.once("close", () => this.#peers.delete(pipe));
    this.owner.user.attached(pipe);
    pipe.greet();
  }

  #enter(who: unknown, turnAway: Stranger): void {
    this.#strangers.set(who, turnAway);
    if (this.#strangers.size <= HANDSHAKES) return;
    const [oldest] = this.#strangers.values();
    oldest();
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

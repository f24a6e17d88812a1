/** An endpoint that a STREAM socket is connected to: bare TCP, and again whenever it is lost. libzmq's ZMQ_STREAM. */
import { connect as socketTo } from "node:net";
import { after, type Timer } from "../connection/timer.js";
import type { EndpointOwner, OpenEndpoint } from "../socket/endpoints.js";
import { ReconnectInterval } from "../socket/reconnect.js";
import { addressToConnect } from "./node-address.js";
import { RawPipe } from "./raw-pipe.js";

export class RawConnector implements OpenEndpoint {
  readonly names: readonly string[];
  readonly #owner: EndpointOwner;
  readonly #alias: Uint8Array;
  readonly #target: object;
  readonly #interval: ReconnectInterval;
  #pipe: RawPipe | undefined;
  #retry: Timer | undefined;
  #closed = false;

  constructor(address: string, owner: EndpointOwner, alias: Uint8Array) {
    this.names = [address];
    this.#owner = owner;
    this.#alias = alias;
    this.#target = addressToConnect(address.slice("tcp://".length), address, owner.settings.ipv6);
    this.#interval = new ReconnectInterval(owner.settings);
    this.#dial();
  }

  close(linger: number): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#pipe?.close(linger);
  }

  #dial(): void {
    const { monitor, user } = this.#owner;
    const [address] = this.names;
    monitor.tell({ type: "connect:delay", address });
    const socket = socketTo(this.#target as never);
    const pipe = new RawPipe(socket, this.#owner, this.#alias);
    this.#pipe = pipe;
    user.attached(pipe);
    socket.once("connect", () => {
      this.#interval.reset();
      monitor.tell({ type: "connect", address });
      pipe.greet();
    });
    socket.once("close", () => {
      monitor.tell({ type: "disconnect", address });
      const interval = this.#interval.next();
      if (!this.#closed && interval >= 0) this.#retry = after(interval, () => this.#dial());
    });
  }
}

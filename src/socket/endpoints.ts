/** What a socket is bound to and connected to, and how it ends that again. */
import { schemeOf } from "./address.js";
import { type FaultCode, fault, faultOf } from "./errno.js";
import type { InprocNames } from "./inproc.js";
import type { Monitor } from "./monitor.js";
import { type OpenSocket, openSockets } from "./open-sockets.js";
import type { PipeOwner } from "./pipe-owner.js";
import { wires } from "./wires.js";

/** One endpoint that is bound or connected. */
export interface OpenEndpoint {
  /** As it was given, and as it turned out to be: `tcp://*:*` is `tcp://0.0.0.0:` and a port. */
  readonly names: readonly string[];
  /** Ends it. What was sent may leave for `linger` milliseconds (-1: for ever). Peers that came to it stay. */
  close(linger: number): void | Promise<void>;
  /** Ends the peers that came to it, in the same way. */
  closePeers?(linger: number): void;
  /** Whether messages wait to leave. */
  readonly unsent?: boolean;
}

/** What endpoints have to know of their socket. */
export interface EndpointOwner extends PipeOwner {
  readonly name: string;
  readonly monitor: Monitor;
  readonly inproc: InprocNames;
}

/** Types that connect to an endpoint once, however often they are told to. */
const ONCE: readonly string[] = ["DEALER", "SUB", "PUB", "REQ"];

const NO_ALIAS = new Uint8Array(0);

export class Endpoints {
  readonly #owner: EndpointOwner & OpenSocket;
  readonly #open = new Set<OpenEndpoint>();
  /** Unbound endpoints whose peers may still be there. */
  readonly #left = new Set<OpenEndpoint>();
  /** The endpoint bound or connected last, as it turned out to be. */
  last = "";

  constructor(owner: EndpointOwner & OpenSocket) {
    this.#owner = owner;
  }

  get count(): number {
    return this.#open.size;
  }

  get unsent(): boolean {
    return [...this.#open, ...this.#left].some((endpoint) => endpoint.unsent === true);
  }

  /** Rejects with the fault. `inproc://` is bound within the call, and its fault thrown. */
  async bind(address: string): Promise<void> {
    if (schemeOf(address) === "inproc") this.#bindInproc(address);
    else this.#add(await failingWith(address, "EINVAL", () => wires().bind(address, this.#owner)));
  }

  bindSync(address: string): void {
    if (schemeOf(address) === "inproc") this.#bindInproc(address);
    else this.#add(wires().bindSync(address, this.#owner));
  }

  connect(address: string): void {
    const scheme = schemeOf(address);
    if (ONCE.includes(this.#owner.name) && this.#find(address).length > 0) return;
    if (scheme !== "inproc") {
      this.#add(wires().connect(address, this.#owner, this.#alias()));
      return;
    }
    const pipe = this.#owner.inproc.connect(address, this.#owner, this.#alias());
    this.#add({ names: [address], close: (linger) => pipe.close(linger) });
  }

  /** Ends what is bound or connected under this address. Rejects with ENOENT if nothing is. */
  async end(address: string): Promise<void> {
    await Promise.all(this.endSync(address));
  }

  /** As `end`; the result says when each is over. Throws. */
  endSync(address: string): (void | Promise<void>)[] {
    schemeOf(address);
    const found = this.#find(address);
    if (found.length === 0) throw fault("ENOENT", address);
    return found.map((endpoint) => {
      this.#open.delete(endpoint);
      if (endpoint.closePeers !== undefined) this.#left.add(endpoint);
      return endpoint.close(this.#owner.settings.linger);
    });
  }

  /** The socket is closed. */
  closeAll(linger: number): void {
    openSockets.delete(this.#owner);
    const open = [...this.#open];
    this.#open.clear();
    for (const endpoint of open) endpoint.close(linger);
    for (const endpoint of [...open, ...this.#left]) endpoint.closePeers?.(linger);
  }

  /** The identity that the next peer to be connected shall have with us, once. */
  #alias(): Uint8Array {
    const { settings } = this.#owner;
    const alias = settings.connectRoutingId;
    settings.connectRoutingId = NO_ALIAS;
    return alias;
  }

  #bindInproc(address: string): void {
    const { inproc } = this.#owner;
    const binding = inproc.bind(address, this.#owner);
    this.#add({
      names: [address],
      close: () => inproc.unbind(address, binding),
      closePeers: (linger) => {
        for (const peer of [...binding.peers]) peer.close(linger);
      },
    });
  }

  #find(address: string): OpenEndpoint[] {
    return [...this.#open].filter(({ names }) => names.includes(address));
  }

  #add(endpoint: OpenEndpoint): void {
    this.#open.add(endpoint);
    openSockets.add(this.#owner);
    this.last = endpoint.names.at(-1) as string;
  }
}

/** Runs `what`; its failure becomes the fault that it stands for. */
async function failingWith<T>(address: string, otherwise: FaultCode, what: () => Promise<T>): Promise<T> {
  try {
    return await what();
  } catch (error) {
    throw faultOf(error, otherwise, address);
  }
}

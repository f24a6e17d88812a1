/**
 * How sockets reach other processes. An entry that knows the engine's sockets and servers puts this in (`useWires`), so
 * this layer names no engine.
 */
import type { EndpointOwner, OpenEndpoint } from "./endpoints.js";
import { webWires } from "./web-wires.js";

/** Binds and connects what has a wire: `tcp://`, `ipc://`, `ws://`. */
export interface Wires {
  /** Rejects with a fault, or with the system's error. */
  bind(address: string, owner: EndpointOwner): Promise<OpenEndpoint>;
  /** Throws the same. */
  bindSync(address: string, owner: EndpointOwner): OpenEndpoint;
  /**
   * Begins to connect, and goes on trying. `alias` is what a ROUTER shall call the peer. Throws for what can never be
   * connected.
   */
  connect(address: string, owner: EndpointOwner, alias: Uint8Array): OpenEndpoint;
}

let installed: Wires = webWires;

/** @internal What there is on this thread: WebSockets, unless an entry has brought more. */
export function wires(): Wires {
  return installed;
}

/** @internal Called once by the entry that brings them. */
export function useWires(some: Wires): void {
  installed = some;
}

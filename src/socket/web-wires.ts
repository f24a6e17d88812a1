/** `ws://` and `wss://` of sockets in a page or a worker, which connect and cannot be bound. RFC 45. */
import { platformOpener } from "../connection/dial-websocket.js";
import { schemeOf } from "./address.js";
import { Connector } from "./connector.js";
import { fault, notHere } from "./errno.js";
import { webSocketWay } from "./websocket-way.js";
import type { Wires } from "./wires.js";

export const webWires: Wires = {
  bind: () => Promise.reject(notHere("bind", "there are no servers here: connect to one")),
  bindSync() {
    throw notHere("bindSync", "there are no servers here: connect to one");
  },
  connect(address, owner, alias) {
    if (!schemeOf(address).startsWith("ws")) throw fault("EPROTONOSUPPORT", address);
    const url = urlOf(address);
    const openWebSocket = platformOpener();
    const way = webSocketWay(url, owner, async () => openWebSocket);
    const connector = new Connector(address, owner, way, alias);
    connector.start();
    return connector;
  },
};

function urlOf(address: string): URL {
  try {
    return new URL(address);
  } catch {
    throw fault("EINVAL", address);
  }
}

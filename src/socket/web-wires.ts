/** `ws://` and `wss://` of sockets in a page or a worker, which connect and cannot be bound. RFC 45. */
import { dialWebSocket, platformWebSocket } from "../connection/connect.js";
import { zwsParts } from "../connection/websocket.js";
import { ZwsOutbox } from "../connection/zws-outbox.js";
import { schemeOf } from "./address.js";
import { Connector, type Way } from "./connector.js";
import type { EndpointOwner } from "./endpoints.js";
import { fault, notHere } from "./errno.js";
import { wiringOf } from "./wire.js";
import type { Wires } from "./wires.js";

export const webWires: Wires = {
  bind: () => Promise.reject(notHere("bind", "there are no servers here: connect to one")),
  bindSync() {
    throw notHere("bindSync", "there are no servers here: connect to one");
  },
  connect(address, owner, alias) {
    if (!schemeOf(address).startsWith("ws")) throw fault("EPROTONOSUPPORT", address);
    const connector = new Connector(address, owner, webSocketWay(address, owner), alias);
    connector.start();
    return connector;
  },
};

function webSocketWay(address: string, owner: EndpointOwner): Way {
  const url = urlOf(address);
  const { settings, ready } = wiringOf(owner, true);
  const [zwsSettings] = zwsParts(settings);
  return {
    settings: zwsSettings,
    ready,
    parts: {},
    outbox: () => new ZwsOutbox(),
    dial(link, reached) {
      dialWebSocket(url, link, (to, subprotocol) => {
        const socket = platformWebSocket(to, subprotocol);
        (socket as unknown as WebSocket).addEventListener("open", reached);
        return socket;
      });
    },
  };
}

function urlOf(address: string): URL {
  try {
    return new URL(address);
  } catch {
    throw fault("EINVAL", address);
  }
}

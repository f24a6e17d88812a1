/** `tcp://`, `ipc://` and `ws://` of sockets in Node, Deno and Bun. */
import { defaultCodec } from "../codec/default.js";
import type { NodeSettings } from "../connection/node/options.js";
import { dialSocket } from "../connection/node/route.js";
import { NO_PACKAGE, opensWebSockets, webSocketOpener } from "../connection/node/ws-package.js";
import { ZmtpOutbox } from "../connection/zmtp-outbox.js";
import { schemeOf } from "../socket/address.js";
import { Connector, type Way } from "../socket/connector.js";
import type { EndpointOwner } from "../socket/endpoints.js";
import { fault } from "../socket/errno.js";
import { webSocketWay } from "../socket/websocket-way.js";
import { wiringOf } from "../socket/wire.js";
import type { Wires } from "../socket/wires.js";
import { bindEndpoint, bindEndpointSync } from "./bound.js";
import { keepAlive } from "./keep-alive.js";
import { addressToConnect, ipcPath, onlyTcp, webSocketUrl } from "./node-address.js";
import { RawConnector } from "./raw-connector.js";

/** What links of sockets have beside the options that all platforms know. */
const SOCKET_OPTIONS = { noDelay: true, busyPoll: 0 };

export const nodeWires: Wires = {
  bind: bindEndpoint,
  bindSync: bindEndpointSync,
  connect(address, owner, alias) {
    const scheme = schemeOf(address);
    if (owner.name === "STREAM") return new RawConnector(onlyTcp(address), owner, alias);
    const way =
      scheme === "ws" || scheme === "wss"
        ? webSocketWay(webSocketTarget(address), owner, webSocketOpener)
        : socketWay(address, owner);
    const connector = new Connector(address, owner, way, alias);
    connector.start();
    return connector;
  },
};

function socketWay(address: string, owner: EndpointOwner): Way {
  const rest = address.slice(address.indexOf("://") + 3);
  const ipc = schemeOf(address) === "ipc";
  const target = ipc ? { path: ipcPath(rest, address) } : addressToConnect(rest, address, owner.settings.ipv6);
  const wiring = wiringOf(owner, false);
  const settings: NodeSettings = { ...wiring.settings, ...SOCKET_OPTIONS };
  return {
    settings,
    ready: wiring.ready,
    parts: {},
    outbox: () => new ZmtpOutbox(defaultCodec(), true),
    dial(link, reached) {
      const socket = dialSocket(target, settings, link, undefined, () => {
        keepAlive(socket, owner);
        reached();
      });
      // Sockets keep no process alive: whoever waits for a message, or for its leaving, does.
      socket.unref();
    },
  };
}

/** The URL of a `ws://` endpoint, where there is something to open it with: what is missing no later attempt finds. */
function webSocketTarget(address: string): URL {
  const url = webSocketUrl(address);
  if (!opensWebSockets()) throw fault("EPROTONOSUPPORT", address, NO_PACKAGE);
  return url;
}

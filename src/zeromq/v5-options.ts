/** `getsockopt` and `setsockopt` of version 5, by the properties that there are now. */
import * as zmq from "./v5-constants.js";

/** Options that have a short name. */
export const shortOptions = {
  _fd: zmq.ZMQ_FD,
  _ioevents: zmq.ZMQ_EVENTS,
  _receiveMore: zmq.ZMQ_RCVMORE,
  _subscribe: zmq.ZMQ_SUBSCRIBE,
  _unsubscribe: zmq.ZMQ_UNSUBSCRIBE,
  affinity: zmq.ZMQ_AFFINITY,
  backlog: zmq.ZMQ_BACKLOG,
  identity: zmq.ZMQ_IDENTITY,
  linger: zmq.ZMQ_LINGER,
  rate: zmq.ZMQ_RATE,
  rcvbuf: zmq.ZMQ_RCVBUF,
  last_endpoint: zmq.ZMQ_LAST_ENDPOINT,
  reconnect_ivl: zmq.ZMQ_RECONNECT_IVL,
  recovery_ivl: zmq.ZMQ_RECOVERY_IVL,
  sndbuf: zmq.ZMQ_SNDBUF,
  mechanism: zmq.ZMQ_MECHANISM,
  plain_server: zmq.ZMQ_PLAIN_SERVER,
  plain_username: zmq.ZMQ_PLAIN_USERNAME,
  plain_password: zmq.ZMQ_PLAIN_PASSWORD,
  curve_server: zmq.ZMQ_CURVE_SERVER,
  curve_publickey: zmq.ZMQ_CURVE_PUBLICKEY,
  curve_secretkey: zmq.ZMQ_CURVE_SECRETKEY,
  curve_serverkey: zmq.ZMQ_CURVE_SERVERKEY,
  zap_domain: zmq.ZMQ_ZAP_DOMAIN,
  heartbeat_ivl: zmq.ZMQ_HEARTBEAT_IVL,
  heartbeat_ttl: zmq.ZMQ_HEARTBEAT_TTL,
  heartbeat_timeout: zmq.ZMQ_HEARTBEAT_TIMEOUT,
  connect_timeout: zmq.ZMQ_CONNECT_TIMEOUT,
};

export type ShortOption = keyof typeof shortOptions;

/** A socket as these options see it. */
type Properties = Record<string, unknown>;

/** Which property stands for an option, and how its value looks in version 5. */
interface Meaning {
  readonly property: string;
  readonly flag?: boolean;
  readonly readOnly?: boolean;
}

const value = (property: string): Meaning => ({ property });
const flag = (property: string): Meaning => ({ property, flag: true });

const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  [zmq.ZMQ_AFFINITY, value("affinity")],
  [zmq.ZMQ_IDENTITY, value("routingId")],
  [zmq.ZMQ_RATE, value("rate")],
  [zmq.ZMQ_RECOVERY_IVL, value("recoveryInterval")],
  [zmq.ZMQ_SNDBUF, value("sendBufferSize")],
  [zmq.ZMQ_RCVBUF, value("receiveBufferSize")],
  [zmq.ZMQ_TYPE, { property: "type", readOnly: true }],
  [zmq.ZMQ_LINGER, value("linger")],
  [zmq.ZMQ_RECONNECT_IVL, value("reconnectInterval")],
  [zmq.ZMQ_BACKLOG, value("backlog")],
  [zmq.ZMQ_RECONNECT_IVL_MAX, value("reconnectMaxInterval")],
  [zmq.ZMQ_MAXMSGSIZE, value("maxMessageSize")],
  [zmq.ZMQ_SNDHWM, value("sendHighWaterMark")],
  [zmq.ZMQ_RCVHWM, value("receiveHighWaterMark")],
  [zmq.ZMQ_MULTICAST_HOPS, value("multicastHops")],
  [zmq.ZMQ_RCVTIMEO, value("receiveTimeout")],
  [zmq.ZMQ_SNDTIMEO, value("sendTimeout")],
  [zmq.ZMQ_LAST_ENDPOINT, { property: "lastEndpoint", readOnly: true }],
  [zmq.ZMQ_ROUTER_MANDATORY, flag("mandatory")],
  [zmq.ZMQ_TCP_KEEPALIVE, value("tcpKeepalive")],
  [zmq.ZMQ_TCP_KEEPALIVE_CNT, value("tcpKeepaliveCount")],
  [zmq.ZMQ_TCP_KEEPALIVE_IDLE, value("tcpKeepaliveIdle")],
  [zmq.ZMQ_TCP_KEEPALIVE_INTVL, value("tcpKeepaliveInterval")],
  [zmq.ZMQ_TCP_ACCEPT_FILTER, value("tcpAcceptFilter")],
  [zmq.ZMQ_DELAY_ATTACH_ON_CONNECT, flag("immediate")],
  [zmq.ZMQ_IPV6, flag("ipv6")],
  [zmq.ZMQ_PLAIN_SERVER, flag("plainServer")],
  [zmq.ZMQ_PLAIN_USERNAME, value("plainUsername")],
  [zmq.ZMQ_PLAIN_PASSWORD, value("plainPassword")],
  [zmq.ZMQ_CURVE_SERVER, flag("curveServer")],
  [zmq.ZMQ_CURVE_PUBLICKEY, value("curvePublicKey")],
  [zmq.ZMQ_CURVE_SECRETKEY, value("curveSecretKey")],
  [zmq.ZMQ_CURVE_SERVERKEY, value("curveServerKey")],
  [zmq.ZMQ_ZAP_DOMAIN, value("zapDomain")],
  [zmq.ZMQ_ROUTER_HANDOVER, flag("handover")],
  [zmq.ZMQ_HEARTBEAT_IVL, value("heartbeatInterval")],
  [zmq.ZMQ_HEARTBEAT_TTL, value("heartbeatTimeToLive")],
  [zmq.ZMQ_HEARTBEAT_TIMEOUT, value("heartbeatTimeout")],
  [zmq.ZMQ_CONNECT_TIMEOUT, value("connectTimeout")],
]);

const MECHANISMS: readonly unknown[] = [null, "plain", "curve", "gssapi"];

function numberOf(option: number | ShortOption): number {
  return typeof option === "number" ? option : shortOptions[option];
}

/** Reads an option. Throws for one that there is none of. */
export function readOption(socket: Properties, option: number | ShortOption): unknown {
  const number = numberOf(option);
  if (number === zmq.ZMQ_EVENTS)
    return (socket.readable ? zmq.ZMQ_POLLIN : 0) | (socket.writable ? zmq.ZMQ_POLLOUT : 0);
  if (number === zmq.ZMQ_MECHANISM) return MECHANISMS.indexOf(socket.securityMechanism);
  if (number === zmq.ZMQ_IPV4ONLY) return !socket.ipv6;
  const meaning = MEANINGS.get(number);
  if (meaning === undefined) throw new Error(`Unknown option, or one that has no value here: ${String(option)}`);
  const found = socket[meaning.property];
  return meaning.flag ? Number(Boolean(found)) : found;
}

/** Sets an option. Throws for one that there is none of. */
export function writeOption(socket: Properties, option: number | ShortOption, given: unknown): void {
  const number = numberOf(option);
  const meaning = MEANINGS.get(number);
  if (number === zmq.ZMQ_SUBSCRIBE) (socket.subscribe as (prefix: unknown) => void)(given);
  else if (number === zmq.ZMQ_UNSUBSCRIBE) (socket.unsubscribe as (prefix: unknown) => void)(given);
  else if (number === zmq.ZMQ_IPV4ONLY) socket.ipv6 = !given;
  else if (number === zmq.ZMQ_XPUB_VERBOSE) socket.verbosity = given ? "allSubs" : null;
  else if (meaning === undefined || meaning.readOnly) throw new Error(`Unknown option: ${String(option)}`);
  else socket[meaning.property] = meaning.flag ? Boolean(given) : given;
}

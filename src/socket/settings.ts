/** Every option of a socket: its number and name, what it may be, where it is honoured. As libzmq 4.3 has them. */

/** How the value looks to a program, and which pair of accessors takes it. */
export type Kind = "Bool" | "Int32" | "Uint32" | "Int64" | "Uint64" | "String";

/** What an option's accessors allow. */
export type Access = "read" | "write" | "both";

/** One option. */
export interface Option<T> {
  readonly id: number;
  readonly kind: Kind;
  readonly initial: T;
  /** Which socket types have it; undefined: all. */
  readonly on?: readonly string[];
  readonly access?: Access;
  /** Whether a socket that is bound or connected already heeds it at once. */
  readonly immediate?: boolean;
  /** Whether libzmq would take this value; `given` is what it was made from. */
  readonly valid?: (value: T, given: unknown) => boolean;
  /** What libzmq makes of it. */
  readonly as?: (value: T) => T;
}

const SENDERS = "PAIR PUB REQ REP DEALER ROUTER PUSH XPUB XSUB STREAM SERVER CLIENT RADIO SCATTER DGRAM".split(" ");
const RECEIVERS = "PAIR SUB REQ REP DEALER ROUTER PULL XPUB XSUB STREAM SERVER CLIENT DISH GATHER DGRAM".split(" ");
const CONFLATING = ["PULL", "PUSH", "SUB", "PUB", "DEALER", "SCATTER", "GATHER"];

type Rest<T> = Omit<Option<T>, "id" | "kind" | "initial">;

const flag = (id: number, rest: Rest<boolean> = {}): Option<boolean> => ({ id, kind: "Bool", initial: false, ...rest });
const count = (id: number, initial: number, least: number, rest: Rest<number> = {}): Option<number> => ({
  id,
  kind: "Int32",
  initial,
  valid: (value) => value >= least,
  ...rest,
});
/** Octets. `least` is 0 where libzmq takes null; an empty text it does not take. */
const text = (id: number, least: number, most: number, rest: Rest<Uint8Array> = {}): Option<Uint8Array> => ({
  id,
  kind: "String",
  initial: new Uint8Array(0),
  valid: ({ length }, given) => (given === null ? least === 0 : length > 0 && length >= least && length <= most),
  ...rest,
});
const wide = (id: number, kind: "Int64" | "Uint64" | "Uint32", initial: number): Option<number> => ({
  id,
  kind,
  initial,
});
const key = (id: number): Option<Uint8Array> =>
  text(id, 32, 40, { valid: ({ length }) => length === 32 || length === 40 });

const ascii = new TextDecoder();
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/;
const IPV6 = /^[0-9a-f]*:[0-9a-f:.]*(?:\/(\d{1,3}))?$/i;

/** Whether it is an address, or an address and how many of its bits count; null lets everybody in. */
function isFilter(value: Uint8Array, given: unknown): boolean {
  const filter = ascii.decode(value);
  const [, a, b, c, d, bits = 32] = IPV4.exec(filter) ?? [];
  if (a !== undefined) return [a, b, c, d].every((octet) => Number(octet) <= 255) && Number(bits) <= 32;
  const six = IPV6.exec(filter);
  return given === null || (six !== null && Number(six[1] ?? 128) <= 128);
}

/** Tenths of a second are all that a PING can carry. RFC 37, "Connection Heartbeating". */
const wholeTenths = (value: number): number => Math.max(0, Math.trunc(value / 100) * 100);
const MOST_TENTHS = 6_553_599;

/** By the names of the `zeromq` package. */
export const OPTIONS = {
  affinity: wide(4, "Uint64", 0),
  routingId: text(5, 1, 255, { on: ["REQ", "REP", "ROUTER", "DEALER"] }),
  rate: count(8, 100, 1),
  recoveryInterval: count(9, 10_000, 0),
  sendBufferSize: count(11, -1, -1, { on: SENDERS }),
  receiveBufferSize: count(12, -1, -1, { on: RECEIVERS }),
  linger: count(17, -1, -1, { immediate: true }),
  reconnectInterval: count(18, 100, -1),
  backlog: count(19, 100, 0),
  reconnectMaxInterval: count(21, 0, 0),
  maxMessageSize: wide(22, "Int64", -1),
  sendHighWaterMark: count(23, 1000, 0, { on: SENDERS, immediate: true }),
  receiveHighWaterMark: count(24, 1000, 0, { on: RECEIVERS, immediate: true }),
  multicastHops: count(25, 1, 1, { on: SENDERS }),
  receiveTimeout: count(27, -1, -1, { on: RECEIVERS, immediate: true }),
  sendTimeout: count(28, -1, -1, { on: SENDERS, immediate: true }),
  mandatory: flag(33, { on: ["ROUTER"], immediate: true }),
  tcpKeepalive: count(34, -1, -1, { valid: (value) => value >= -1 && value <= 1 }),
  tcpKeepaliveCount: count(35, -1, -1),
  tcpKeepaliveIdle: count(36, -1, -1),
  tcpKeepaliveInterval: count(37, -1, -1),
  tcpAcceptFilter: text(38, 0, 255, { valid: isFilter }),
  immediate: flag(39),
  xpubVerbose: flag(40, { on: ["XPUB"], immediate: true }),
  ipv6: flag(42),
  plainServer: flag(44),
  plainUsername: text(45, 0, 255),
  plainPassword: text(46, 0, 255),
  curveServer: flag(47),
  curvePublicKey: key(48),
  curveSecretKey: key(49),
  curveServerKey: key(50),
  probeRouter: flag(51, { on: ["ROUTER", "DEALER", "REQ"], access: "write", immediate: true }),
  correlate: flag(52, { on: ["REQ"], access: "write", immediate: true }),
  relaxed: flag(53, { on: ["REQ"], access: "write", immediate: true }),
  conflate: flag(54, { on: CONFLATING, access: "write" }),
  zapDomain: text(55, 1, 255),
  handover: flag(56, { on: ["ROUTER"], access: "write", immediate: true }),
  typeOfService: { ...wide(57, "Uint32", 0), valid: (value: number) => value <= 0x7fff_ffff },
  connectRoutingId: text(61, 1, 255, { on: ["ROUTER", "STREAM"], access: "write", immediate: true }),
  handshakeInterval: count(66, 30_000, 0),
  socksProxy: text(68, 0, Infinity),
  noDrop: flag(69, { on: ["XPUB", "PUB"], access: "write" }),
  manual: flag(71, { on: ["XPUB"], access: "write" }),
  welcomeMessage: text(72, 0, 2 ** 31, { on: ["XPUB"], access: "write", valid: () => true }),
  notify: flag(73, { on: ["STREAM"], access: "write", initial: true } as Rest<boolean>),
  invertMatching: flag(74, { on: ["PUB", "SUB", "XPUB"] }),
  heartbeatInterval: count(75, 0, 0),
  heartbeatTimeToLive: count(76, 0, 0, { valid: (value) => value <= MOST_TENTHS, as: wholeTenths }),
  heartbeatTimeout: count(77, -1, 0),
  xpubVerboser: flag(78, { on: ["XPUB"], immediate: true }),
  connectTimeout: count(79, 0, 0),
  tcpMaxRetransmitTimeout: count(80, 0, 0),
  multicastMaxTransportDataUnit: count(84, 1500, 1),
  vmciBufferSize: { ...wide(85, "Uint64", 0), valid: () => false },
  vmciBufferMinSize: { ...wide(86, "Uint64", 0), valid: () => false },
  vmciBufferMaxSize: { ...wide(87, "Uint64", 0), valid: () => false },
  vmciConnectTimeout: count(88, 0, 0, { valid: () => false }),
  interface: text(92, 0, 255),
  zapEnforceDomain: flag(93),
  loopbackFastPath: flag(94),
};

export type OptionName = keyof typeof OPTIONS;

/** The options of one socket. Those that are read at each use take effect at once. */
export type Settings = {
  [Name in OptionName]: (typeof OPTIONS)[Name] extends Option<infer T> ? T : never;
};

/** @internal As they are when nobody has set any. */
export function initialSettings(): Settings {
  const entries = Object.entries(OPTIONS).map(([name, { initial }]) => [name, initial]);
  return Object.fromEntries(entries) as Settings;
}

const BY_ID = new Map<number, OptionName>();
for (const name of Object.keys(OPTIONS) as OptionName[]) BY_ID.set(OPTIONS[name].id, name);

/** @internal The name of an option by libzmq's number. */
export function optionName(id: number): OptionName | undefined {
  return BY_ID.get(id);
}

/** @internal One option, whatever its type. */
export function optionOf(name: OptionName): Option<unknown> {
  return OPTIONS[name] as Option<unknown>;
}

/** @internal Whether a socket type has an option. */
export function hasOption(type: string, name: OptionName): boolean {
  return optionOf(name).on?.includes(type) ?? true;
}

/** Socket types: who may talk to whom, who sends, who has an identity. RFC 37, "The Socket-Type Property". */

const LEGAL_PEERS = {
  REQ: ["REP", "ROUTER"],
  REP: ["REQ", "DEALER"],
  DEALER: ["REP", "DEALER", "ROUTER"],
  ROUTER: ["REQ", "DEALER", "ROUTER"],
  PUB: ["SUB", "XSUB"],
  XPUB: ["SUB", "XSUB"],
  SUB: ["PUB", "XPUB"],
  XSUB: ["PUB", "XPUB"],
  PUSH: ["PULL"],
  PULL: ["PUSH"],
  PAIR: ["PAIR"],
  CLIENT: ["SERVER"],
  SERVER: ["CLIENT"],
  RADIO: ["DISH"],
  DISH: ["RADIO"],
  SCATTER: ["GATHER"],
  GATHER: ["SCATTER"],
  PEER: ["PEER"],
  CHANNEL: ["CHANNEL"],
} as const;

/** The socket types of RFC 37. */
export type SocketType = keyof typeof LEGAL_PEERS;

const TYPES = Object.keys(LEGAL_PEERS);

/** Types that send an Identity. libzmq sends an empty one if none is set. The Identity of other types is ignored. */
const IDENTIFIED: readonly SocketType[] = ["REQ", "DEALER", "ROUTER"];

/** @internal */
export function isSocketType(name: string): name is SocketType {
  return Object.hasOwn(LEGAL_PEERS, name);
}

/** @internal The same name, as the string that all sessions share: an idle session is to be small. */
export function knownSocketType(name: string): string {
  return TYPES.find((type) => type === name) ?? name;
}

/** @internal */
export function mayTalk(ours: SocketType, theirs: SocketType): boolean {
  return (LEGAL_PEERS[ours] as readonly SocketType[]).includes(theirs);
}

/** @internal */
export function legalPeers(ours: SocketType): readonly SocketType[] {
  return LEGAL_PEERS[ours];
}

/** @internal */
export function isIdentified(type: SocketType): boolean {
  return IDENTIFIED.includes(type);
}

/** @internal */
export function isPublisher(type: SocketType): boolean {
  return type === "PUB" || type === "XPUB";
}

/** @internal */
export function isSubscriber(type: SocketType): boolean {
  return type === "SUB" || type === "XSUB";
}

/** Those that only receive. RFC 28 to 31 and 48, each by its pattern. */
const RECEIVERS: readonly SocketType[] = ["SUB", "PULL", "DISH", "GATHER"];

/** @internal Whether an application sends messages on it. */
export function isSender(type: SocketType): boolean {
  return !RECEIVERS.includes(type);
}

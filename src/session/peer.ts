/** What each side says of itself in the handshake. RFC 37, "Connection Metadata". */
import { type Octets, ownOctets, type Payload } from "../codec/payload.js";
import { ZmtpError } from "../error.js";
import type { Greeting, Version } from "./greeting.js";
import { identityFault } from "./identity.js";
import { MAX_OWN_METADATA } from "./limits.js";
import { encodeMetadata, type Metadata } from "./metadata.js";
import { isIdentified, isSocketType, knownSocketType, legalPeers, mayTalk, type SocketType } from "./socket-type.js";

const NO_IDENTITY = new Uint8Array(0);

/** Properties that are options of their own. */
const OWN_OPTIONS: readonly string[] = ["socket-type", "identity"];

/** What we say, as the caller gives it. */
export interface LocalPeer {
  /** Which pattern we speak; the peer's type must be a legal partner of it. */
  readonly socketType: SocketType;
  /** How a ROUTER shall address us: up to 255 octets, the first not zero; default none. Copied. */
  readonly identity?: Payload | undefined;
  /** Further properties; names beginning with "X-" are the application's. Copied. */
  readonly metadata?: Readonly<Record<string, Payload>> | undefined;
}

/** What we say, checked and encoded: what a mechanism needs to know of us. Owned; do not write to it. */
export interface LocalInfo {
  /** Which pattern we speak. */
  readonly socketType: SocketType;
  /** How a ROUTER shall address us, up to 255 octets; undefined if none was given. */
  readonly identity: Octets | undefined;
  /**
   * All our properties as they stand in READY: Socket-Type first, as from libzmq, then Identity (REQ, DEALER and ROUTER
   * always, the others when it is given), then the application's.
   */
  readonly properties: Octets;
  /** Where the peer is, if the transport has said so. */
  readonly remoteAddress: string | undefined;
}

/** What is known of the peer once the handshake is complete. Owned. */
export interface PeerInfo {
  /** Undefined over `ws://` alone, where peers do not tell. */
  readonly socketType: SocketType | undefined;
  /** Empty if the peer has none. */
  readonly identity: Octets;
  /** The version of ZMTP that the peer's greeting announces. */
  readonly version: Version;
  /** The security mechanism that both use: "NULL", "PLAIN", "CURVE", … */
  readonly mechanism: string;
  /** All its properties; names are found in any case. */
  readonly metadata: ReadonlyMap<string, Octets>;
  /** Who the peer is, by the mechanism that has authenticated it; undefined where none has. */
  readonly userId?: string | undefined;
  /** The peer's long-term public key, where the mechanism has proved it; 32 octets under CURVE. */
  readonly publicKey?: Octets | undefined;
}

/** @internal What a mechanism has found out about a peer. */
export interface Authenticated {
  readonly userId?: string | undefined;
  readonly publicKey?: Uint8Array | undefined;
}

/** @internal Our own side, checked, encoded and owned. Throws a TypeError that names what is wrong. */
export function checkedLocal(local: LocalPeer & { readonly remoteAddress?: string | undefined }): LocalInfo {
  const { socketType, identity, metadata, remoteAddress } = local;
  if (!isSocketType(socketType)) {
    throw new TypeError(`${JSON.stringify(socketType)} is not a socket type: socketType is "REQ", "REP", "PUB", …`);
  }
  const owned = identity === undefined ? undefined : ownOctets(identity, "identity");
  const fault = owned && identityFault(owned);
  if (fault !== undefined) throw new TypeError(fault);
  return { socketType, identity: owned, properties: propertiesOf(socketType, owned, metadata), remoteAddress };
}

function propertiesOf(
  socketType: SocketType,
  identity: Uint8Array | undefined,
  metadata: LocalPeer["metadata"],
): Octets {
  const named = identity !== undefined || isIdentified(socketType);
  const properties = encodeMetadata([
    ["Socket-Type", socketType],
    ...(named ? [["Identity", identity ?? NO_IDENTITY] as const] : []),
    ...metadataEntries(metadata),
  ]);
  if (properties.length > MAX_OWN_METADATA) {
    throw new TypeError(`metadata takes ${properties.length} octets; a handshake holds ${MAX_OWN_METADATA}`);
  }
  return properties;
}

function metadataEntries(metadata: LocalPeer["metadata"]): [string, Payload][] {
  if (metadata === undefined) return [];
  if (metadata === null || typeof metadata !== "object" || Array.isArray(metadata)) {
    throw new TypeError('metadata is an object of names and values: { "X-Name": "value" }');
  }
  const entries = metadata instanceof Map ? [...metadata.entries()] : Object.entries(metadata);
  for (const [name] of entries) {
    if (OWN_OPTIONS.includes(String(name).toLowerCase())) {
      throw new TypeError(`${name} does not belong in metadata: it has an option of its own`);
    }
  }
  return entries;
}

/**
 * @internal The peer as its greeting and its metadata describe it; throws a {@link ZmtpError} unless `ours` may talk to
 * it. `position` is where its metadata begins in the stream.
 */
export function peerOf(
  greeting: Greeting,
  metadata: Metadata,
  ours: SocketType,
  position: number | undefined,
  who: Authenticated = {},
): PeerInfo {
  const socketType = socketTypeIn(metadata, ours, position);
  const identity = isIdentified(socketType) ? metadata.get("Identity") : undefined;
  const fault = identity && identityFault(identity);
  if (fault !== undefined) throw new ZmtpError("IDENTITY", `From the peer: ${fault}`, { offset: position });
  return described(greeting, metadata, socketType, identity, who);
}

/** @internal A peer whose handshake does not tell its socket type. */
export function untypedPeer(greeting: Greeting, metadata: Metadata, who: Authenticated = {}): PeerInfo {
  return described(greeting, metadata, undefined, metadata.get("Identity"), who);
}

function described(
  { version, mechanism }: Greeting,
  metadata: Metadata,
  socketType: SocketType | undefined,
  identity: Uint8Array = NO_IDENTITY,
  { userId, publicKey }: Authenticated,
): PeerInfo {
  // As libzmq has it: what the authenticator says stands among the properties, whatever the peer claims.
  if (userId !== undefined) metadata.set("User-Id", new TextEncoder().encode(userId));
  const values = metadata as ReadonlyMap<string, Octets>;
  const peer = { socketType, identity: identity as Octets, version, mechanism, metadata: values };
  // Most peers are nobody, and an idle session is to be small.
  return userId === undefined && publicKey === undefined
    ? peer
    : { ...peer, userId, publicKey: publicKey as Octets | undefined };
}

function socketTypeIn(metadata: Metadata, ours: SocketType, offset: number | undefined): SocketType {
  const value = metadata.get("Socket-Type");
  if (value === undefined) {
    throw new ZmtpError("SOCKET_TYPE_MISSING", "The peer does not say its socket type", { offset });
  }
  const name = knownSocketType(value.length <= 255 ? String.fromCharCode(...value) : "");
  if (!isSocketType(name)) {
    throw new ZmtpError("SOCKET_TYPE_UNKNOWN", `The peer's socket type is ${JSON.stringify(name.slice(0, 32))}`, {
      offset,
    });
  }
  if (!mayTalk(ours, name)) {
    const partners = legalPeers(ours).join(", ");
    throw new ZmtpError("SOCKET_TYPE_MISMATCH", `The peer is a ${name}; ours is a ${ours} and talks to ${partners}`, {
      offset,
    });
  }
  return name;
}

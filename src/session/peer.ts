/** What each side says of itself in the handshake. RFC 37, "Connection Metadata". */
import { ownOctets, type Payload } from "../codec/payload.js";
import { ZmtpError } from "../error.js";
import type { Greeting, Version } from "./greeting.js";
import { identityFault } from "./identity.js";
import type { Metadata } from "./metadata.js";
import { isIdentified, isSocketType, legalPeers, mayTalk, type SocketType } from "./socket-type.js";

const NO_IDENTITY = new Uint8Array(0);

/** What we say. */
export interface LocalPeer {
  readonly socketType: SocketType;
  /** How a ROUTER shall address us: up to 255 octets, the first not zero; default none. */
  readonly identity?: Payload | undefined;
  /** Further properties; names beginning with "X-" are the application's. */
  readonly metadata?: Readonly<Record<string, Payload>> | undefined;
}

/** What the peer said. Owned. */
export interface PeerInfo {
  /** Undefined over `ws://` alone, where peers do not tell. */
  readonly socketType: SocketType | undefined;
  /** Empty if the peer has none. */
  readonly identity: Uint8Array;
  readonly version: Version;
  readonly mechanism: string;
  /** All its properties; names are found in any case. */
  readonly metadata: ReadonlyMap<string, Uint8Array>;
}

/** @internal Our own side, checked and owned. Throws a TypeError. */
export function checkedLocal(local: LocalPeer): LocalPeer {
  if (!isSocketType(local.socketType)) throw new TypeError(`${JSON.stringify(local.socketType)} is not a socket type`);
  const { identity } = local;
  const owned = identity === undefined ? undefined : ownOctets(identity);
  const fault = owned && identityFault(owned);
  if (fault !== undefined) throw new TypeError(fault);
  return { socketType: local.socketType, identity: owned, metadata: local.metadata };
}

/**
 * @internal The peer as its greeting and its metadata describe it; throws a {@link ZmtpError} unless `ours` may talk to it.
 * `position` is where its metadata begins in the stream.
 */
export function peerOf(greeting: Greeting, metadata: Metadata, ours: SocketType, position: number): PeerInfo {
  const socketType = socketTypeIn(metadata, ours, position);
  const identity = isIdentified(socketType) ? metadata.get("Identity") : undefined;
  const fault = identity && identityFault(identity);
  if (fault !== undefined) throw new ZmtpError("IDENTITY", `From the peer: ${fault}`, { offset: position });
  const { version, mechanism } = greeting;
  return { socketType, identity: identity ?? NO_IDENTITY, version, mechanism, metadata };
}

/** @internal A peer whose handshake does not tell its socket type. */
export function untypedPeer({ version, mechanism }: Greeting, metadata: Metadata): PeerInfo {
  return {
    socketType: undefined,
    identity: metadata.get("Identity") ?? NO_IDENTITY,
    version,
    mechanism,
    metadata,
  };
}

function socketTypeIn(metadata: Metadata, ours: SocketType, offset: number): SocketType {
  const value = metadata.get("Socket-Type");
  if (value === undefined)
    throw new ZmtpError("SOCKET_TYPE_MISSING", "The peer does not say its socket type", { offset });
  const name = value.length <= 255 ? String.fromCharCode(...value) : "";
  if (!isSocketType(name)) {
    throw new ZmtpError("SOCKET_TYPE_UNKNOWN", `The peer's socket type is ${JSON.stringify(name.slice(0, 32))}`, {
      offset,
    });
  }
  if (!mayTalk(ours, name)) {
    throw new ZmtpError(
      "SOCKET_TYPE_MISMATCH",
      `The peer is a ${name}; ours is a ${ours} and talks to ${legalPeers(ours).join(", ")}`,
      {
        offset,
      },
    );
  }
  return name;
}

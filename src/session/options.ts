/** How to open a session. */
import type { Codec } from "../codec/codec.js";
import type { Mechanism } from "./mechanism.js";
import type { LocalPeer } from "./peer.js";

/** How to open a session. */
export interface SessionOptions extends LocalPeer {
  /** Longest payload accepted, in octets; default 64 MiB, at most 2^31-1. */
  readonly maxFrameSize?: number | undefined;
  /** Default `defaultCodec()`. */
  readonly codec?: Codec | undefined;
  /** Default NULL. */
  readonly mechanism?: Mechanism | undefined;
  /** Where the peer is, as the transport knows it: authenticators are told. Connections set it by themselves. */
  readonly remoteAddress?: string | undefined;
}

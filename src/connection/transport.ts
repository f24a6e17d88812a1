/** The seam between a connection and whatever moves its octets: a socket, a pair of streams, a WebSocket. */

import type { ZmtpError } from "../error.js";
import type { Greeting } from "../session/greeting.js";

/** Moves octets and nothing else. */
export interface Transport {
  /** Hands octets over, in order. Their memory is the transport's until `sent` has counted them. */
  write(chunks: readonly Uint8Array[]): void;
  /** Stops reading: the peer is to feel it. */
  pause(): void;
  resume(): void;
  /** Says goodbye once everything handed over has left. */
  finish(): void;
  /** Drops everything at once. */
  destroy(): void;
}

/** Flags of a frame that a transport frames by itself, where it is one at all. */
export type FrameFlags = { readonly more: boolean; readonly command: boolean };

/** Whom a transport reports to. */
export interface TransportUser {
  /** The transport works: the peer has been reached. `greeting` where both sides have agreed on it in the transport's own way. */
  attached(transport: Transport, greeting?: Greeting): void;
  /** Octets came; borrowed until this returns. */
  received(chunk: Uint8Array): void;
  /** Octets came and lie in the codec's landing region. */
  landed(length: number): void;
  /** A whole frame came; its payload is the user's to keep. */
  receivedFrame(payload: Uint8Array, flags: FrameFlags): void;
  /** What came has no place in the protocol. */
  refused(error: ZmtpError): void;
  /** So many octets have left; with `chunk`, where the transport knows that nobody reads its memory any more. */
  sent(octets: number, chunk?: Uint8Array): void;
  /** The peer has said goodbye; nothing more comes from it. */
  ended(): void;
  /** It is over, in peace or for this reason. */
  gone(error?: unknown): void;
}

/** What a session reports, in the order it happened on the wire. */
import type { FrameBatch } from "../codec/batch.js";
import type { Frame } from "../codec/frame.js";
import type { ZmtpError } from "../error.js";
import type { PeerInfo } from "./peer.js";

type CommonEvent =
  /** To be sent to the peer, before anything that is encoded later. Owned. */
  | { readonly type: "SendBytes"; readonly bytes: Uint8Array }
  /** Both READYs have been exchanged; messages may follow. Once. */
  | { readonly type: "HandshakeComplete"; readonly peer: PeerInfo }
  /**
   * A command in traffic: SUBSCRIBE and CANCEL (data: the prefix, whether it came as a command or as a 0x01 or 0x00 message), PING (data: TTL in tenths of a second, two octets, then
   * its context; the PONG precedes it as SendBytes), PONG (data: the context), and any that ZMTP does not know. Owned.
   */
  | { readonly type: "Command"; readonly name: string; readonly data: Uint8Array }
  /** The session is over; nothing follows. Once. */
  | { readonly type: "Error"; readonly error: ZmtpError };

/** An event of `receive()`; everything in it is owned. */
export type SessionEvent = CommonEvent | { readonly type: "Frame"; readonly frame: Frame };

/** An event of `receiveBatches()`; all is owned but the batch, which is valid until the next call that decodes on this thread. */
export type SessionBatchEvent = CommonEvent | { readonly type: "Frames"; readonly batch: FrameBatch };

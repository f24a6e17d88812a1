/** What a session reports, in the order it happened on the wire. */
import type { FrameBatch } from "../codec/batch.js";
import type { Frame } from "../codec/frame.js";
import type { Octets } from "../codec/payload.js";
import type { ZmtpError } from "../error.js";
import type { PeerInfo } from "./peer.js";

type CommonEvent =
  /** To be sent to the peer, before anything that is encoded later. Owned. */
  | { readonly type: "SendBytes"; readonly bytes: Octets }
  /** Both READYs have been exchanged; messages may follow. Once. */
  | { readonly type: "HandshakeComplete"; readonly peer: PeerInfo }
  /**
   * The mechanism needs a verdict from outside, and nothing is read until `proceed` brings it. What the question is,
   * and how it becomes a `Progress`, the mechanism says.
   */
  | { readonly type: "Question"; readonly question: unknown }
  /**
   * A command in traffic. Owned.
   *
   * SUBSCRIBE and CANCEL: data is the prefix, whether it came as a command or as a 0x01 or 0x00 message.
   * PING: data is the TTL in tenths of a second, two octets, then the context; the PONG precedes it as SendBytes.
   * PONG: data is the context. Commands that ZMTP does not know are reported as they came.
   */
  | { readonly type: "Command"; readonly name: string; readonly data: Octets }
  /** The session is over; nothing follows. Once. */
  | { readonly type: "Error"; readonly error: ZmtpError };

/** An event of `receive()`; everything in it is owned. */
export type SessionEvent = CommonEvent | { readonly type: "Frame"; readonly frame: Frame };

/**
 * An event of `receiveBatches()`; all is owned but the batch, which is valid until the next call that decodes on this
 * thread.
 */
export type SessionBatchEvent = CommonEvent | { readonly type: "Frames"; readonly batch: FrameBatch };

/** What waits to leave, whatever the transport's framing. */
import type { FrameBatch } from "../codec/batch.js";
import type { Message } from "../codec/payload.js";
import type { FrameEncoding } from "../session/frame-encoding.js";

/** One message for many peers, encoded once. */
export interface SharedMessage {
  readonly message: Message;
  /** As ZMTP has it, headers included; made when first asked for. Nobody writes into it. */
  readonly octets: Uint8Array;
}

/**
 * Gathers whole messages until the transport takes them. How frames lie in the chunks is the transport's framing. An
 * outbox may outlive its connection: what had not been handed over then leaves by the next one.
 */
export interface Outbox {
  /** Octets waiting; an outbox that holds objects counts what they cost. */
  readonly length: number;
  /** Messages waiting, where they are counted. */
  readonly messages: number;
  /** The messages that wait are counted no more: they are as good as sent. */
  countAsSent(): void;
  message(message: Message): void;
  /** A run of whole messages. */
  batch(batch: FrameBatch): void;
  /** A message that others send as well. */
  shared(message: SharedMessage): void;
  /** Frames that are encoded already, as ZMTP has them: so many messages. */
  octets(bytes: Uint8Array, messages: number): void;
  /** How the session is to frame what it sends itself, on a transport that frames by itself. */
  readonly encoding: FrameEncoding;
  /**
   * Room for a message of one frame, to be written at the returned offset of `memory` or `view` before anything else is
   * sent.
   */
  room(length: number): number;
  readonly memory: Uint8Array;
  readonly view: DataView;
  /** All of it, in order. */
  handOver(): Uint8Array[];
  /** A chunk has left, and its memory is free again. */
  recycle?(chunk: Uint8Array): void;
  /** Throws away what waits. */
  clear(): void;
}

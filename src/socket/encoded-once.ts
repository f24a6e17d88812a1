/** One message for many peers: its octets are written once, by whoever needs them first. RFC 29. */
import { encodeMessage } from "../codec/encoder.js";
import type { SharedMessage } from "../connection/outbox.js";
import type { SentMessage } from "./message.js";

/** @internal Such a message. */
export class EncodedOnce implements SharedMessage {
  readonly message: SentMessage;
  #octets: Uint8Array | undefined;

  constructor(message: SentMessage) {
    this.message = message;
  }

  /** The message as ZMTP has it, headers included. Nobody writes into it. */
  get octets(): Uint8Array {
    this.#octets ??= encodeMessage(this.message);
    return this.#octets;
  }
}

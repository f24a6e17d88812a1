/** What leaves in traffic: messages, batches and commands, in clear text or sealed. RFC 37, "Traffic". */
import type { FrameBatch } from "../codec/batch.js";
import { FrameDecoder } from "../codec/decoder.js";
import { encodeMessage } from "../codec/encoder.js";
import type { Engine } from "../codec/engine.js";
import { encodeBatch } from "../codec/forward.js";
import { LARGEST_FRAME } from "../codec/frame.js";
import { framesOf, type Message, type Octets, octets } from "../codec/payload.js";
import { type FrameEncoding, zmtpEncoding } from "./frame-encoding.js";
import { joined } from "./octets.js";

/** Encodes what a session sends. */
export class Outgoing {
  readonly #codec: Engine;
  /** One frame as it leaves: sealed, where the mechanism does that. */
  readonly frame: FrameEncoding;

  constructor(codec: Engine, encoding: FrameEncoding) {
    this.#codec = codec;
    this.frame = encoding;
  }

  message(message: Message): Octets {
    if (this.#plain) return encodeMessage(message);
    const frames = framesOf(message);
    const last = frames.length - 1;
    return joined(frames.map((payload, i) => this.frame({ payload: octets(payload), more: i < last, command: false })));
  }

  batch(batch: FrameBatch): Octets {
    return this.#plain ? encodeBatch(batch, this.#codec) : joined(Array.from(batch, this.frame));
  }

  /** Frames that were encoded in the clear, sealed one by one; what is in the clear stays as it is. */
  sealed(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
    if (this.#plain) return chunks;
    const sealed: Uint8Array[] = [];
    const decoder = new FrameDecoder({ codec: this.#codec, maxFrameSize: LARGEST_FRAME });
    for (const chunk of chunks) {
      for (const batch of decoder.push(chunk)) for (const frame of batch) sealed.push(this.frame(frame));
    }
    return [joined(sealed)];
  }

  command(body: Octets): Octets {
    return this.frame({ payload: body, more: false, command: true });
  }

  /** Whether frames leave as ZMTP has them: the codec encodes many at once then. */
  get #plain(): boolean {
    return this.frame === zmtpEncoding;
  }
}

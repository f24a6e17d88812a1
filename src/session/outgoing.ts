/** What leaves in traffic: messages, batches and commands, in clear text or sealed. RFC 37, "Traffic". */
import type { FrameBatch } from "../codec/batch.js";
import type { Engine } from "../codec/codec.js";
import { FrameDecoder } from "../codec/decoder.js";
import { encodeFrame, encodeMessage } from "../codec/encoder.js";
import { encodeBatch } from "../codec/forward.js";
import { type Frame, LARGEST_FRAME } from "../codec/frame.js";
import { framesOf, type Message, type Octets, octets } from "../codec/payload.js";
import type { Traffic } from "./mechanism.js";
import { joined } from "./octets.js";

/** Encodes what a session sends, and seals it where the mechanism does. */
export class Outgoing {
  readonly #codec: Engine;
  readonly #traffic: Traffic | undefined;

  constructor(codec: Engine, traffic: Traffic | undefined) {
    this.#codec = codec;
    this.#traffic = traffic;
  }

  message(message: Message): Uint8Array {
    const traffic = this.#traffic;
    if (traffic === undefined) return encodeMessage(message);
    const frames = framesOf(message);
    const last = frames.length - 1;
    return joined(
      frames.map((payload, i) => traffic.seal({ payload: octets(payload), more: i < last, command: false })),
    );
  }

  batch(batch: FrameBatch): Uint8Array {
    const traffic = this.#traffic;
    if (traffic === undefined) return encodeBatch(batch, this.#codec);
    return joined(Array.from(batch, (frame) => traffic.seal(frame)));
  }

  /** Frames that were encoded in the clear, sealed one by one; what is in the clear stays as it is. */
  sealed(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
    const traffic = this.#traffic;
    if (traffic === undefined) return chunks;
    const sealed: Uint8Array[] = [];
    const decoder = new FrameDecoder({ codec: this.#codec, maxFrameSize: LARGEST_FRAME });
    for (const chunk of chunks) {
      for (const batch of decoder.push(chunk)) for (const frame of batch) sealed.push(traffic.seal(frame));
    }
    return [joined(sealed)];
  }

  command(body: Octets): Uint8Array {
    return this.frame({ payload: body, more: false, command: true });
  }

  frame(frame: Frame): Uint8Array {
    return this.#traffic === undefined ? encodeFrame(frame.payload, frame) : this.#traffic.seal(frame);
  }
}

/** The codec as WHATWG streams, shaped like the platform's TextDecoderStream and TextEncoderStream. */
import { FrameBatch } from "./batch.js";
import type { Codec } from "./codec.js";
import { FrameDecoder } from "./decoder.js";
import { FrameEncoder } from "./encoder.js";
import type { Message, Octets } from "./payload.js";

/** Nothing is taken in before the reader asks. */
const ON_DEMAND = { highWaterMark: 0 };

/**
 * Octets in, cut anywhere; owned batches of frames out. The readable side fails with a ZmtpError after the last frame
 * before a fault, or if the stream ends inside a frame (TRUNCATED).
 */
export class FrameDecoderStream {
  /** Batches, each owned. */
  readonly readable: ReadableStream<FrameBatch>;
  /**
   * Chunks: a Uint8Array, or any ArrayBuffer, DataView or typed array; each may be reused once its write has
   * resolved.
   */
  readonly writable: WritableStream<ArrayBuffer | ArrayBufferView>;

  /** Options as for {@link FrameDecoder}. */
  constructor(options: { maxFrameSize?: number | undefined; codec?: Codec | undefined } = {}) {
    const decoder = new FrameDecoder(options);
    const { readable, writable } = new TransformStream<ArrayBuffer | ArrayBufferView, FrameBatch>(
      {
        transform(chunk, controller) {
          for (const batch of decoder.push(chunk)) controller.enqueue(batch.toOwned());
        },
        flush() {
          decoder.end();
        },
      },
      undefined,
      ON_DEMAND,
    );
    this.readable = readable;
    this.writable = writable;
  }
}

/** Messages or batches in; octets out, owned, one chunk for each. */
export class FrameEncoderStream {
  /** One chunk for each message or batch, owned. */
  readonly readable: ReadableStream<Octets>;
  /** Messages, or batches of frames. */
  readonly writable: WritableStream<Message | FrameBatch>;

  /** Options as for {@link FrameEncoder}. */
  constructor(options: { codec?: Codec | undefined } = {}) {
    const encoder = new FrameEncoder(options);
    const { readable, writable } = new TransformStream<Message | FrameBatch, Octets>(
      {
        transform(chunk, controller) {
          if (chunk instanceof FrameBatch) encoder.batch(chunk);
          else encoder.message(chunk);
          controller.enqueue(encoder.flush());
        },
      },
      undefined,
      ON_DEMAND,
    );
    this.readable = readable;
    this.writable = writable;
  }
}

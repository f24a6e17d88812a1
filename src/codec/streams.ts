/** The codec as WHATWG streams, shaped like the platform's TextDecoderStream and TextEncoderStream. */
import { ZmtpError } from "../error.js";
import { FrameBatch } from "./batch.js";
import type { Codec } from "./codec.js";
import { FrameDecoder } from "./decoder.js";
import { FrameEncoder } from "./encoder.js";
import type { Message } from "./payload.js";

/** Nothing is taken in before the reader asks. */
const ON_DEMAND = { highWaterMark: 0 };

/**
 * Octets in, cut anywhere; owned batches of frames out. The readable side fails with a {@link ZmtpError} after the last frame
 * before a fault, or if the stream ends inside a frame.
 */
export class FrameDecoderStream {
  readonly readable: ReadableStream<FrameBatch>;
  readonly writable: WritableStream<Uint8Array>;

  /** Options as for {@link FrameDecoder}. */
  constructor(options: { maxFrameSize?: number | undefined; codec?: Codec | undefined } = {}) {
    const decoder = new FrameDecoder(options);
    const { readable, writable } = new TransformStream<Uint8Array, FrameBatch>(
      {
        transform(chunk, controller) {
          for (const batch of decoder.push(chunk)) controller.enqueue(batch.toOwned());
        },
        flush() {
          if (decoder.pending > 0) {
            throw new ZmtpError("TRUNCATED", `The stream ended with ${decoder.pending} octets of an unfinished frame`, {
              offset: decoder.position,
            });
          }
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
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Message | FrameBatch>;

  /** Options as for {@link FrameEncoder}. */
  constructor(options: { codec?: Codec | undefined } = {}) {
    const encoder = new FrameEncoder(options);
    const { readable, writable } = new TransformStream<Message | FrameBatch, Uint8Array>(
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

/** Messages that are passed on as they came: a run of them, not taken apart. RFC 28, "The ROUTER Socket Type". */
import { type FrameBatch, ownedFrame } from "../codec/batch.js";

export class Run {
  /** The frames of its messages; borrowed from the pipe that they came by. */
  readonly frames: FrameBatch;
  /** What stands in front of each message and not in `frames`: at a ROUTER, whom they are from. Owned. */
  readonly front: Uint8Array | undefined;
  #frontFrame: FrameBatch | undefined;
  /** What the frames lie in: asking a typed array for it costs as much as a view, so it is asked once a run. */
  readonly #memory: ArrayBuffer;
  readonly #offset: number;

  constructor(frames: FrameBatch, front?: Uint8Array) {
    this.frames = frames;
    this.front = front;
    this.#memory = frames.bytes.buffer;
    this.#offset = frames.bytes.byteOffset;
  }

  get length(): number {
    return this.frames.length;
  }

  /** The frame in front, as whoever writes frames takes it. */
  get frontFrame(): FrameBatch | undefined {
    if (this.front === undefined) return undefined;
    this.#frontFrame ??= ownedFrame(this.front, true, false);
    return this.#frontFrame;
  }

  /** The octets of these frames, headers included, as they came; undefined for frames that do not lie side by side. */
  octets(from: number, to: number): Uint8Array | undefined {
    const { frames } = this;
    if (frames.from < 0) return undefined;
    const start = from === 0 ? frames.from : frames.end(from - 1);
    return new Uint8Array(this.#memory, this.#offset + start, frames.end(to - 1) - start);
  }

  /** Index behind so many messages from this frame on, or behind the last there is. */
  endOf(messages: number, from: number): number {
    const { frames } = this;
    const { length } = frames;
    let at = from;
    for (let i = 0; i < messages && at < length; i++) {
      while (frames.more(at)) at++;
      at++;
    }
    return at;
  }
}

/** What a peer sends behind its greeting: runs of frames, from octets or from a transport that frames by itself. */
import { type FrameBatch, ownedFrame } from "../codec/batch.js";
import type { Codec } from "../codec/codec.js";
import { FrameDecoder } from "../codec/decoder.js";
import { admit, type Limits } from "../codec/frame.js";
import { COMMANDS_ONLY } from "./limits.js";

/** Frames that the transport has framed by itself (as a WebSocket does) and that have not been read. */
class Framed {
  limits: Limits = COMMANDS_ONLY;
  /** Octets of the frames that have been read: a payload and one octet of flags each. */
  octets = 0;
  #frames: FrameBatch[] = [];
  #head = 0;

  push(frame: FrameBatch): void {
    this.#frames.push(frame);
  }

  shift(): FrameBatch | undefined {
    const frame = this.#frames[this.#head++];
    if (frame === undefined) {
      this.#frames = [];
      this.#head = 0;
      return undefined;
    }
    admit(frame.end(0), frame.command(0), this.limits);
    this.octets += 1 + frame.end(0);
    return frame;
  }

  get pending(): number {
    let octets = 0;
    for (let i = this.#head; i < this.#frames.length; i++) octets += 1 + this.#frames[i].end(0);
    return octets;
  }
}

/** Takes octets or whole frames in, and gives runs of frames out. */
export class FrameSource {
  readonly #decoder: FrameDecoder;
  /** There only where the transport frames by itself. */
  #framed: Framed | undefined;

  /** @param position - Where in the stream the first octet stands. */
  constructor(codec: Codec, position: number) {
    this.#decoder = new FrameDecoder({ codec });
    this.#decoder.expect(COMMANDS_ONLY, position);
  }

  get decoder(): FrameDecoder {
    return this.#decoder;
  }

  /** Which frames are welcome from here on. */
  expect(limits: Limits): void {
    this.#decoder.expect(limits);
    if (this.#framed !== undefined) this.#framed.limits = limits;
  }

  /** All that comes will be framed, and no greeting precedes it. */
  comesFramed(): void {
    this.#framed = new Framed();
    this.#decoder.expect(COMMANDS_ONLY, 0);
  }

  push(chunk: Uint8Array): void {
    this.#decoder.push(chunk);
  }

  /** As `push`; the chunk becomes ours. */
  pushOwned(chunk: Uint8Array): void {
    this.#decoder.takeOwned(chunk);
  }

  reserve(size?: number): Uint8Array {
    return this.#decoder.reserve(size);
  }

  commit(length: number): void {
    this.#decoder.commit(length);
  }

  landed(length: number): void {
    this.#decoder.landed(length);
  }

  /** Takes in a frame that the transport has framed; its payload becomes ours. */
  pushFrame(payload: Uint8Array, more: boolean, command: boolean): void {
    this.#framed ??= new Framed();
    this.#framed.push(ownedFrame(payload, more, command));
  }

  /** The next run of messages, or a command alone. Throws a ZmtpError for a frame that is not welcome. */
  nextBatch(): FrameBatch | undefined {
    return this.#framed === undefined ? this.#decoder.nextBatch() : this.#framed.shift();
  }

  /** Where in the stream payload `i` of the run just read begins. */
  positionOf(batch: FrameBatch, i: number): number {
    return this.position - (batch.end(batch.length - 1) - batch.start(i));
  }

  /** Where in the stream the first octet stands that has not been read. */
  get position(): number {
    return this.#decoder.position + (this.#framed?.octets ?? 0);
  }

  /** Octets taken in and not read yet. */
  get pending(): number {
    return this.#decoder.pending + (this.#framed?.pending ?? 0);
  }
}

/** What a peer sends behind its greeting: runs of frames, from octets or from a transport that frames by itself. */
import { type FrameBatch, ownedFrame } from "../codec/batch.js";
import type { Engine } from "../codec/codec.js";
import { FrameDecoder } from "../codec/decoder.js";
import { admit, type Limits } from "../codec/frame.js";
import { COMMANDS_ONLY } from "./limits.js";

export class Incoming {
  readonly #engine: Engine;
  readonly #decoder: FrameDecoder;
  #limits: Limits = COMMANDS_ONLY;
  /** Frames that came framed, and have not been read; there only while there are some. */
  #framed: FrameBatch[] | undefined;
  #head = 0;
  /** Octets of the framed frames that have been read, one of flags each. */
  #framedOctets = 0;

  /** @param position - Where in the stream the first octet stands. */
  constructor(engine: Engine, position: number) {
    this.#engine = engine;
    this.#decoder = new FrameDecoder({ codec: engine });
    this.#decoder.expect(this.#limits, position);
  }

  /** Which frames are welcome from here on. */
  expect(limits: Limits): void {
    this.#limits = limits;
    this.#decoder.expect(limits);
  }

  /** The region that sockets may read into: `landed` takes octets out of it. */
  get landing(): Uint8Array {
    return this.#engine.landing;
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
    this.#framed ??= [];
    this.#framed.push(ownedFrame(payload, more, command));
  }

  /** The next run of messages, or a command alone. Throws a ZmtpError for a frame that is not welcome. */
  nextBatch(): FrameBatch | undefined {
    return this.#framed === undefined ? this.#decoder.nextBatch() : this.#nextFramed(this.#framed);
  }

  #nextFramed(framed: FrameBatch[]): FrameBatch | undefined {
    const batch = framed[this.#head++];
    if (batch === undefined) {
      this.#framed = undefined;
      this.#head = 0;
      return undefined;
    }
    admit(batch.end(0), batch.command(0), this.#limits);
    this.#framedOctets += 1 + batch.end(0);
    return batch;
  }

  /** Where in the stream payload `i` of the run just read begins. */
  positionOf(batch: FrameBatch, i: number): number {
    return this.position - (batch.end(batch.length - 1) - batch.start(i));
  }

  /** Where in the stream the first octet stands that has not been read. */
  get position(): number {
    return this.#decoder.position + this.#framedOctets;
  }

  /** Octets taken in and not read yet. */
  get pending(): number {
    let octets = this.#decoder.pending;
    for (let i = this.#head; this.#framed !== undefined && i < this.#framed.length; i++) {
      octets += 1 + this.#framed[i].end(0);
    }
    return octets;
  }
}

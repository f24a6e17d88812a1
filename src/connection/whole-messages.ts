/** Runs cut at the ends of messages: what a connection hands on never ends inside one. RFC 37, "Messages". */
import type { FrameBatch } from "../codec/batch.js";
import { joinBatches } from "../codec/join.js";
import { CAPACITY, WINDOW_SIZE } from "../codec/layout.js";
import type { ZmtpError } from "../error.js";
import { connectionError } from "./fault.js";
import { FRAME_COST, ROW_COST } from "./limits.js";

/** How large one message may become, over all its frames. */
export interface MessageLimits {
  /** Octets. */
  readonly maxMessageSize: number;
  /** Frames. */
  readonly maxMessageFrames: number;
}

/**
 * Collects frames until their message is whole. What is unfinished waits here, counted; one piece for each run it came
 * in.
 */
export class WholeMessages {
  readonly #limits: MessageLimits;
  /** Whether a message could break the limits inside a single run: most limits are far beyond what one run holds. */
  readonly #countEach: boolean;
  /** The unfinished message, as it came in runs. */
  #pieces: FrameBatch[] = [];
  /** The unfinished message, from a transport that frames by itself: its frames. */
  #parts: Uint8Array[] = [];
  #frames = 0;
  #octets = 0;
  #fault: ZmtpError | undefined;

  constructor(limits: MessageLimits) {
    this.#limits = limits;
    this.#countEach = limits.maxMessageFrames < CAPACITY || limits.maxMessageSize < WINDOW_SIZE;
  }

  /** What the unfinished message costs in memory, in octets. */
  get cost(): number {
    return this.#octets + this.#frames * (this.#parts.length > 0 ? FRAME_COST : ROW_COST);
  }

  /** Why the last message is refused: nothing that comes behind this is taken in. */
  get fault(): ZmtpError | undefined {
    return this.#fault;
  }

  /**
   * Adds a run; then look at `fault`.
   *
   * @param keep - Makes a borrowed run ours.
   * @returns The messages that are whole now and within the limits, as one run of our own.
   */
  addRun(run: FrameBatch, keep: (run: FrameBatch) => FrameBatch): FrameBatch | undefined {
    const { length } = run;
    if (this.#pieces.length === 0 && !this.#countEach && !run.more(length - 1)) return keep(run);
    const end = this.#countEach ? this.#countFrames(run) : lastEnd(run);
    if (end === 0) {
      this.#hold(run, 0);
      return undefined;
    }
    if (this.#pieces.length > 0 && !this.#countEach && !this.#countFirst(run)) return this.#drop();
    const whole = this.#joined(end === length ? run : run.slice(0, end), keep);
    if (!this.#countEach) this.#forget();
    if (end < length) this.#hold(run, end);
    return whole;
  }

  /** Adds one frame, whose payload is ours; returns its message if that is whole now. Then look at `fault`. */
  addFrame(payload: Uint8Array, more: boolean): Uint8Array[] | undefined {
    if (!more && this.#parts.length === 0 && !this.#countEach) return [payload];
    if (!this.#count(1, payload.length)) return this.#drop();
    this.#parts.push(payload);
    if (more) return undefined;
    const message = this.#parts;
    this.#parts = [];
    this.#forget();
    return message;
  }

  #joined(run: FrameBatch, keep: (run: FrameBatch) => FrameBatch): FrameBatch {
    if (this.#pieces.length === 0) return keep(run);
    const joined = joinBatches([...this.#pieces, run]);
    this.#pieces = [];
    return joined;
  }

  /** Keeps what comes behind the last whole message of a run, unless that has grown too large. */
  #hold(run: FrameBatch, from: number): void {
    const rest = from === 0 ? run : run.slice(from, run.length);
    if (this.#fault === undefined && (this.#countEach || this.#count(rest.length, octetsOf(rest)))) {
      this.#pieces.push(rest.toOwned());
    } else this.#drop();
  }

  /** The message that was unfinished ends in this run: with its last frames it has to fit, too. */
  #countFirst(run: FrameBatch): boolean {
    let frames = 1;
    while (run.more(frames - 1)) frames++;
    return this.#count(frames, run.end(frames - 1) - run.start(0));
  }

  /**
   * Counts frame by frame, where limits are so small that each may break one; returns where the last good message ends.
   */
  #countFrames(run: FrameBatch): number {
    let end = 0;
    for (let i = 0; i < run.length; i++) {
      if (!this.#count(1, run.end(i) - run.start(i))) return end;
      if (run.more(i)) continue;
      end = i + 1;
      this.#forget();
    }
    return end;
  }

  /** Counts towards the unfinished message; false, and a fault, if it has grown too large. */
  #count(frames: number, octets: number): boolean {
    this.#frames += frames;
    this.#octets += octets;
    const { maxMessageFrames, maxMessageSize } = this.#limits;
    if (this.#frames > maxMessageFrames) this.#fault = tooLarge(`${this.#frames} frames`, maxMessageFrames);
    else if (this.#octets > maxMessageSize) this.#fault = tooLarge(`${this.#octets} octets`, maxMessageSize);
    return this.#fault === undefined;
  }

  /**
   * Throws away what has come of a message that is too large. `#count`, which finds that out, does not: the same run
   * may bring the end of the message before, and its pieces are needed for that.
   */
  #drop(): undefined {
    this.#pieces = [];
    this.#parts = [];
    this.#forget();
  }

  #forget(): void {
    this.#frames = 0;
    this.#octets = 0;
  }
}

/** The number of frames up to the end of the last whole message. */
function lastEnd(run: FrameBatch): number {
  let end = run.length;
  while (end > 0 && run.more(end - 1)) end--;
  return end;
}

function octetsOf(run: FrameBatch): number {
  return run.end(run.length - 1) - run.start(0);
}

function tooLarge(what: string, limit: number): ZmtpError {
  return connectionError("MESSAGE_TOO_LARGE", `A message has ${what} so far; the limit is ${limit}`);
}

/** ROUTER: each message carries in front whom it is for, or whom it is from. RFC 28, "The ROUTER Socket Type". */
import type { FrameBatch } from "../../codec/batch.js";
import { ByIdentity } from "../by-identity.js";
import { copyOf } from "../bytes.js";
import { fault } from "../errno.js";
import { FairQueue } from "../fair-queue.js";
import type { SentFrame, SentMessage } from "../message.js";
import { bytesOf, partsOf } from "../message.js";
import { Pattern, type Received } from "../pattern.js";
import type { Pipe } from "../pipe.js";
import { Run } from "../run.js";
import type { Settings } from "../settings.js";
import { probe } from "./dealer.js";

class Router extends Pattern {
  readonly #queue: FairQueue;
  readonly #peers = new ByIdentity();

  constructor(settings: Settings) {
    const queue = new FairQueue();
    super("ROUTER", settings, { incoming: queue });
    this.#queue = queue;
  }

  override attached(pipe: Pipe): void {
    probe(pipe, this.settings);
    this.#identify(pipe);
  }

  override renewed(pipe: Pipe): void {
    // A peer that we connected to may be called otherwise than the one before it.
    if (pipe.identity.length > 0) {
      this.#peers.delete(pipe);
      this.#identify(pipe);
    }
  }

  override detached(pipe: Pipe): void {
    super.detached(pipe);
    this.#peers.delete(pipe);
  }

  override arrived(pipe: Pipe): void {
    // Whom we have no name for is not heard: it came with an identity that another peer has.
    if (this.#peers.of(pipe) !== undefined) super.arrived(pipe);
  }

  override get writable(): boolean {
    if (!this.settings.mandatory) return true;
    for (const pipe of this.#peers.pipes) if (pipe.writable) return true;
    return false;
  }

  override receive(): Received | undefined {
    const message = this.#queue.next();
    return message === undefined ? undefined : [copyOf(this.from as Uint8Array), ...message];
  }

  override get from(): Uint8Array | undefined {
    return this.#queue.from && this.#peers.of(this.#queue.from);
  }

  /** As {@link Pattern.receiveBatch}; the identities are not in it, `from` is that of all its messages. */
  override receiveBatch(): FrameBatch | undefined {
    return this.#queue.nextBatch();
  }

  override takeRun(): Run | undefined {
    if (!this.#queue.readable || !this.#queue.inRuns) return undefined;
    const frames = this.#queue.nextBatch();
    return frames && new Run(frames, copyOf(this.from as Uint8Array));
  }

  /** One message: the next may be for somebody else. */
  override sendRun(run: Run, from: number): number {
    const end = run.endOf(1, from);
    const pipe = this.#receiver(run.frames.payload(from));
    if (pipe !== undefined && !pipe.writable && this.settings.mandatory) return from;
    if (pipe?.writable && end > from + 1) pipe.sendRun(run, from + 1, end);
    return end;
  }

  override send(message: SentMessage): boolean {
    const [identity, ...rest] = partsOf(message);
    return this.sendTo(bytesOf(identity), rest);
  }

  /**
   * Sends behind an identity. "SHALL silently drop" what is for nobody, unless `mandatory`; it never waits otherwise.
   */
  protected sendTo(identity: Uint8Array, rest: readonly SentFrame[]): boolean {
    const pipe = this.#receiver(identity);
    if (pipe === undefined) return true;
    if (!pipe.writable) return !this.settings.mandatory;
    if (rest.length > 0) pipe.send(rest);
    return true;
  }

  #receiver(identity: Uint8Array): Pipe | undefined {
    const pipe = this.#peers.find(identity);
    if (pipe === undefined && this.settings.mandatory) throw fault("EHOSTUNREACH");
    return pipe;
  }

  #identify(pipe: Pipe): void {
    const before = this.#peers.add(pipe, pipe.identity, this.settings.handover);
    if (before !== undefined && before !== pipe) {
      if (!this.settings.handover) return;
      super.detached(before);
      before.close(0);
    }
    super.attached(pipe);
  }
}

export const router = (settings: Settings): Pattern => new Router(settings);

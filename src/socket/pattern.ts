/**
 * What a socket type is made of: how messages come, how they leave, and what it does when a peer comes or goes. RFC 28
 * to 31.
 */
import type { FrameBatch } from "../codec/batch.js";
import type { SocketType } from "../session/socket-type.js";
import { fault } from "./errno.js";
import type { SentMessage } from "./message.js";
import type { Pipe } from "./pipe.js";
import { Run } from "./run.js";
import type { Settings } from "./settings.js";

/** The types of ZMTP, and the one that speaks none. */
export type PatternType = SocketType | "STREAM";

/** How messages come. */
export interface Receiving {
  attach(pipe: Pipe): unknown;
  detach(pipe: Pipe): void;
  arrived?(pipe: Pipe): void;
  readonly readable: boolean;
  next(): Uint8Array[] | undefined;
  nextBatch(): FrameBatch | undefined;
  /** Whether the next would come in a run that costs less than its messages. */
  readonly inRuns: boolean;
}

/** How messages leave. */
export interface Sending {
  attach(pipe: Pipe): unknown;
  detach(pipe: Pipe): void;
  drained?(pipe: Pipe): void;
  readonly writable: boolean;
  send(message: SentMessage): boolean;
  sendRun(run: Run, from: number): number;
}

/**
 * What `send` takes beside the message, and `receive` gives beside it, in the drafts: whom it is for, or which group.
 */
export interface Extra {
  readonly routingId?: number;
  readonly group?: Uint8Array;
}

/** What a message received is: its frames, and in the drafts an {@link Extra} behind the only one. */
export type Received = (Uint8Array | Extra)[];

/** A socket type. By itself it can neither send nor receive: what it is given it can. */
export class Pattern {
  readonly type: PatternType;
  protected readonly settings: Settings;
  protected readonly incoming: Receiving | undefined;
  protected readonly outgoing: Sending | undefined;

  constructor(type: PatternType, settings: Settings, parts: { incoming?: Receiving; outgoing?: Sending }) {
    this.type = type;
    this.settings = settings;
    this.incoming = parts.incoming;
    this.outgoing = parts.outgoing;
  }

  /** A peer is there, or will be. */
  attached(pipe: Pipe): void {
    this.incoming?.attach(pipe);
    this.outgoing?.attach(pipe);
  }

  detached(pipe: Pipe): void {
    this.incoming?.detach(pipe);
    this.outgoing?.detach(pipe);
  }

  /** Something waits in this pipe. */
  arrived(pipe: Pipe): void {
    this.incoming?.arrived?.(pipe);
  }

  /** There is room in this pipe again. */
  drained(pipe: Pipe): void {
    this.outgoing?.drained?.(pipe);
  }

  /** The peer behind this pipe is new: it has to be told what the last one knew. */
  renewed(_pipe: Pipe): void {}

  /** A subscriber's wish. Only publishers get any. */
  subscribed(_pipe: Pipe, _prefix: Uint8Array, _wanted: boolean): void {}

  /** A DISH's wish. Only a RADIO gets any. */
  joined(_pipe: Pipe, _group: Uint8Array, _wanted: boolean): void {}

  get readable(): boolean {
    return this.incoming?.readable ?? false;
  }

  get writable(): boolean {
    return this.outgoing?.writable ?? false;
  }

  /** The next message; undefined if none waits. Throws the fault if it cannot be asked for now. */
  receive(): Received | undefined {
    if (this.incoming === undefined) throw fault("ENOTSUP");
    return this.incoming.next();
  }

  /** The next run of messages, as {@link Pipe.receiveBatch}. */
  receiveBatch(): FrameBatch | undefined {
    if (this.incoming === undefined) throw fault("ENOTSUP");
    return this.incoming.nextBatch();
  }

  /** The identity of whoever sent the last message or run. Only a ROUTER knows one. */
  get from(): Uint8Array | undefined {
    return undefined;
  }

  /** Accepts a message; false if there is no room for it now. Throws the fault if it cannot be sent at all. */
  send(message: SentMessage, _extra?: Extra): boolean {
    if (this.outgoing === undefined) throw fault("ENOTSUP");
    return this.outgoing.send(message);
  }

  /**
   * For whoever passes messages on: as {@link Pattern.receiveBatch}, with what `receive` puts in front of each;
   * undefined where messages have to be taken one by one.
   */
  takeRun(): Run | undefined {
    if (!this.incoming?.readable || !this.incoming.inRuns) return undefined;
    const frames = this.receiveBatch();
    return frames && new Run(frames);
  }

  /** Accepts what there is room for, from this frame of a run on; index behind the last frame accepted. */
  sendRun(run: Run, from: number): number {
    if (this.outgoing === undefined) throw fault("ENOTSUP");
    return this.outgoing.sendRun(run, from);
  }
}

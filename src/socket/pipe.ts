/** One peer as a pattern sees it: messages in, messages out, each way under a mark counted in messages. */
import type { FrameBatch } from "../codec/batch.js";
import type { EncodedOnce } from "./encoded-once.js";
import type { SentMessage } from "./message.js";
import type { Run } from "./run.js";

/** What a pattern and a socket know of a peer. Whole messages only, in both directions. */
export interface Pipe {
  /** The identity that a ROUTER of ours finds it under; empty if the peer has none. */
  readonly identity: Uint8Array;
  /** Whether a message waits. To ask changes nothing. */
  readonly readable: boolean;
  /** The next message, owned; undefined if none waits. */
  receive(): Uint8Array[] | undefined;
  /** The next run of messages, valid until the next call on this pipe; undefined where none waits. */
  receiveBatch(): FrameBatch | undefined;
  /** Whether a run costs less than its messages: they come in runs here, and each of them counts. */
  readonly inRuns: boolean;
  /** Whether one more message fits under the mark. To ask has effects: whoever hears no is told `drained` later. */
  readonly writable: boolean;
  /** How many messages fit under the mark. */
  readonly room: number;
  /** Accepts a message; the caller has looked at `writable`. Small payloads are copied, large ones are not. */
  send(message: SentMessage): void;
  /** Accepts a message that others get as well. */
  sendShared(message: EncodedOnce): void;
  /** Accepts what a run has from one frame to before another: whole messages, copied. */
  sendRun(run: Run, from: number, to: number): void;
  /** Subscribes to, or leaves, what begins with `prefix` at a publisher. No mark applies. */
  subscribe(prefix: Uint8Array): void;
  cancel(prefix: Uint8Array): void;
  /** Joins or leaves a group at a RADIO. RFC 48. */
  join(group: Uint8Array): void;
  leave(group: Uint8Array): void;
  /** Lets what was sent leave for at most `linger` milliseconds (-1: for ever), then ends. */
  close(linger: number): void;
}

/**
 * Whom a pipe tells what happens to it. A call may come from inside a call on the other end, never from one on this
 * end.
 */
export interface PipeUser {
  /** The pipe can be used. A connecting pipe is attached once and outlives its connections (unless `immediate`). */
  attached(pipe: Pipe): void;
  /** Nothing waited, and now something does. */
  arrived(pipe: Pipe): void;
  /** It was full, and is not any more. */
  drained(pipe: Pipe): void;
  /** The peer behind a connecting pipe is another one than before, or the same again: it knows nothing of us. */
  renewed(pipe: Pipe): void;
  /** The peer, a subscriber, wants what begins with `prefix`; `wanted` false: no longer. */
  subscribed(pipe: Pipe, prefix: Uint8Array, wanted: boolean): void;
  /** The peer, a DISH, has joined or left a group. */
  joined(pipe: Pipe, group: Uint8Array, wanted: boolean): void;
  /** It is over, and everything in it has been read. */
  detached(pipe: Pipe): void;
}

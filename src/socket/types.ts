/** Types that the `zeromq` package has, so that programs written for it compile. */

import type { FrameBatch } from "../codec/batch.js";
import type { ReceivedFrame } from "./bytes.js";
import type { Context } from "./context-face.js";
import type { MessageLike } from "./message.js";
import type { Socket } from "./socket.js";

/** One frame of a received message: a `Buffer` in Node, Deno and Bun, a `Uint8Array` in a page. */
export type Message = ReceivedFrame;

/** Sockets that send. `Options`: what `send` takes beside the message, in the drafts. */
export interface Writable<
  Sent extends MessageLike | MessageLike[] = MessageLike | MessageLike[],
  Options extends [...object[]] = [],
> {
  /** Without effect: there is no multicast here. */
  multicastHops: number;
  /** Octets that the system buffers for sending; -1: as it likes. */
  sendBufferSize: number;
  /** Messages that wait for each peer at most; 0: no limit; default 1000. */
  sendHighWaterMark: number;
  /** Milliseconds that `send` waits for room; 0: not at all; -1, the default: for ever. */
  sendTimeout: number;
  /**
   * Accepts a message, at once if there is room.
   *
   * @throws (rejects) EAGAIN after `sendTimeout`, or if the socket is closed meanwhile; EHOSTUNREACH, EFSM as the type
   *   has it.
   * @throws EBUSY while another `send` waits, EBADF once the socket is closed, a TypeError without a message.
   */
  send(message: Sent, ...options: Options): Promise<void>;
}

/** Sockets that receive. */
export interface Readable<Received extends object[] = Message[]> {
  /** Octets that the system buffers of what comes; -1: as it likes. */
  receiveBufferSize: number;
  /** Messages of each peer that wait at most before it feels it; 0: no limit; default 1000. */
  receiveHighWaterMark: number;
  /** Milliseconds that `receive` waits for a message; 0: not at all; -1, the default: for ever. */
  receiveTimeout: number;
  /**
   * The next message, an array of its frames; owned.
   *
   * @throws (rejects) EAGAIN after `receiveTimeout`, or if the socket is closed meanwhile; EFSM as the type has it.
   * @throws EBUSY while another `receive` waits, EBADF once the socket is closed.
   */
  receive(): Promise<Received>;
  /** One message after the other, until the socket is closed. Leaving the loop does not close it. */
  [Symbol.asyncIterator](): AsyncIterator<Received, undefined>;
}

/** A run of messages that one peer sent to a ROUTER. */
export interface RoutedBatch {
  /** Whom the messages are from: what each would have in front if it were received alone. Owned. */
  readonly identity: Message;
  /** The messages, without the identity; borrowed, valid until the next run is asked for. */
  readonly batch: FrameBatch;
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** The names of what can be set. */
export type WritableKeys<T> = {
  [Key in keyof T]-?: T[Key] extends (...args: never[]) => unknown
    ? never
    : Same<{ [K in Key]: T[Key] }, { -readonly [K in Key]: T[Key] }> extends true
      ? Key
      : never;
}[keyof T];

/** Some of what can be set, and more. */
export type Options<T, More = unknown> = Partial<Pick<T, WritableKeys<T>>> & Partial<More>;

/** What the constructor of a socket takes. */
export type SocketOptions<S extends Socket> = Options<S, { context: Context }>;

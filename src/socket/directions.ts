/** Sockets that send, sockets that receive, and sockets that do both: what their types show. */
import type { FrameBatch } from "../codec/batch.js";
import type { MessageLike } from "./message.js";
import { Socket } from "./socket.js";
import {
  iterate,
  iterateBatches,
  iterateRouted,
  receive,
  receiveBatch,
  receiveRouted,
  send,
  sendMany,
} from "./transfer.js";
import type { Message, Readable, Writable } from "./types.js";

// At run time every socket has them; one that cannot do it says so. `as any` code of the `zeromq` package relies on
// that.
Object.assign(Socket.prototype, { send, receive, [Symbol.asyncIterator]: iterate });

type AnyMessage = MessageLike | MessageLike[];

/** A socket that only sends. */
export abstract class SendingSocket<Sent extends AnyMessage = AnyMessage, Options extends [...object[]] = []>
  extends Socket
  implements Writable<Sent, Options>
{
  declare multicastHops: number;
  declare sendBufferSize: number;
  declare sendHighWaterMark: number;
  declare sendTimeout: number;
  declare send: (message: Sent, ...options: Options) => Promise<void>;
}

/** A socket that only receives. */
export abstract class ReceivingSocket<Received extends object[] = Message[]>
  extends Socket
  implements Readable<Received>
{
  declare receiveBufferSize: number;
  declare receiveHighWaterMark: number;
  declare receiveTimeout: number;
  declare receive: () => Promise<Received>;
  declare [Symbol.asyncIterator]: () => AsyncIterator<Received, undefined>;
}

/** A socket that does both. */
export abstract class TwoWaySocket<
    Received extends object[] = Message[],
    Sent extends AnyMessage = AnyMessage,
    Options extends [...object[]] = [],
  >
  extends Socket
  implements Readable<Received>, Writable<Sent, Options>
{
  declare multicastHops: number;
  declare sendBufferSize: number;
  declare sendHighWaterMark: number;
  declare sendTimeout: number;
  declare send: (message: Sent, ...options: Options) => Promise<void>;
  declare receiveBufferSize: number;
  declare receiveHighWaterMark: number;
  declare receiveTimeout: number;
  declare receive: () => Promise<Received>;
  declare [Symbol.asyncIterator]: () => AsyncIterator<Received, undefined>;
}

/** Beyond the `zeromq` package: messages by the run; a ROUTER's runs say whom they are from. */
export interface BatchReadable<Batch = FrameBatch> {
  /** The next run of whole messages, valid until the next is asked for. Throws as `receive` does. */
  receiveBatch(): Promise<Batch>;
  /** One run after the other, each valid until the next is asked for. */
  batches(): AsyncIterableIterator<Batch>;
}

/** Beyond the `zeromq` package: many messages with one call. */
export interface BatchWritable {
  /** Sends one message after the other; resolves when all have been accepted. Throws as `send` does. */
  sendMany(messages: Iterable<AnyMessage>): Promise<void>;
}

/** @internal What the classes that have it take over. */
export const batchReading = { receiveBatch, batches: iterateBatches };
/** @internal */
export const routedReading = { receiveBatch: receiveRouted, batches: iterateRouted };
/** @internal */
export const batchWriting = { sendMany };

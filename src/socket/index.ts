/**
 * "monocoque/sockets": ZeroMQ's socket types over many peers. Universal: `inproc://` everywhere, the rest by what is
 * installed.
 */
export { Context, context } from "./context-face.js";
export type { BatchReadable, BatchWritable } from "./directions.js";
export { Client, Datagram, Dish, Gather, Radio, Scatter, Server } from "./drafts.js";
export type { ErrnoError } from "./errno.js";
export type { MessageLike } from "./message.js";
export type { AuthError, Event, EventOfType, EventType, ProtoError } from "./monitor.js";
export { type EventSubscriber, Observer } from "./observer.js";
export { SocketProxy, SocketProxy as Proxy } from "./proxy.js";
export { Socket } from "./socket.js";
export {
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  type RouterConnectOptions,
  Stream,
  type StreamConnectOptions,
  Subscriber,
  XPublisher,
  XSubscriber,
} from "./sockets.js";
export type { Message, Readable, RoutedBatch, SocketOptions, Writable } from "./types.js";

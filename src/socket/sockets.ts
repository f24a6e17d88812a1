/** The socket types. RFC 28 to 31. Each has the options that libzmq gives it. */
import {
  type BatchReadable,
  type BatchWritable,
  batchReading,
  batchWriting,
  ReceivingSocket,
  routedReading,
  SendingSocket,
  TwoWaySocket,
} from "./directions.js";
import type { MessageLike } from "./message.js";
import { optionAccessors } from "./option-accessors.js";
import type { Message, RoutedBatch, SocketOptions } from "./types.js";

/** Two sockets and nobody else. RFC 31. */
export class Pair extends TwoWaySocket {
  constructor(options?: SocketOptions<Pair>) {
    super(0, options);
  }
}

/** Sends every message to all who have subscribed to it; never waits. RFC 29. */
export class Publisher extends SendingSocket {
  /** True: `send` fails with EAGAIN, where it would have dropped the message for a subscriber that is full. */
  declare noDrop: boolean;
  /** True: only the last message is kept for a subscriber. */
  declare conflate: boolean;
  /** True: to all who have *not* subscribed to it. */
  declare invertMatching: boolean;

  constructor(options?: SocketOptions<Publisher>) {
    super(1, options);
  }
}

/** Hears what it has subscribed to. RFC 29. */
export class Subscriber extends ReceivingSocket implements BatchReadable {
  declare conflate: boolean;
  /** As {@link Publisher.invertMatching}; both sides must agree. */
  declare invertMatching: boolean;
  declare receiveBatch: BatchReadable["receiveBatch"];
  declare batches: BatchReadable["batches"];

  constructor(options?: SocketOptions<Subscriber>) {
    super(2, options);
  }

  /** Subscribes to what begins with any of these; without any, to everything. */
  subscribe(...prefixes: (Uint8Array | string)[]): void {
    if (prefixes.length === 0) this.setStringOption(6, null);
    for (const prefix of prefixes) this.setStringOption(6, prefix);
  }

  /** Undoes as many `subscribe`s of these. */
  unsubscribe(...prefixes: (Uint8Array | string)[]): void {
    if (prefixes.length === 0) this.setStringOption(7, null);
    for (const prefix of prefixes) this.setStringOption(7, prefix);
  }
}

/** Asks, and hears the answer before it asks again. RFC 28. */
export class Request extends TwoWaySocket {
  /** What a ROUTER shall call us. */
  declare routingId: string | null;
  /** True: an empty message tells a ROUTER that we are there. */
  declare probeRouter: boolean;
  /** True: requests are numbered, and answers to others are dropped. */
  declare correlate: boolean;
  /** True: it may ask again without having heard the answer. */
  declare relaxed: boolean;

  constructor(options?: SocketOptions<Request>) {
    super(3, options);
  }
}

/** Hears a request and answers it, in turns. RFC 28. */
export class Reply extends TwoWaySocket {
  declare routingId: string | null;

  constructor(options?: SocketOptions<Reply>) {
    super(4, options);
  }
}

/** Sends to its peers in turn, and hears them all. RFC 28. */
export class Dealer extends TwoWaySocket implements BatchReadable, BatchWritable {
  declare routingId: string | null;
  declare probeRouter: boolean;
  declare conflate: boolean;
  declare receiveBatch: BatchReadable["receiveBatch"];
  declare batches: BatchReadable["batches"];
  declare sendMany: BatchWritable["sendMany"];

  constructor(options?: SocketOptions<Dealer>) {
    super(5, options);
  }
}

/** What {@link Router.connect} may be told. */
export interface RouterConnectOptions {
  /** Under which identity the peer shall be found. */
  routingId?: string;
}

/** Messages carry in front whom they are for, or whom they are from. RFC 28. */
export class Router extends TwoWaySocket implements BatchReadable<RoutedBatch>, BatchWritable {
  declare routingId: string | null;
  /** True: `send` fails with EHOSTUNREACH where nobody has that identity, and waits where the peer is full. */
  declare mandatory: boolean;
  declare probeRouter: boolean;
  /** True: a new peer with the identity of another takes its place. */
  declare handover: boolean;
  declare receiveBatch: BatchReadable<RoutedBatch>["receiveBatch"];
  declare batches: BatchReadable<RoutedBatch>["batches"];
  declare sendMany: BatchWritable["sendMany"];

  constructor(options?: SocketOptions<Router>) {
    super(6, options);
  }

  override connect(address: string, options: RouterConnectOptions = {}): void {
    if (options.routingId) this.setStringOption(61, options.routingId);
    super.connect(address);
  }
}

/** Collects work from all its peers. RFC 30. */
export class Pull extends ReceivingSocket implements BatchReadable {
  declare conflate: boolean;
  declare receiveBatch: BatchReadable["receiveBatch"];
  declare batches: BatchReadable["batches"];

  constructor(options?: SocketOptions<Pull>) {
    super(7, options);
  }
}

/** Hands work out, to each peer in turn. RFC 30. */
export class Push extends SendingSocket implements BatchWritable {
  declare conflate: boolean;
  declare sendMany: BatchWritable["sendMany"];

  constructor(options?: SocketOptions<Push>) {
    super(8, options);
  }
}

/** A publisher that hears who subscribes. RFC 29. */
export class XPublisher extends TwoWaySocket {
  declare noDrop: boolean;
  /** True: subscriptions are only told; none is taken up. */
  declare manual: boolean;
  /** What each new subscriber gets first. */
  declare welcomeMessage: string | null;
  declare invertMatching: boolean;

  constructor(options?: SocketOptions<XPublisher>) {
    super(9, options);
  }

  /**
   * Which subscriptions are told: only the first and last of each prefix (null), every subscription, or every cancel as
   * well.
   */
  set verbosity(value: null | "allSubs" | "allSubsUnsubs") {
    if (value === null) this.setBoolOption(40, false);
    if (value === "allSubs") this.setBoolOption(40, true);
    if (value === "allSubsUnsubs") this.setBoolOption(78, true);
  }
}

/** A subscriber that subscribes by sending. RFC 29. */
export class XSubscriber extends TwoWaySocket {
  constructor(options?: SocketOptions<XSubscriber>) {
    super(10, options);
  }
}

/** What {@link Stream.connect} may be told. */
export interface StreamConnectOptions {
  /** Under which identity the peer shall be found. */
  routingId?: string;
}

/**
 * Octets to and from peers that speak no ZMTP. An empty message: the peer has come, or is gone; sent, it ends the
 * connection.
 */
export class Stream extends TwoWaySocket<[Message, Message], [MessageLike, MessageLike]> {
  /** False: nothing tells that a peer has come, or is gone. */
  declare notify: boolean;

  constructor(options?: SocketOptions<Stream>) {
    super(11, options);
  }

  override connect(address: string, options: StreamConnectOptions = {}): void {
    if (options.routingId) this.setStringOption(61, options.routingId);
    super.connect(address);
  }
}

for (const { prototype } of [Subscriber, Dealer, Pull]) Object.assign(prototype, batchReading);
Object.assign(Router.prototype, routedReading);
for (const { prototype } of [Dealer, Router, Push]) Object.assign(prototype, batchWriting);
optionAccessors({
  Pair,
  Publisher,
  Subscriber,
  Request,
  Reply,
  Dealer,
  Router,
  Pull,
  Push,
  XPublisher,
  XSubscriber,
  Stream,
});

/** The socket types that RFC 41, 48 and 49 draft: messages of one frame. */

import { coreOf } from "./core-of.js";
import { ReceivingSocket, SendingSocket, TwoWaySocket } from "./directions.js";
import { notHere } from "./errno.js";
import type { MessageLike } from "./message.js";
import { optionAccessors } from "./option-accessors.js";
import { groupOf } from "./transfer.js";
import type { Message, SocketOptions } from "./types.js";

/** Whom a message is for, or from. */
export interface ServerRoutingOptions {
  routingId: number;
}

/** Hears many clients, and answers each by its number. RFC 41. */
export class Server extends TwoWaySocket<[Message, ServerRoutingOptions], MessageLike, [ServerRoutingOptions]> {
  constructor(options?: SocketOptions<Server>) {
    super(12, options);
  }
}

/** Sends to servers in turn, and hears them all. RFC 41. */
export class Client extends TwoWaySocket<[Message], MessageLike> {
  constructor(options?: SocketOptions<Client>) {
    super(13, options);
  }
}

/** Which group a message is for. */
export interface RadioGroupOptions {
  group: Uint8Array | string;
}

/** Sends a message to all who have joined its group. RFC 48. */
export class Radio extends SendingSocket<MessageLike, [RadioGroupOptions]> {
  constructor(options?: SocketOptions<Radio>) {
    super(14, options);
  }
}

/** Which group a message came from. */
export interface DishGroupOptions {
  group: Message;
}

/** Hears the groups that it has joined. RFC 48. */
export class Dish extends ReceivingSocket<[Message, DishGroupOptions]> {
  constructor(options?: SocketOptions<Dish>) {
    super(15, options);
  }

  /** Joins groups. Throws EINVAL for one that it has joined already, or a name over 255 octets. */
  join(...groups: (Uint8Array | string)[]): void {
    for (const group of groups) coreOf(this).join(groupOf(group), true);
  }

  /** Leaves groups. Throws EINVAL for one that it has not joined. */
  leave(...groups: (Uint8Array | string)[]): void {
    for (const group of groups) coreOf(this).join(groupOf(group), false);
  }
}

/** Collects work from all its peers. RFC 49. */
export class Gather extends ReceivingSocket<[Message]> {
  declare conflate: boolean;

  constructor(options?: SocketOptions<Gather>) {
    super(16, options);
  }
}

/** Hands work out, to each peer in turn. RFC 49. */
export class Scatter extends SendingSocket<MessageLike> {
  declare conflate: boolean;

  constructor(options?: SocketOptions<Scatter>) {
    super(17, options);
  }
}

/** Not here: it speaks UDP, and no ZMTP. */
export class Datagram extends TwoWaySocket<[Message, Message], [MessageLike, MessageLike]> {
  /** @throws ENOTSUP, always. */
  constructor(_options?: object) {
    super(noDatagrams());
  }
}

function noDatagrams(): never {
  throw notHere("Datagram", "it is raw UDP without ZMTP; node:dgram does it");
}

optionAccessors({ Server, Client, Radio, Dish, Gather, Scatter });

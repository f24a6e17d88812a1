// biome-ignore-all lint/complexity/noArguments: how many there are is what is checked.
/**
 * `send`, `receive` and iterating, as every socket has them at run time. Which types show them is up to their classes.
 */
import type { FrameBatch } from "../codec/batch.js";
import { refuseMore } from "./arguments.js";
import { copyOf, textBytes } from "./bytes.js";
import type { SocketCore } from "./core.js";
import { coreOf } from "./core-of.js";
import { type ErrnoError, fault } from "./errno.js";
import { messageOf } from "./message.js";
import type { Extra, Pattern, Received } from "./pattern.js";
import type { Socket } from "./socket.js";
import type { Message, RoutedBatch } from "./types.js";

/** Types whose `send` is told whom, or which group, a message is for. */
const SERVER = 12;
const RADIO = 14;

/** Takes a run from a pattern; undefined if none waits. */
type NextRun<T> = (pattern: Pattern) => T | undefined;

const nextBatch: NextRun<FrameBatch> = (pattern) => pattern.receiveBatch();

const nextRouted: NextRun<RoutedBatch> = (pattern) => {
  const batch = pattern.receiveBatch();
  // A copy: the caller may keep it, and change it.
  return batch && { identity: copyOf(pattern.from as Uint8Array) as Message, batch };
};

/** Types that hear nothing: a `receive` of theirs would wait for ever. */
const DEAF = ["PUB", "PUSH", "RADIO", "SCATTER"];

const OVER: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** @internal {@link Writable.send} */
export function send(this: Socket, message: unknown, options?: unknown): Promise<void> {
  const core = coreOf(this);
  if (message === undefined) throw new TypeError("Message must be present");
  const extra = core.type === SERVER || core.type === RADIO ? extraOf(core.type, options) : undefined;
  refuseMore(arguments.length, extra === undefined ? 1 : 2);
  if (Array.isArray(message) && message.length === 0) {
    core.check();
    return Promise.resolve();
  }
  return core.send(messageOf(message), extra);
}

/** @internal Many messages, each as `send` takes them; resolves when all have been accepted. */
export async function sendMany(this: Socket, messages: Iterable<unknown>): Promise<void> {
  const core = coreOf(this);
  for (const message of messages) {
    // Where there is room nobody waits, and nothing is awaited.
    const sent = core.send(messageOf(message));
    if (sent !== core.sent) await sent;
  }
}

/** @internal {@link Readable.receive} */
export function receive(this: Socket): Promise<Received> {
  refuseMore(arguments.length, 0);
  return hearing(coreOf(this)).receive();
}

/** @internal The next run of messages: valid until the next is asked for. */
export function receiveBatch(this: Socket): Promise<FrameBatch> {
  refuseMore(arguments.length, 0);
  return hearing(coreOf(this)).receiveBatch(nextBatch);
}

/** @internal As `receiveBatch`, with the identity that a ROUTER's message would have in front. */
export function receiveRouted(this: Socket): Promise<RoutedBatch> {
  refuseMore(arguments.length, 0);
  return coreOf(this).receiveBatch(nextRouted);
}

/** @internal An iterator of our own: an async generator costs a message twice as much. */
export function iterate(this: Socket): AsyncIterator<Received, undefined> {
  const core = hearing(coreOf(this));
  // Holds the socket, so that it is not taken for forgotten while somebody iterates.
  const socket = this;
  return {
    next() {
      if (socket.closed) return Promise.resolve(OVER);
      const value = core.receiveAtOnce();
      if (value !== undefined) return Promise.resolve({ done: false, value });
      return untilClosed(core, core.receive());
    },
  };
}

/** @internal As `iterate`, a run of messages at a time. */
export function iterateBatches(this: Socket): AsyncIterableIterator<FrameBatch> {
  return batchesOf(this, hearing(coreOf(this)), nextBatch);
}

/** @internal As `iterateBatches`, each with the identity of its sender. */
export function iterateRouted(this: Socket): AsyncIterableIterator<RoutedBatch> {
  return batchesOf(this, coreOf(this), nextRouted);
}

function batchesOf<T>(socket: Socket, core: SocketCore, next: NextRun<T>): AsyncIterableIterator<T> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      if (socket.closed) return Promise.resolve(OVER);
      return untilClosed(core, core.receiveBatch(next));
    },
  };
}

/** Closing a socket ends its iterations; what else goes wrong is thrown. */
function untilClosed<T>(core: SocketCore, next: Promise<T>): Promise<IteratorResult<T, undefined>> {
  return next.then(
    (value) => ({ done: false, value }),
    (error: ErrnoError) => {
      if (core.closed && error.code === "EAGAIN") return OVER;
      throw error;
    },
  );
}

function hearing(core: SocketCore): SocketCore {
  if (!DEAF.includes(core.name)) return core;
  throw new TypeError(`receive is not a function of ${core.name} sockets: they only send`);
}

function extraOf(type: number, options: unknown): Extra {
  if (typeof options !== "object" || options === null) throw new TypeError("Options must be an object");
  const { routingId, group } = options as { routingId?: unknown; group?: unknown };
  if (type === SERVER) {
    if (routingId === undefined) throw fault("EINVAL");
    return { routingId: Number(routingId) >>> 0 };
  }
  if (group === undefined) throw fault("EINVAL");
  return { group: groupOf(group) };
}

/** @internal The name of a group: as C sees it, up to its first zero octet. */
export function groupOf(group: unknown): Uint8Array {
  const octets = group instanceof Uint8Array ? group : textBytes(String(group));
  const end = octets.indexOf(0);
  return end < 0 ? octets : octets.subarray(0, end);
}

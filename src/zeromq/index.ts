/** "monocoque/zeromq": exactly what the `zeromq` package exports, without native code. Node, Deno and Bun. */

import { onlyByNew } from "../socket/arguments.js";
import { contextCore } from "../socket/context-face.js";
import * as face from "../socket/index.js";
import { useCurve } from "../socket/security.js";
import { useWires } from "../socket/wires.js";
import { curveSupport, hasSodium, newKeyPair } from "./curve-support.js";
import { deliverBeforeExit } from "./exit.js";
import { nodeWires } from "./node-wires.js";
import { shareAmongThreads } from "./threads.js";

export type {
  AuthError,
  ErrnoError,
  Event,
  EventOfType,
  EventSubscriber,
  EventType,
  Message,
  MessageLike,
  ProtoError,
  Readable,
  RouterConnectOptions,
  SocketOptions,
  StreamConnectOptions,
  Writable,
} from "../socket/index.js";
export {
  context,
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Stream,
  Subscriber,
  XPublisher,
  XSubscriber,
} from "../socket/index.js";

/** The version of libzmq that behaves like this. */
export const version = "4.3.5";

/** What there is, by libzmq's names. */
export const capability: Partial<Record<"ipc" | "pgm" | "tipc" | "norm" | "curve" | "gssapi" | "draft", boolean>> = {
  ipc: true,
  pgm: false,
  tipc: false,
  norm: false,
  curve: hasSodium(),
  gssapi: false,
  draft: true,
};

export const Context: typeof face.Context = onlyByNew(face.Context);
export type Context = face.Context;
export const Socket: typeof face.Socket = onlyByNew(face.Socket);
export type Socket = face.Socket;
export const Observer: typeof face.Observer = onlyByNew(face.Observer);
export type Observer = face.Observer;
const SocketProxy: typeof face.SocketProxy = onlyByNew(face.SocketProxy);
type SocketProxy<F extends Socket = Socket, B extends Socket = Socket> = face.SocketProxy<F, B>;

export { SocketProxy as Proxy };

/** A new pair of keys for CURVE, as Z85. */
export function curveKeyPair(): { publicKey: string; secretKey: string } {
  return newKeyPair();
}

useWires(nodeWires);
if (capability.curve) useCurve(curveSupport);
deliverBeforeExit();
shareAmongThreads(contextCore(face.context));

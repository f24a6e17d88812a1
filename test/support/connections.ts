/** Connections and listeners that end with their test, and how two ends meet. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type * as zmq from "zeromq";
import type { Connection } from "../../src/index.js";
import {
  connect,
  type Listener,
  type ListenOptions,
  listen,
  type NodeConnectionOptions,
  type NodeConnectOptions,
} from "../../src/node.js";

/** A signal that ends whatever it was given to when the test is over; `signal` may end it before. */
export function untilTestEnds(signal?: AbortSignal): AbortSignal {
  const controller = new AbortController();
  onTestFinished(() => controller.abort(new Error("the test is over")));
  return signal ? AbortSignal.any([signal, controller.signal]) : controller.signal;
}

/** `THREAD=1` puts the connections of every test that can be into another thread: the same tests hold there. */
const inThread = process.env.THREAD === "1";

/** Whether the work of such a connection can be done in another thread; `busyPoll` is about this one. */
function canMove(url: string, { mechanism, codec, busyPoll }: NodeConnectOptions): boolean {
  const movable = mechanism === undefined || mechanism.recipe !== undefined;
  return !url.startsWith("ws") && movable && codec === undefined && busyPoll === undefined;
}

/** `connect`, for as long as the test. */
export function connected(url: string, options: NodeConnectOptions): Promise<Connection> {
  const thread = options.thread ?? (inThread && canMove(url, options));
  return connect(url, { ...options, thread, signal: untilTestEnds(options.signal) });
}

/** `listen`, for as long as the test. */
export function listening(url: string, options: ListenOptions): Promise<Listener> {
  return listen(url, { ...options, signal: untilTestEnds(options.signal) });
}

/** The next peer that a listener hands out. */
export async function accepted(listener: Listener): Promise<Connection> {
  for await (const connection of listener) return connection;
  throw new Error("the listener has been closed");
}

/** A path for an IPC socket, in a folder of its own. */
export async function ipcPath(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "zmtp-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return path.join(folder, "socket");
}

export type Scheme = "tcp" | "ipc" | "ws";

/** An endpoint of ours whose port the system chooses. */
export async function anyEndpoint(scheme: Scheme): Promise<string> {
  if (scheme === "ipc") return `ipc://${await ipcPath()}`;
  return scheme === "tcp" ? "tcp://127.0.0.1:0" : "ws://127.0.0.1:0/zmq";
}

/** Two ends of one connection of ours: who connected, and who was connected to. */
export async function pair(
  url: string,
  ours: NodeConnectOptions,
  theirs: ListenOptions = ours,
): Promise<readonly [Connection, Connection]> {
  const listener = await listening(url, theirs);
  return Promise.all([connected(listener.endpoint, ours), accepted(listener)]);
}

/** Connects us to a libzmq socket. `libzmq` tells which end it is. */
export async function meetLibzmq(
  scheme: Scheme,
  libzmq: "binds" | "connects",
  ours: NodeConnectionOptions,
  theirs: zmq.Socket,
): Promise<Connection> {
  if (libzmq === "connects") {
    const listener = await listening(await anyEndpoint(scheme), ours);
    (theirs as zmq.Dealer).connect(listener.endpoint);
    return accepted(listener);
  }
  await theirs.bind((await anyEndpoint(scheme)).replace(":0", ":*"));
  return connected(theirs.lastEndpoint as string, ours);
}

/** The next message, as text. */
export async function nextMessage(connection: Connection): Promise<Uint8Array[]> {
  for await (const message of connection) return message;
  throw new Error("the connection has ended");
}

export async function nextText(connection: Connection): Promise<string[]> {
  return texts(await nextMessage(connection));
}

/** All that is still to come until the iteration ends. */
export async function rest(connection: Connection): Promise<string[][]> {
  const heard: string[][] = [];
  for await (const message of connection) heard.push(texts(message));
  return heard;
}

export const texts = (message: readonly Uint8Array[]): string[] =>
  message.map((payload) => Buffer.from(payload).toString());

/** Sends, and waits where the connection says so. */
export async function sendAll(
  connection: Connection,
  messages: Iterable<string | Uint8Array | (string | Uint8Array)[]>,
) {
  for (const message of messages) if (!connection.send(message)) await connection.drained;
}

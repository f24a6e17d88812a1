/** libzmq's sockets, and how a session meets one. */
import { mkdtemp, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import * as zmq from "zeromq";
import { type SessionOptions, ZmtpSession } from "../../src/index.js";
import { answerOne, dial, type Way, Wire } from "./wire.js";

// Nothing lingers after close().
zmq.context.blocky = false;

/** libzmq's class for each of the eleven classic socket types. */
export const libzmq = {
  REQ: zmq.Request,
  REP: zmq.Reply,
  DEALER: zmq.Dealer,
  ROUTER: zmq.Router,
  PUB: zmq.Publisher,
  SUB: zmq.Subscriber,
  XPUB: zmq.XPublisher,
  XSUB: zmq.XSubscriber,
  PUSH: zmq.Push,
  PULL: zmq.Pull,
  PAIR: zmq.Pair,
} as const;

/** A libzmq socket that closes when the test is over. */
export function opened<S extends zmq.Socket>(socket: S): S {
  onTestFinished(() => socket.close());
  return socket;
}

/** How a session and a libzmq socket find each other. */
export interface Meeting {
  /** Default tcp. */
  readonly transport?: "tcp" | "ipc";
  /** Which end libzmq is; default binds. */
  readonly libzmq?: "binds" | "connects";
  /** Default receive. */
  readonly way?: Way;
  /** What our side says first; default the session's own greeting. */
  readonly greeting?: Uint8Array;
}

/** Connects a new session and a libzmq socket; nothing has been said yet. */
export async function join(ours: SessionOptions, theirs: zmq.Socket, meeting: Meeting = {}): Promise<Wire> {
  return new Wire(new ZmtpSession(ours), await connect(theirs, meeting), meeting.way, meeting.greeting);
}

/** As `join`, and the handshake is complete. */
export async function meet(ours: SessionOptions, theirs: zmq.Socket, meeting?: Meeting): Promise<Wire> {
  const wire = await join(ours, theirs, meeting);
  await wire.next("HandshakeComplete");
  return wire;
}

/** Connects a bare socket and a libzmq socket. */
export async function connect(theirs: zmq.Socket, meeting: Meeting = {}): Promise<Socket> {
  const path = meeting.transport === "ipc" ? await freshPath() : undefined;
  return meeting.libzmq === "connects" ? answer(theirs, path) : reach(theirs, path);
}

/** libzmq binds, we connect. */
async function reach(theirs: zmq.Socket, path: string | undefined) {
  await theirs.bind(path === undefined ? "tcp://127.0.0.1:*" : `ipc://${path}`);
  return dial(path ?? Number(theirs.lastEndpoint?.split(":").at(-1)));
}

/** We bind, libzmq connects. */
async function answer(theirs: zmq.Socket, path: string | undefined) {
  const { port, socket } = await answerOne(path);
  theirs.connect(path === undefined ? `tcp://127.0.0.1:${port}` : `ipc://${path}`);
  return socket;
}

/** A path for a socket, in a folder of its own. */
async function freshPath(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "zmtp-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return path.join(folder, "socket");
}

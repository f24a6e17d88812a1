/** What the second half of the catalogue says in words, done to a connection of ours by a bare socket. */
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { type Connection, type ConnectionOptions, type SocketType, ZmtpError } from "../../src/index.js";
import { ascii, writeCommand, writeProperty } from "../oracle/command.js";
import { join } from "../oracle/framing.js";
import { connected } from "../support/connections.js";
import { rawListen } from "../support/raw.js";
import { connectionFaults } from "./connections.js";

interface Act {
  readonly ours: SocketType;
  readonly options?: Partial<ConnectionOptions>;
  /** What the peer does with the connection; left out, there is no peer. */
  readonly peer?: (socket: Socket) => void;
}

const GREETING = new Uint8Array(64);
GREETING.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1, ...ascii("NULL")]);
const hello = (type: string) => join(GREETING, writeCommand("READY", writeProperty("Socket-Type", ascii(type))));
const times = (count: number, octets: Uint8Array) => join(...Array.from({ length: count }, () => octets));

/** Says hello, and then the same again and again for as long as somebody listens. */
const endlessly = (type: string, octets: Uint8Array) => (socket: Socket) => {
  socket.write(hello(type));
  const on = () => {
    while (socket.writable && socket.write(octets));
  };
  socket.on("drain", on).resume();
  on();
};

const SHORT = { handshakeTimeout: 300 };

const acts: Readonly<Record<string, Act>> = {
  nobody: { ours: "PULL" },
  silence: { ours: "PULL", options: SHORT, peer: (socket) => socket.resume() },
  trickle: {
    ours: "PULL",
    options: SHORT,
    peer(socket) {
      let at = 0;
      const timer = setInterval(() => socket.write(GREETING.subarray(at, ++at)), 50);
      socket.resume().on("close", () => clearInterval(timer));
    },
  },
  "silent-after-greeting": { ours: "PULL", options: SHORT, peer: (socket) => void socket.resume().write(GREETING) },
  "endless-more": {
    ours: "PULL",
    options: { maxMessageFrames: 1000 },
    peer: endlessly("PUSH", times(500, Uint8Array.of(1, 0))),
  },
  "endless-message": {
    ours: "PULL",
    options: { maxMessageSize: 100_000 },
    peer: endlessly("PUSH", times(10, join(Uint8Array.of(1, 200), new Uint8Array(200)))),
  },
  "ping-flood": {
    ours: "PAIR",
    peer: (socket) =>
      void socket.resume().write(join(hello("PAIR"), times(20_000, writeCommand("PING", new Uint8Array(2))))),
  },
  "unknown-flood": {
    ours: "PAIR",
    peer: (socket) => void socket.resume().write(join(hello("PAIR"), times(20_000, writeCommand("HURRY")))),
  },
  "subscribe-flood": {
    ours: "PUB",
    peer(socket) {
      const all = Array.from({ length: 60_000 }, (_, i) => writeCommand("SUBSCRIBE", ascii(`${i}`.padEnd(250))));
      socket.resume().write(join(hello("SUB"), ...[Buffer.concat(all)]));
    },
  },
  reset: {
    ours: "PULL",
    peer(socket) {
      socket.write(hello("PUSH"));
      // Our READY has come: the handshake is complete at both ends.
      let heard = 0;
      socket.on("data", ({ length }) => {
        heard += length;
        if (heard > GREETING.length) setTimeout(() => socket.resetAndDestroy(), 50);
      });
    },
  },
  "no-pong": {
    ours: "PULL",
    options: { heartbeat: { interval: 100, timeout: 200 } },
    peer: (socket) => void socket.resume().write(hello("PUSH")),
  },
  "own-ttl": {
    ours: "PULL",
    peer: (socket) => void socket.resume().write(join(hello("PUSH"), writeCommand("PING", Uint8Array.of(0, 2)))),
  },
};

/** How it ends, by whichever way a program hears of it. */
async function ends(connection: Promise<Connection>): Promise<unknown> {
  try {
    const peer = await connection;
    for await (const _ of peer);
    return (await peer.closed).error;
  } catch (error) {
    return error;
  }
}

describe("faults that take time, volume or a network", () => {
  it("are each done here", () => expect(Object.keys(acts)).toEqual(connectionFaults.map(({ id }) => id)));

  it.each(connectionFaults)("$id: $title", { timeout: 180_000 }, async ({ id, code, hint }) => {
    const { ours, options, peer } = acts[id];
    const endpoint = peer === undefined ? "tcp://127.0.0.1:1" : await rawListen(peer);
    const error = await ends(connected(endpoint, { socketType: ours, ...options }));
    expect(error).toBeInstanceOf(ZmtpError);
    expect((error as ZmtpError).code).toBe(code);
    expect((error as ZmtpError).hint).toMatch(/\S{3}.*[.?]$/s);
    expect(hint).toMatch(/^[A-Z].*[:,;] .*\.$/);
  });
});

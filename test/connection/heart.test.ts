/**
 * Heartbeats where a clock alone would lie: a busy thread, a peer of ZMTP 3.0, PINGs without an answer. RFC 37,
 * "Connection Heartbeating".
 */
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { Pair } from "zeromq";
import { type Connection, encodeFrame, encodeMessage, type NodeConnectionOptions } from "../../src/node.js";
import { BUSY, busy, PATIENCE } from "../support/busy.js";
import { accepted, listening, meetLibzmq, nextText, texts } from "../support/connections.js";
import { opened } from "../support/libzmq.js";
import { bytes, concat } from "../support/pieces.js";
import { hello, rawDial } from "../support/raw.js";

const PAIR = { socketType: "PAIR" } as const;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const command = (name: string, ...data: number[]) =>
  encodeFrame(concat(bytes(name.length), Buffer.from(name), bytes(...data)), { command: true });
const ping = (tenths: number) => command("PING", tenths >> 8, tenths & 255);

interface Talk {
  readonly connection: Connection;
  readonly peer: Socket;
  /** PINGs that came so far. */
  pings(): number;
}

/** A bare socket, `words` its side of the handshake, that never answers. */
async function silentPeer(options: Partial<NodeConnectionOptions>, words = hello("PAIR")): Promise<Talk> {
  const listener = await listening("tcp://127.0.0.1:0", { ...PAIR, ...options });
  const peer = await rawDial(listener.endpoint);
  let heard = "";
  peer.on("data", (chunk) => {
    heard += chunk.toString("latin1");
  });
  peer.write(words);
  return { connection: await accepted(listener), peer, pings: () => heard.split("\x04PING").length - 1 };
}

/** Until it holds; the test's own timeout ends the waiting. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5);
}

/** A greeting of ZMTP 3.0. */
function hello30(): Uint8Array {
  const words = hello("PAIR");
  expect([words[10], words[11]]).toEqual([3, 1]);
  words[11] = 0;
  return words;
}

describe("a busy thread of ours", () => {
  it("that could not ask takes nobody's silence for an answer", async () => {
    const theirs = opened(new Pair());
    const heartbeat = { interval: 300, timeout: PATIENCE };
    const connection = await meetLibzmq("tcp", "binds", { ...PAIR, heartbeat }, theirs);
    for (let i = 0; i < 2; i++) {
      // A beat has been answered, and the next is due while the thread is busy.
      await pause(400);
      busy(BUSY);
    }
    await pause(200);
    expect(connection.ending).toBeUndefined();
    connection.send("alive");
    expect(texts(await theirs.receive())).toEqual(["alive"]);
  });

  it("reads what waits before it judges by the peer's TTL", async () => {
    const theirs = opened(
      new Pair({ heartbeatInterval: 100, heartbeatTimeout: 20_000, heartbeatTimeToLive: PATIENCE }),
    );
    const connection = await meetLibzmq("tcp", "binds", PAIR, theirs);
    for (let i = 0; i < 2; i++) {
      await pause(300);
      busy(BUSY);
    }
    await pause(200);
    expect(connection.ending).toBeUndefined();
    connection.send("alive");
    expect(texts(await theirs.receive())).toEqual(["alive"]);
  });

  it("reads what waits, were it but part of a frame", async () => {
    const { connection, peer } = await silentPeer({ heartbeat: { interval: 300, timeout: PATIENCE } });
    await pause(400);
    // In the system's hands before the thread is busy: past all timers when it is read.
    await new Promise((resolve) => peer.write(encodeMessage("part").subarray(0, 3), resolve));
    busy(BUSY);
    await pause(100);
    expect(connection.ending).toBeUndefined();
    peer.write(encodeMessage("part").subarray(3));
    expect(await nextText(connection)).toEqual(["part"]);
  });
});

describe("a peer that announces ZMTP 3.0", () => {
  const heartbeat = { interval: 20, timeout: 60_000 };

  it("is sent no PING: it may take one for a message", async () => {
    const { connection, peer, pings } = await silentPeer({ heartbeat }, hello30());
    expect(connection.peer.version).toMatchObject({ major: 3, minor: 0 });
    await pause(300);
    expect(pings()).toBe(0);
    peer.write(encodeMessage("a message shows nothing"));
    expect(await nextText(connection)).toEqual(["a message shows nothing"]);
    await pause(100);
    expect(pings()).toBe(0);
  });

  it("is sent them once it has sent one itself", async () => {
    const { peer, pings } = await silentPeer({ heartbeat }, hello30());
    peer.write(ping(0));
    await until(() => pings() > 0);
  });

  it("and of 3.1 from the start", async () => {
    const { pings } = await silentPeer({ heartbeat });
    await until(() => pings() > 0);
  });
});

describe("PINGs without an answer", () => {
  it("are few: no more than three", async () => {
    const { pings, peer } = await silentPeer({ heartbeat: { interval: 10, timeout: 60_000 } });
    await until(() => pings() === 3);
    await pause(300);
    expect(pings()).toBe(3);
    // Whatever comes counts as an answer.
    peer.write(command("PONG"));
    await until(() => pings() === 6);
  });
});

describe("the peer's TTL", () => {
  it("is the last one it named: a short one after a long one", async () => {
    const { connection, peer } = await silentPeer({});
    const began = performance.now();
    peer.write(concat(ping(600), ping(2)));
    expect(await connection.closed).toMatchObject({ by: "timeout", error: { code: "HEARTBEAT_TIMEOUT" } });
    expect(performance.now() - began).toBeGreaterThan(180);
  });

  it("and a long one after a short one", async () => {
    const { connection, peer } = await silentPeer({});
    peer.write(concat(ping(1), ping(600)));
    await pause(500);
    expect(connection.ending).toBeUndefined();
  });
});

it("a PING with a long context is answered with its first 16 octets, as by libzmq", async () => {
  const { connection, peer } = await silentPeer({});
  const answers: Buffer[] = [];
  peer.on("data", (chunk) => answers.push(chunk));
  const context = Array.from({ length: 20 }, (_, i) => 65 + i);
  peer.write(command("PING", 0, 0, ...context));
  await until(() => Buffer.concat(answers).includes("\x04PONG"));
  const said = Buffer.concat(answers);
  expect(said.subarray(said.indexOf("\x04PONG")).toString()).toBe("\x04PONGABCDEFGHIJKLMNOP");
  expect(connection.ending).toBeUndefined();
});

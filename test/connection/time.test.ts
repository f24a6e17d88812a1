/** Heartbeats, abort signals and goodbyes: what a connection does in time. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { Pair, Pull } from "zeromq";
import { type Connection, connect, encodeFrame, encodeMessage, listen, overStreams } from "../../src/node.js";
import {
  accepted,
  anyEndpoint,
  connected,
  ipcPath,
  listening,
  meetLibzmq,
  nextMessage,
  nextText,
  pair,
  rest,
  sendAll,
  texts,
  untilTestEnds,
} from "../support/connections.js";
import { opened } from "../support/libzmq.js";
import { bytes, concat, pattern } from "../support/pieces.js";
import { everything, hello, rawDial, rawListen } from "../support/raw.js";
import { transforms } from "../support/streams.js";

const PAIR = { socketType: "PAIR" } as const;
const code = (code: string) => expect.objectContaining({ code });
const notReached = (cause: string) => expect.objectContaining({ code: "NOT_REACHED", cause: code(cause) });
const SILENT = { by: "timeout", error: code("HEARTBEAT_TIMEOUT"), unsent: 0 };
/** Milliseconds of silence that two peers who beat every 20 suffer: so long a busy machine may stop one of them. */
const PATIENCE = 1000;
const DONE = { done: true, value: undefined };
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const ping = (ttl: number) => encodeFrame(concat(bytes(4), Buffer.from("PING"), bytes(0, ttl)), { command: true });

/** A connection of ours to a bare socket that has shaken hands and says what `speak` lets it say. */
async function toRaw(options: object, speak: (socket: Socket) => void = () => {}): Promise<Connection> {
  const url = await rawListen((socket) => {
    socket.write(hello("PAIR"));
    speak(socket);
  });
  return connected(url, { ...PAIR, ...options });
}

describe("heartbeats", () => {
  it("are refused over ws://, where libzmq answers none", async () => {
    const heartbeat = { interval: 20 };
    await expect(connect("ws://127.0.0.1:1/", { ...PAIR, heartbeat })).rejects.toThrow(TypeError);
    await expect(listen("ws://127.0.0.1:0/", { ...PAIR, heartbeat })).rejects.toThrow(TypeError);
  });

  it.each(["tcp", "ipc"] as const)("%s: libzmq answers ours, for longer than our patience", async (scheme) => {
    const theirs = opened(new Pair());
    const heartbeat = { interval: 20, timeout: PATIENCE, ttl: PATIENCE };
    const connection = await meetLibzmq(scheme, "binds", { ...PAIR, heartbeat }, theirs);
    await pause(2 * PATIENCE);
    connection.send("alive");
    expect(texts(await theirs.receive())).toEqual(["alive"]);
  });

  it.each(["binds", "connects"] as const)("libzmq, which %s, beats, and we answer", async (role) => {
    const theirs = opened(
      new Pair({ heartbeatInterval: 20, heartbeatTimeout: PATIENCE, heartbeatTimeToLive: PATIENCE }),
    );
    const connection = await meetLibzmq("tcp", role, PAIR, theirs);
    await pause(2 * PATIENCE);
    connection.send("alive");
    expect(texts(await theirs.receive())).toEqual(["alive"]);
  });

  it("give a silent peer up, after the timeout and not before", async () => {
    const connection = await toRaw({ heartbeat: { interval: 50, timeout: 150 } });
    const began = performance.now();
    expect(await connection.closed).toEqual(SILENT);
    expect(performance.now() - began).toBeGreaterThan(190);
    expect(connection.send("x")).toBe(false);
    expect(await rest(connection)).toEqual([]);
  });

  it("carry the TTL in tenths of a second", async () => {
    let said: Promise<Buffer> | undefined;
    const connection = await toRaw({ heartbeat: { interval: 30, timeout: 60, ttl: 250 } }, (socket) => {
      said = everything(socket);
    });
    await connection.closed;
    // What is short of a tenth is cut off, as libzmq does.
    expect((await said)?.includes(Buffer.from(ping(2)))).toBe(true);
  });

  it("take any traffic as a sign of life", async () => {
    let chatter: NodeJS.Timeout | undefined;
    const connection = await toRaw({ heartbeat: { interval: 30, timeout: 60 } }, (socket) => {
      chatter = setInterval(() => socket.write(encodeMessage("no PONG")), 10);
    });
    let heard = 0;
    for await (const _ of connection) if (++heard === 40) break;
    clearInterval(chatter);
    expect(await connection.closed).toEqual(SILENT);
  });

  it("take part of a large frame as a sign of life", async () => {
    const large = encodeFrame(pattern(4000));
    const connection = await toRaw({ heartbeat: { interval: 30, timeout: 60 } }, async (socket) => {
      for (let at = 0; at < large.length; at += 100) {
        socket.write(large.subarray(at, at + 100));
        await pause(8);
      }
    });
    expect((await nextMessage(connection))[0].length).toBe(4000);
  });

  it("honour the peer's TTL", async () => {
    const connection = await toRaw({}, (socket) => void socket.write(ping(2)));
    const began = performance.now();
    expect(await connection.closed).toEqual(SILENT);
    expect(performance.now() - began).toBeGreaterThan(180);
  });

  it("let the peer take its TTL back", async () => {
    const connection = await toRaw({}, (socket) => void socket.write(concat(ping(1), ping(0))));
    await pause(250);
    expect(connection.send("x")).toBe(true);
  });

  it.each(["interval", "peer's TTL"])("do not take our own slowness for the peer's silence: %s", async (whose) => {
    const heartbeat = whose === "interval" ? { heartbeat: { interval: 30, timeout: 60 } } : {};
    const [ours, theirs] = await pair(
      "tcp://127.0.0.1:0",
      { ...PAIR, receiveHighWaterMark: 10_000, ...heartbeat },
      {
        ...PAIR,
        heartbeat: { interval: 30, timeout: 1000, ttl: 100 },
      },
    );
    const count = 2000;
    const sent = sendAll(theirs, Array(count).fill("x".repeat(1000)));
    await nextMessage(ours);
    // Nobody reads here, so nothing is heard there is to hear.
    await pause(400);
    for (let i = 1; i < count; i++) await nextMessage(ours);
    await sent;
    ours.send("alive");
    expect(await nextText(theirs)).toEqual(["alive"]);
  });
});

describe("an abort signal", () => {
  const reason = new Error("enough");
  const ABORTED = { by: "destroy", error: reason, unsent: 0 };

  it("that was aborted before: nothing begins", async () => {
    const signal = AbortSignal.abort(reason);
    await expect(connect("tcp://127.0.0.1:1", { ...PAIR, signal })).rejects.toBe(reason);
    await expect(connect("ws://127.0.0.1:1/", { ...PAIR, signal })).rejects.toBe(reason);
    await expect(listen("tcp://127.0.0.1:0", { ...PAIR, signal })).rejects.toBe(reason);
    await expect(overStreams(transforms()[0], { ...PAIR, signal })).rejects.toBe(reason);
  });

  it.each(["tcp", "ipc", "ws"] as const)("%s: in the same tick as connect", async (scheme) => {
    const { endpoint } = await listening(await anyEndpoint(scheme), PAIR);
    const controller = new AbortController();
    const connecting = connect(endpoint, { ...PAIR, signal: controller.signal });
    controller.abort(reason);
    await expect(connecting).rejects.toBe(reason);
  });

  it.each(["tcp", "ws"] as const)("%s: in the handshake, and the peer is let go", async (scheme) => {
    const controller = new AbortController();
    let gone: Promise<unknown> = Promise.resolve();
    const url = await rawListen((socket) => {
      gone = everything(socket);
      socket.once("data", () => controller.abort(reason));
    });
    await expect(connect(url.replace("tcp", scheme), { ...PAIR, signal: controller.signal })).rejects.toBe(reason);
    await gone;
  });

  it("while iterating: the iteration ends at once, and the ending has the reason", async () => {
    const controller = new AbortController();
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", { ...PAIR, signal: controller.signal }, PAIR);
    for (const text of ["a", "b", "c"]) theirs.send(text);
    expect(await nextText(ours)).toEqual(["a"]);
    controller.abort(reason);
    expect(await rest(ours)).toEqual([]);
    expect(await ours.batches().next()).toEqual(DONE);
    expect(await ours.closed).toEqual(ABORTED);
    expect(ours.send("x")).toBe(false);
    // To the peer it is a goodbye or a reset, as the system has it.
    expect(["peer", "lost"]).toContain((await theirs.closed).by);
  });

  it("while an iteration waits", async () => {
    const controller = new AbortController();
    const [ours] = await pair("tcp://127.0.0.1:0", { ...PAIR, signal: controller.signal }, PAIR);
    const waiting = ours[Symbol.asyncIterator]().next();
    controller.abort(reason);
    expect(await waiting).toEqual(DONE);
  });

  it.each(["tcp", "ws"] as const)("%s: while awaiting drained and close()", async (scheme) => {
    const controller = new AbortController();
    const [ours] = await pair(await anyEndpoint(scheme), { ...PAIR, signal: controller.signal }, PAIR);
    // More than both systems and the peer, which nobody reads from, take in.
    for (let i = 0; i < 64; i++) ours.send(new Uint8Array(1024 * 1024));
    const { drained } = ours;
    for (let i = 0; i < 10; i++) await turn();
    const closing = ours.close();
    controller.abort(reason);
    await drained;
    expect(await ours.closed).toMatchObject({ by: "destroy", error: reason });
    expect(ours.ending?.unsent).toBeGreaterThan(0);
    await closing;
  });

  it("during the iteration of a listener", async () => {
    const controller = new AbortController();
    const listener = await listen("tcp://127.0.0.1:0", { ...PAIR, signal: controller.signal });
    const waiting = listener[Symbol.asyncIterator]().next();
    controller.abort(reason);
    expect(await waiting).toEqual(DONE);
    await expect(connected(listener.endpoint, PAIR)).rejects.toEqual(notReached("ECONNREFUSED"));
  });

  it("shared by many connections warns of nothing", async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on("warning", warned);
    const { signal } = new AbortController();
    const listener = await listening("tcp://127.0.0.1:0", { ...PAIR, signal });
    for (let i = 0; i < 30; i++) {
      await Promise.all([connect(listener.endpoint, { ...PAIR, signal: untilTestEnds() }), accepted(listener)]);
    }
    await pause(10);
    process.off("warning", warned);
    expect(warnings).toEqual([]);
  });
});

describe("close()", () => {
  it.each(["tcp", "ipc", "ws"] as const)("%s: resolves when all that was accepted has left", async (scheme) => {
    const [ours, theirs] = await pair(await anyEndpoint(scheme), { socketType: "PUSH" }, { socketType: "PULL" });
    const count = 100_000;
    for (let i = 0; i < count; i++) ours.send(`${i}`);
    const closed = ours.close();
    let heard = 0;
    for await (const batch of theirs.batches()) heard += batch.length;
    expect(heard).toBe(count);
    await closed;
    await ours.closed;
    await theirs.closed;
  });

  it.each(["tcp", "ipc", "ws"] as const)("%s: libzmq gets all of it", async (scheme) => {
    const theirs = opened(new Pull());
    const ours = await meetLibzmq(scheme, "binds", { socketType: "PUSH" }, theirs);
    const count = 100_000;
    const text = "x".repeat(20);
    for (let i = 0; i < count; i++) ours.send(text);
    const closed = ours.close().then(() => ours.closed);
    for (let i = 0; i < count; i++) await theirs.receive();
    await closed;
  });

  it("a peer that reads late gets all of it", async () => {
    const listener = await listening("tcp://127.0.0.1:0", PAIR);
    const socket = await rawDial(listener.endpoint);
    socket.write(hello("PAIR"));
    const ours = await accepted(listener);
    const [first] = await once(socket, "data");
    socket.pause();
    const payload = pattern(10_000);
    let sent = 0;
    for (; sent < 100; sent++) ours.send(payload);
    await ours.close();
    // Longer than our patience with a peer that does not answer our goodbye.
    await pause(2500);
    const rest = await everything(socket.resume());
    const frame = encodeMessage(payload).length;
    expect(first.length + rest.length).toBe(hello("PAIR").length + sent * frame);
  });

  it("a peer that goes on talking costs no memory", async () => {
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", PAIR);
    let stopped = false;
    const payload = pattern(100_000);
    const flood = (async () => {
      while (!stopped) if (!theirs.send(payload)) await theirs.drained;
    })();
    await nextMessage(ours);
    // Until nothing more is read here.
    await pause(100);
    const before = process.memoryUsage().external;
    await ours.close();
    let height = 0;
    for (let i = 0; i < 20; i++) {
      await pause(50);
      height = Math.max(height, process.memoryUsage().external - before);
    }
    stopped = true;
    await flood;
    expect(height / 1024 / 1024).toBeLessThan(128);
  });

  it("may be called again, and sends nothing after", async () => {
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", PAIR);
    ours.send("last");
    const first = ours.close();
    expect(() => ours.send("late")).toThrow(code("CLOSED"));
    expect(() => ours.subscribe()).toThrow(code("CLOSED"));
    await Promise.all([first, ours.close()]);
    expect(await nextText(theirs)).toEqual(["last"]);
    expect(await theirs[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
    await Promise.all([ours.closed, theirs.closed]);
    await ours.close();
  });

  it("ends a waiting iteration in peace", async () => {
    const [ours] = await pair("tcp://127.0.0.1:0", PAIR);
    const waiting = ours[Symbol.asyncIterator]().next();
    await ours.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it("leaves what has come to who still reads", async () => {
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", PAIR);
    for (const text of ["a", "b"]) theirs.send(text);
    expect(await nextText(ours)).toEqual(["a"]);
    await ours.close();
    expect(await nextText(ours)).toEqual(["b"]);
  });

  it("both at once", async () => {
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", PAIR);
    await Promise.all([ours.close(), theirs.close()]);
    await Promise.all([ours.closed, theirs.closed]);
  });

  it("is what `await using` does", async () => {
    const listener = await listening(`ipc://${await ipcPath()}`, PAIR);
    let ours: Connection;
    {
      await using kept = await connected(listener.endpoint, PAIR);
      ours = kept;
      kept.send("in the block");
    }
    expect(() => ours.send("x")).toThrow(code("CLOSED"));
    expect(await nextText(await accepted(listener))).toEqual(["in the block"]);
    {
      await using again = listener;
      expect(again.endpoint).toBe(listener.endpoint);
    }
    await expect(connected(listener.endpoint, PAIR)).rejects.toEqual(notReached("ENOENT"));
  });

  it("drops a peer that never answers the goodbye", async () => {
    const connection = await toRaw({ linger: 100 }, (socket) => void socket.resume());
    connection.send("taken");
    await connection.close();
    // All that was accepted has left: the missing answer is no fault.
    expect(await connection.closed).toEqual({ by: "close", error: undefined, unsent: 0 });
  });
});

describe("busyPoll", () => {
  /** Milliseconds that this thread slept of the 60 after something was sent to libzmq. */
  async function sleptAfterSending(options: object): Promise<number> {
    const theirs = opened(new Pair());
    const connection = await meetLibzmq("tcp", "binds", { ...PAIR, ...options }, theirs);
    connection.send("a question");
    expect(texts(await theirs.receive())).toEqual(["a question"]);
    connection.send("another");
    const { idle } = performance.eventLoopUtilization();
    await pause(60);
    return performance.eventLoopUtilization().idle - idle;
  }

  /** A starved machine leaves a thread no time to sleep: it is looked at again, and the test's own timeout ends that. */
  async function sleepsAfterSending(options: object): Promise<void> {
    while ((await sleptAfterSending(options)) <= 20);
  }

  it("is off unless it is asked for: the thread sleeps until something comes", () => sleepsAfterSending({}));

  it("is not for our answers: a peer that goes on with PINGs does not keep the thread awake", async () => {
    let pinging: NodeJS.Timeout | undefined;
    await toRaw({ busyPoll: 100_000 }, (socket) => {
      pinging = setInterval(() => socket.write(ping(0)), 5);
    });
    onTestFinished(() => clearInterval(pinging));
    const { idle } = performance.eventLoopUtilization();
    // A thread that is kept awake never gets there, and the test's own timeout ends the waiting.
    while (performance.eventLoopUtilization().idle - idle < 100) await pause(20);
  });

  it("keeps the thread awake for an answer, and no longer than it says", async () => {
    expect(await sleptAfterSending({ busyPoll: 80_000 })).toBeLessThan(10);
    await pause(80);
    await sleepsAfterSending({ busyPoll: 2000 });
  });
});

/**
 * What goes wrong between two peers: nothing that came is lost, nobody else is disturbed, and the error says what it
 * was.
 */
import { once } from "node:events";
import { existsSync } from "node:fs";
import net from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  type Connection,
  encodeFrame,
  encodeGreeting,
  encodeMessage,
  type NodeConnectionOptions,
  overStreams,
} from "../../src/node.js";
import {
  accepted,
  anyEndpoint,
  connected,
  ipcPath,
  listening,
  nextText,
  pair,
  texts,
  untilTestEnds,
} from "../support/connections.js";
import { concat, pattern } from "../support/pieces.js";
import { everything, hello, rawDial, rawListen } from "../support/raw.js";

const PULL = { socketType: "PULL" } as const;
const notReached = (cause: string) => expect.objectContaining({ code: "NOT_REACHED", cause: code(cause) });
const code = (code: string) => expect.objectContaining({ code });

/** All messages until the end, and how it ended. */
async function drain(connection: Connection): Promise<{ heard: string[]; error: unknown }> {
  const heard: string[] = [];
  for await (const message of connection) heard.push(texts(message).join());
  const { error } = await connection.closed;
  return { heard, error };
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);

describe("a peer that breaks off", () => {
  it.each(["connects", "listens"] as const)(
    "in the middle of a frame, when it %s: all before it is delivered, then TRUNCATED",
    async (who) => {
      const said = concat(
        hello("PUSH"),
        ...numbers(1000).map(encodeMessage),
        encodeFrame(pattern(5000)).subarray(0, 3000),
      );
      const connection = await rawPeer(who, (socket) => socket.end(said));
      const { heard, error } = await drain(connection);
      expect(heard).toEqual(numbers(1000));
      expect(error).toEqual(code("TRUNCATED"));
      expect(connection.ending).toMatchObject({ by: "fault", error, unsent: 0 });
      expect(() => connection.send("x")).toThrow(code("NOT_A_SENDER"));
    },
  );

  it.each(["connects", "listens"] as const)("by a reset, when it %s: what came before is delivered", async (who) => {
    const connection = await rawPeer(who, (socket) => {
      socket.write(
        concat(hello("PUSH"), ...numbers(1000).map(encodeMessage), encodeFrame(pattern(5000)).subarray(0, 3000)),
      );
    });
    const iterator = connection[Symbol.asyncIterator]();
    for (const text of numbers(1000)) expect(texts((await iterator.next()).value as Uint8Array[])).toEqual([text]);
    rawSockets.at(-1)?.resetAndDestroy();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(await connection.closed).toMatchObject({
      by: "lost",
      error: { code: "RESET", cause: { code: "ECONNRESET" } },
    });
    expect(await connection.close()).toBeUndefined();
  });

  it("by a reset behind messages that nobody has read yet", async () => {
    const connection = await rawPeer("connects", (socket) => {
      socket.write(concat(hello("PUSH"), ...numbers(1000).map(encodeMessage)));
    });
    const iterator = connection[Symbol.asyncIterator]();
    await iterator.next();
    rawSockets.at(-1)?.resetAndDestroy();
    await connection.closed;
    const { heard, error } = await drain(connection);
    expect(heard).toEqual(numbers(1000).slice(1));
    expect(error).toEqual(code("RESET"));
  });

  it("between the frames of a message: no half of it is delivered", async () => {
    const connection = await rawPeer("connects", (socket) =>
      socket.end(concat(hello("PUSH"), encodeMessage("whole"), encodeFrame("half", { more: true }))),
    );
    const { heard, error } = await drain(connection);
    expect(heard).toEqual(["whole"]);
    expect(error).toMatchObject({
      code: "TRUNCATED",
      offset: concat(hello("PUSH"), encodeMessage("whole")).length + 6,
    });
  });

  it("in its handshake, by a reset", async () => {
    const url = await rawListen((socket) => {
      socket.write(hello("PUSH").subarray(0, 70));
      socket.once("data", () => socket.resetAndDestroy());
    });
    await expect(connected(url, PULL)).rejects.toEqual(code("RESET"));
  });

  it("in its handshake, by a goodbye", async () => {
    const url = await rawListen((socket) => void socket.end(encodeGreeting()));
    await expect(connected(url, PULL)).rejects.toEqual(code("PEER_CLOSED"));
  });

  it("with garbage in its traffic: what came before is delivered", async () => {
    const connection = await rawPeer("connects", (socket) =>
      socket.write(concat(hello("PUSH"), ...numbers(1000).map(encodeMessage), Buffer.from("garbage"))),
    );
    const { heard, error } = await drain(connection);
    expect(heard).toEqual(numbers(1000));
    expect(error).toEqual(code("RESERVED_FLAGS"));
  });

  it("and a batch reader gets the same", async () => {
    const connection = await rawPeer("connects", (socket) =>
      socket.write(concat(hello("PUSH"), ...numbers(1000).map(encodeMessage), Buffer.from("garbage"))),
    );
    let frames = 0;
    for await (const batch of connection.batches()) frames += batch.length;
    expect(frames).toBe(1000);
    expect(await connection.closed).toMatchObject({ by: "fault", error: { code: "RESERVED_FLAGS" } });
  });
});

describe("a loop that never looks at the end", () => {
  it("answers what a peer asked that is gone, without waiting for room that never comes", async () => {
    const connection = await rawPeer(
      "connects",
      (socket) => socket.write(concat(hello("DEALER"), ...numbers(5000).map(encodeMessage))),
      "DEALER",
    );
    // Each turn reads what there is.
    for (let i = 0; i < 20; i++) await turn();
    rawSockets.at(-1)?.resetAndDestroy();
    await connection.closed;
    const waits = vi.spyOn(globalThis, "setTimeout");
    let heard = 0;
    for await (const message of connection) {
      heard++;
      if (!connection.send(message)) await connection.drained;
    }
    const timers = waits.mock.calls.length;
    waits.mockRestore();
    expect(heard).toBe(5000);
    expect(timers).toBeLessThan(10);
  });

  it("and only sends does not hold the thread", async () => {
    const connection = await rawPeer(
      "connects",
      (socket) => socket.write(concat(hello("DEALER"), encodeMessage("unread"))),
      "DEALER",
    );
    rawSockets.at(-1)?.resetAndDestroy();
    await connection.closed;
    let turns = 0;
    const counting = setInterval(() => turns++, 1);
    for (let i = 0; i < 100; i++) if (!connection.send("into the void")) await connection.drained;
    clearInterval(counting);
    expect(turns).toBeGreaterThan(5);
  });
});

describe("a peer that says goodbye", () => {
  it.each(["connects", "listens"] as const)(
    "when it %s: everything is delivered, and our answer still arrives",
    async (who) => {
      let answer: Promise<Buffer> | undefined;
      const connection = await rawPeer(
        who,
        (socket) => {
          answer = everything(socket);
          socket.end(concat(hello("DEALER"), ...numbers(1000).map(encodeMessage)));
        },
        "DEALER",
      );
      const heard: string[] = [];
      for await (const message of connection) {
        heard.push(texts(message).join());
        if (heard.length === 1000) connection.send("our answer");
      }
      expect(heard).toEqual(numbers(1000));
      await connection.closed;
      expect((await answer)?.subarray(-12)).toEqual(Buffer.from(encodeMessage("our answer")));
    },
  );

  it("to nobody who reads: the connection ends in peace", async () => {
    const connection = await rawPeer(
      "connects",
      (socket) => socket.end(concat(hello("PUSH"), encodeMessage("unread"))),
      "PULL",
      { linger: 100 },
    );
    // Somebody might still read, and answer: that long our side stays open.
    expect(await connection.closed).toEqual({ by: "peer", error: undefined, unsent: 0 });
    expect(() => connection.send("x")).toThrow(code("NOT_A_SENDER"));
    expect(await nextText(connection)).toEqual(["unread"]);
  });
});

describe("patience", () => {
  it("runs out with a greeting that trickles", async () => {
    const url = await rawListen((socket) => {
      let at = 0;
      const trickle = setInterval(() => socket.write(encodeGreeting().subarray(at, ++at)), 10);
      socket.on("close", () => clearInterval(trickle));
    });
    const began = performance.now();
    await expect(connected(url, { ...PULL, handshakeTimeout: 200 })).rejects.toEqual(code("HANDSHAKE_TIMEOUT"));
    expect(performance.now() - began).toBeGreaterThan(190);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it("runs out with who never speaks, and the socket is closed", async () => {
    let gone: Promise<unknown> | undefined;
    const url = await rawListen((socket) => {
      gone = everything(socket);
    });
    await expect(connected(url, { ...PULL, handshakeTimeout: 50 })).rejects.toEqual(code("HANDSHAKE_TIMEOUT"));
    await gone;
  });

  it("of a listener too, which drops who never speaks", async () => {
    const listener = await listening("tcp://127.0.0.1:0", { ...PULL, handshakeTimeout: 500 });
    const silent = await rawDial(listener.endpoint);
    await everything(silent);
    const [ours, theirs] = await Promise.all([
      connected(listener.endpoint, { socketType: "PUSH" }),
      accepted(listener),
    ]);
    ours.send("still here");
    expect(await nextText(theirs)).toEqual(["still here"]);
  });

  it("ends with the handshake", async () => {
    const [a, b] = await pair("tcp://127.0.0.1:0", { socketType: "PAIR", handshakeTimeout: 500, connectTimeout: 500 });
    await new Promise((resolve) => setTimeout(resolve, 700));
    a.send("later");
    expect(await nextText(b)).toEqual(["later"]);
  });

  it("runs out where nobody accepts", async () => {
    // A backlog of one, filled, and a process that accepts nothing: the next SYN gets no answer.
    const full = await fullBacklog();
    const began = performance.now();
    await expect(connected(full, { ...PULL, connectTimeout: 100 })).rejects.toEqual(code("CONNECT_TIMEOUT"));
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

describe("a listener", () => {
  it("goes on after strangers, and its peers are undisturbed", async () => {
    const listener = await listening("tcp://127.0.0.1:0", PULL);
    const [ours, theirs] = await Promise.all([
      connected(listener.endpoint, { socketType: "PUSH" }),
      accepted(listener),
    ]);
    const http = await rawDial(listener.endpoint);
    const answer = everything(http);
    http.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await answer;
    const garbage = await rawDial(listener.endpoint);
    const refused = everything(garbage);
    garbage.write(concat(encodeGreeting(), Buffer.alloc(100, 0xff)));
    await refused;
    ours.send("undisturbed");
    expect(await nextText(theirs)).toEqual(["undisturbed"]);
    const [next] = await Promise.all([connected(listener.endpoint, { socketType: "PUSH" }), accepted(listener)]);
    expect(next.peer.socketType).toBe("PULL");
  });

  it("tells a peer of an illegal socket type, and goes on", async () => {
    const listener = await listening("tcp://127.0.0.1:0", PULL);
    const wrong = await rawDial(listener.endpoint);
    const answer = everything(wrong);
    wrong.write(hello("PULL"));
    expect((await answer).toString("latin1")).toContain("\x05ERROR\x13illegal-socket-type");
    // Both refuse; whose word comes first is open.
    await expect(connected(listener.endpoint, PULL)).rejects.toEqual(
      expect.objectContaining({ code: expect.stringMatching(/^(SOCKET_TYPE_MISMATCH|PEER_ERROR)$/) }),
    );
    const [, theirs] = await Promise.all([connected(listener.endpoint, { socketType: "PUSH" }), accepted(listener)]);
    expect(theirs.peer.socketType).toBe("PUSH");
  });

  it.each(["tcp", "ipc", "ws"] as const)("%s: closed under load, those handed out live on", async (scheme) => {
    const listener = await listening(await anyEndpoint(scheme), PULL);
    const pairs: (readonly [Connection, Connection])[] = [];
    for (let i = 0; i < 5; i++) {
      pairs.push(await Promise.all([connected(listener.endpoint, { socketType: "PUSH" }), accepted(listener)]));
    }
    for (const [ours] of pairs) for (let i = 0; i < 1000; i++) ours.send(`${i}`);
    const notHandedOut = await connected(listener.endpoint, { socketType: "PUSH" });
    await listener.close();
    await notHandedOut.closed;
    await expect(connected(listener.endpoint, { socketType: "PUSH", connectTimeout: 1000 })).rejects.toThrow();
    for (const [ours, theirs] of pairs) {
      for (let i = 0; i < 1000; i++) expect(await nextText(theirs)).toEqual([`${i}`]);
      ours.send("last");
      expect(await nextText(theirs)).toEqual(["last"]);
    }
    expect(await listener[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });

  it("ends a waiting iteration when it closes", async () => {
    const listener = await listening("tcp://127.0.0.1:0", PULL);
    const waiting = listener[Symbol.asyncIterator]().next();
    await listener.close();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it("drops the oldest of too many handshakes", async () => {
    const listener = await listening("tcp://127.0.0.1:0", { ...PULL, maxHandshakes: 3 });
    const sockets: net.Socket[] = [];
    for (let i = 0; i < 3; i++) {
      const socket = await rawDial(listener.endpoint);
      // Our greeting shows that it has been let in.
      await once(socket, "data");
      sockets.push(socket);
    }
    const dropped = everything(sockets[0]);
    const newest = await rawDial(listener.endpoint);
    await dropped;
    for (const socket of [sockets[1], sockets[2], newest]) socket.write(hello("PUSH"));
    for (let i = 0; i < 3; i++) expect((await accepted(listener)).peer.socketType).toBe("PUSH");
  });

  it("refuses a port and a path in use", async () => {
    for (const scheme of ["tcp", "ipc", "ws"] as const) {
      const { endpoint } = await listening(await anyEndpoint(scheme), PULL);
      await expect(listening(endpoint, PULL)).rejects.toEqual(code("EADDRINUSE"));
      await Promise.all([connected(endpoint, { socketType: "PUSH" })]);
    }
  });

  it("replaces the path that a dead process left behind, and removes its own", async () => {
    const path = await ipcPath();
    const left = net.createServer().listen(path);
    await once(left, "listening");
    // As a process that is killed leaves it: the path stays, nobody listens.
    const { rename } = await import("node:fs/promises");
    await rename(path, `${path}.kept`);
    left.close();
    await once(left, "close");
    await rename(`${path}.kept`, path);
    expect(existsSync(path)).toBe(true);
    const listener = await listening(`ipc://${path}`, PULL);
    const [ours, theirs] = await Promise.all([
      connected(listener.endpoint, { socketType: "PUSH" }),
      accepted(listener),
    ]);
    ours.send("here");
    expect(await nextText(theirs)).toEqual(["here"]);
    await listener.close();
    expect(existsSync(path)).toBe(false);
  });
});

describe("who is not there", () => {
  it("tcp and ipc: the system's error", async () => {
    const tcp = await listening("tcp://127.0.0.1:0", PULL);
    await tcp.close();
    await expect(connected(tcp.endpoint, PULL)).rejects.toEqual(notReached("ECONNREFUSED"));
    await expect(connected(`ipc://${await ipcPath()}`, PULL)).rejects.toEqual(notReached("ENOENT"));
  });

  it("ws: an error that says so", async () => {
    const ws = await listening("ws://127.0.0.1:0/", PULL);
    await ws.close();
    const error = await connected(ws.endpoint, PULL).catch((error) => error);
    expect(error).toEqual(notReached("ECONNREFUSED"));
  });

  it("ws: a server that speaks no ZWS", async () => {
    const listener = await listening("ws://127.0.0.1:0/here", PULL);
    await expect(connected(listener.endpoint.replace("here", "elsewhere"), { socketType: "PUSH" })).rejects.toThrow();
    await Promise.all([connected(listener.endpoint, { socketType: "PUSH" }), accepted(listener)]);
  });

  it.each([
    "",
    "tcp:",
    "tcp://",
    "tcp://host",
    "tcp://host:",
    "tcp://host:99999",
    "tcp://host:1:2",
    "tcp://::1:5",
    "ipc://",
    "udp://x:1",
    "http://x",
    "ws://",
    "ws://a b/",
    "inproc://x",
  ])("%j is no endpoint", async (url) => {
    await expect(connected(url, PULL)).rejects.toThrow(TypeError);
    await expect(listening(url, PULL)).rejects.toThrow(TypeError);
  });

  it("wrong options are TypeErrors", async () => {
    await expect(connected("tcp://127.0.0.1:1", { socketType: "STREAM" as never })).rejects.toThrow(TypeError);
    await expect(listening("tcp://127.0.0.1:0", { socketType: "STREAM" as never })).rejects.toThrow(TypeError);
    await expect(listening("tcp://127.0.0.1:0", { socketType: "DEALER", identity: "\0" })).rejects.toThrow(TypeError);
  });

  it("streams that fail give their own error", async () => {
    const reason = new Error("the stream's own");
    const readable = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(reason) });
    const opening = overStreams({ readable, writable: new WritableStream() }, { ...PULL, signal: untilTestEnds() });
    await expect(opening).rejects.toMatchObject({ code: "CONNECTION_LOST", cause: reason });
  });
});

const rawSockets: net.Socket[] = [];

/** A connection of ours whose peer is a bare socket. */
async function rawPeer(
  who: "connects" | "listens",
  speak: (socket: net.Socket) => void,
  socketType: "PULL" | "DEALER" = "PULL",
  options: Partial<NodeConnectionOptions> = {},
): Promise<Connection> {
  const meet = (socket: net.Socket) => {
    rawSockets.push(socket);
    speak(socket);
  };
  if (who === "listens") return connected(await rawListen(meet), { ...options, socketType });
  const listener = await listening("tcp://127.0.0.1:0", { ...options, socketType });
  meet(await rawDial(listener.endpoint));
  return accepted(listener);
}

/** Where a connection is never answered: a port whose queue is full, held by a process that has stopped. */
async function fullBacklog(): Promise<string> {
  const { spawn } = await import("node:child_process");
  const held = spawn(process.execPath, [
    "-e",
    `const s = require("net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      require("fs").writeSync(1, String(s.address().port));
      for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`,
  ]);
  onTestFinished(() => void held.kill("SIGKILL"));
  const [line] = await once(held.stdout, "data");
  const port = Number(line);
  for (let i = 0; i < 8; i++) {
    const socket = net.connect(port, "127.0.0.1");
    socket.on("error", () => {});
    onTestFinished(() => void socket.destroy());
  }
  // Each has asked for its connection by then.
  for (let i = 0; i < 10; i++) await turn();
  return `tcp://127.0.0.1:${port}`;
}

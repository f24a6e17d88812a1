/**
 * What one peer may cost: each limit met from outside by a hostile peer, with an honest one beside it that notices
 * nothing.
 */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import {
  type Connection,
  encodeFrame,
  encodeGreeting,
  encodeMessage,
  type ListenOptions,
  type Refusal,
} from "../../src/node.js";
import { accepted, connected, listening, nextMessage, nextText } from "../support/connections.js";
import { bytes, concat, pattern } from "../support/pieces.js";
import { everything, hello, rawDial, write } from "../support/raw.js";

const KiB = 1024;
const DEALER = { socketType: "DEALER" } as const;
const command = (name: string, data: Uint8Array = bytes()) =>
  encodeFrame(concat(bytes(name.length), Buffer.from(name), data), { command: true });

/** A listener with an honest peer, whose every question is answered at once. */
async function withHonest(options: Partial<ListenOptions> = {}, url = "tcp://127.0.0.1:0") {
  const refusals: Refusal[] = [];
  const listener = await listening(url, { ...DEALER, onRefused: (refusal) => refusals.push(refusal), ...options });
  const asker = options.socketType === "PUB" ? ({ socketType: "SUB" } as const) : DEALER;
  const [ours, theirs] = await Promise.all([connected(listener.endpoint, asker), accepted(listener)]);
  let asked = 0;
  const honest = async () => {
    if (asker.socketType === "SUB") {
      ours.subscribe(`${++asked}`);
      while (!theirs.wants(`${asked}`)) await new Promise((resolve) => setTimeout(resolve, 1));
      theirs.send(`${asked}`);
    } else theirs.send(`${++asked}`);
    expect(await nextText(ours)).toEqual([`${asked}`]);
  };
  await honest();
  return { listener, refusals, honest };
}

/** Until it holds; the test's own timeout ends the waiting. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Writes on until the peer has had enough. */
async function flood(socket: Socket, chunk: Uint8Array, most: number): Promise<void> {
  for (let sent = 0; sent < most && socket.writable && !socket.destroyed; sent += chunk.length)
    await write(socket, chunk);
}

interface InTraffic {
  readonly what: string;
  readonly options?: Partial<ListenOptions>;
  readonly socketType?: "DEALER" | "SUB";
  readonly code: string;
  readonly attack: (socket: Socket) => unknown;
}

/** Header of a frame of so many octets, of which none needs to come. */
const claim = (length: number) => {
  const header = bytes(2, 0, 0, 0, 0, 0, 0, 0, 0);
  new DataView(header.buffer).setBigUint64(1, BigInt(length));
  return header;
};

const IN_TRAFFIC: readonly InTraffic[] = [
  {
    what: "a frame over maxFrameSize",
    options: { maxFrameSize: 1000 },
    code: "FRAME_TOO_LARGE",
    attack: (socket) => socket.write(claim(1001)),
  },
  {
    what: "a frame over the default of maxFrameSize",
    code: "FRAME_TOO_LARGE",
    attack: (socket) => socket.write(claim(64 * KiB * KiB + 1)),
  },
  {
    what: "a message over maxMessageSize, each frame of it small",
    options: { maxMessageSize: 100 * KiB, maxFrameSize: 100 * KiB },
    code: "MESSAGE_TOO_LARGE",
    attack: (socket) => flood(socket, encodeFrame(pattern(1000), { more: true }), 500 * KiB),
  },
  {
    what: "a message of more than 65,536 frames, each of them empty",
    code: "MESSAGE_TOO_LARGE",
    attack: (socket) =>
      flood(
        socket,
        new Uint8Array(20_000).map((_, i) => (i % 2 === 0 ? 1 : 0)),
        2_000_000,
      ),
  },
  {
    what: "a message over maxMessageFrames",
    options: { maxMessageFrames: 3 },
    code: "MESSAGE_TOO_LARGE",
    attack: (socket) => socket.write(encodeMessage(["1", "2", "3", "4"])),
  },
  {
    what: "PINGs without end",
    code: "TOO_MANY_COMMANDS",
    attack: (socket) => flood(socket.resume(), concat(...Array(1000).fill(command("PING", bytes(0, 0)))), 20_000_000),
  },
  {
    what: "unknown commands without end",
    code: "TOO_MANY_COMMANDS",
    attack: (socket) => flood(socket, concat(...Array(1000).fill(command("NOISE"))), 20_000_000),
  },
  {
    what: "SUBSCRIBE without end to a socket that publishes nothing",
    code: "TOO_MANY_COMMANDS",
    attack: (socket) => flood(socket, concat(...Array(1000).fill(command("SUBSCRIBE", bytes(1)))), 20_000_000),
  },
  {
    what: "SUBSCRIBE without end, every prefix another",
    options: { socketType: "PUB" },
    socketType: "SUB",
    code: "TOO_MANY_SUBSCRIPTIONS",
    async attack(socket) {
      for (let i = 0; i < 600 && socket.writable; i++) {
        const prefixes = Array.from({ length: 1000 }, (_, k) => command("SUBSCRIBE", Buffer.from(`${i}/${k}`)));
        await flood(socket, concat(...prefixes), 1);
      }
    },
  },
];

/** A hostile peer through its handshake, and our end of it. */
async function hostile(
  listener: Awaited<ReturnType<typeof listening>>,
  type: "DEALER" | "SUB" = "DEALER",
): Promise<[Socket, Connection]> {
  const socket = await rawDial(listener.endpoint);
  socket.resume();
  socket.write(hello(type));
  return [socket, await accepted(listener)];
}

describe("in traffic", () => {
  it.each(IN_TRAFFIC)("$what: $code", async ({ options, socketType, code, attack }) => {
    const { listener, honest } = await withHonest(options);
    const [socket, connection] = await hostile(listener, socketType);
    const attacking = attack(socket);
    await honest();
    expect(await connection.closed).toMatchObject({ by: "fault", error: { name: "ZmtpError", code } });
    await attacking;
    await honest();
  });

  it("many peers that each hold less than a peer may: the one that holds most goes", async () => {
    const { listener, honest } = await withHonest({ maxHeld: 1000 * KiB });
    const sizes = [200, 500, 400];
    const ends: Connection[] = [];
    for (const size of sizes) {
      const [socket, connection] = await hostile(listener);
      ends.push(connection);
      socket.write(concat(claim(10_000 * KiB), pattern(size * KiB)));
    }
    expect(await ends[1].closed).toMatchObject({ error: { code: "MEMORY_LIMIT" } });
    await honest();
    expect([ends[0].ending, ends[2].ending]).toEqual([undefined, undefined]);
  });

  it("subscriptions count in what all peers hold", async () => {
    const { listener, honest } = await withHonest({ socketType: "PUB", maxHeld: 1000 * KiB });
    const counts = [2, 5, 4];
    const ends: Connection[] = [];
    for (const [peer, count] of counts.entries()) {
      const [socket, connection] = await hostile(listener, "SUB");
      ends.push(connection);
      for (let i = 0; i < count; i++) socket.write(command("SUBSCRIBE", concat(bytes(peer, i), pattern(100 * KiB))));
    }
    expect(await ends[1].closed).toMatchObject({ error: { code: "MEMORY_LIMIT" } });
    await honest();
    expect([ends[0].ending, ends[2].ending]).toEqual([undefined, undefined]);
  });

  it("SUBSCRIBE to a socket that publishes nothing costs nothing", async () => {
    const { listener, honest } = await withHonest();
    const [socket, connection] = await hostile(listener);
    socket.write(command("SUBSCRIBE", Buffer.from("topic")));
    socket.write(encodeMessage("behind it"));
    expect(await nextText(connection)).toEqual(["behind it"]);
    expect(connection.wants("topic")).toBe(false);
    await honest();
  });
});

interface Stranger {
  readonly what: string;
  readonly code: string | RegExp;
  readonly words: () => Uint8Array;
}

function ready(properties: number, size: number): Uint8Array {
  const parts: Uint8Array[] = [concat(bytes(11), Buffer.from("Socket-Type"), bytes(0, 0, 0, 6), Buffer.from("DEALER"))];
  for (let i = 0; i < properties; i++) {
    const name = `X${i}`;
    parts.push(concat(bytes(name.length), Buffer.from(name), bytes(0, 0, size >> 8, size & 255), pattern(size)));
  }
  return concat(encodeGreeting(), command("READY", concat(...parts)));
}

const STRANGERS: readonly Stranger[] = [
  { what: "a READY of 5,000 properties", code: "TOO_MANY_PROPERTIES", words: () => ready(5000, 0) },
  { what: "a READY over 64 KiB", code: /^(FRAME|HANDSHAKE)_TOO_LARGE$/, words: () => ready(100, 1000) },
  {
    what: "a handshake that does not end",
    code: /^(HANDSHAKE_TOO_LARGE|UNEXPECTED_COMMAND|TOO_MANY_COMMANDS)$/,
    words: () => concat(encodeGreeting(), ...Array(5000).fill(command("NOISE", pattern(100)))),
  },
];

describe("in the handshake", () => {
  it.each(STRANGERS)("$what: refused", async ({ code, words }) => {
    const { listener, refusals, honest } = await withHonest();
    const socket = await rawDial(listener.endpoint);
    socket.resume();
    socket.write(words());
    await until(() => refusals.length > 0);
    expect(refusals[0].error.code).toMatch(code);
    await honest();
  });

  it.each([
    ["maxHandshakes", { maxHandshakes: 3 }],
    ["maxHandshakesPerAddress", { maxHandshakesPerAddress: 3 }],
  ])("more than %s half-open peers: the oldest goes", async (_, options) => {
    const { listener, refusals, honest } = await withHonest(options);
    const sockets: Socket[] = [];
    for (let i = 0; i < 4; i++) {
      sockets.push(await rawDial(listener.endpoint));
      await once(sockets[i], "data");
    }
    await everything(sockets[0]);
    expect(refusals.map(({ error }) => error.code)).toEqual(["TOO_MANY_HANDSHAKES"]);
    await honest();
    sockets[3].write(hello("DEALER"));
    expect((await accepted(listener)).peer.socketType).toBe("DEALER");
  });

  it("more than maxConnections: the newest goes, and there is room again when one leaves", async () => {
    const { listener, refusals, honest } = await withHonest({ maxConnections: 2 });
    const [second, connection] = await hostile(listener);
    await everything(await rawDial(listener.endpoint));
    expect(refusals.map(({ error }) => error.code)).toEqual(["TOO_MANY_CONNECTIONS"]);
    second.destroy();
    connection.destroy();
    await connection.closed;
    await hostile(listener);
    await honest();
  });

  it("ws://: sockets before their upgrade count as handshakes", async () => {
    const { listener, refusals, honest } = await withHonest({ maxHandshakes: 3 }, "ws://127.0.0.1:0/");
    const first = await rawDial(`tcp://127.0.0.1:${new URL(listener.endpoint).port}`);
    const dropped = everything(first);
    for (let i = 0; i < 3; i++) await rawDial(`tcp://127.0.0.1:${new URL(listener.endpoint).port}`);
    await dropped;
    expect(refusals.map(({ error }) => error.code)).toContain("TOO_MANY_HANDSHAKES");
    await honest();
  });

  it("ws://: a stranger's first message is bounded by the handshake's octets, not by maxFrameSize", async () => {
    const { listener, refusals, honest } = await withHonest({}, "ws://127.0.0.1:0/");
    const webSocket = new WebSocket(listener.endpoint, "ZWS2.0");
    webSocket.on("error", () => {});
    await once(webSocket, "open");
    webSocket.send(new Uint8Array(8 * KiB * KiB));
    await once(webSocket, "close");
    expect(refusals.map(({ error }) => error.code)).toEqual(["HANDSHAKE_TOO_LARGE"]);
    await honest();
  });

  it("ws://: our client offers none either, and holds a server to its own limit", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true });
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const met = once(server, "connection");
    const { port } = server.address() as AddressInfo;
    const connecting = connected(`ws://127.0.0.1:${port}/`, { socketType: "PAIR", maxFrameSize: 1000 });
    const [peer, request] = (await met) as [WebSocket, IncomingMessage];
    expect(request.headers["sec-websocket-extensions"]).toBeUndefined();
    peer.send(bytes(0));
    const connection = await connecting;
    peer.send(concat(bytes(0), pattern(1000)));
    expect((await nextMessage(connection))[0].length).toBe(1000);
    peer.send(new Uint8Array(1002));
    expect((await connection.closed).by).not.toBe("peer");
    expect(connection.ending?.error).toMatchObject({ name: "ZmtpError" });
    expect(String(connection.ending?.error)).toMatch(/max payload|too large|limit/i);
  });

  it("ws://: nobody is offered compression", async () => {
    const { listener } = await withHonest({}, "ws://127.0.0.1:0/");
    const webSocket = new WebSocket(listener.endpoint, "ZWS2.0", { perMessageDeflate: true });
    webSocket.on("error", () => {});
    await once(webSocket, "open");
    expect(webSocket.extensions).toBe("");
    webSocket.terminate();
  });
});

describe("closing", () => {
  it("a PING behind our close() does not cut what was accepted", async () => {
    const { listener } = await withHonest();
    const [socket, connection] = await hostile(listener);
    socket.pause();
    const payload = pattern(100_000);
    let octets = 0;
    for (let i = 0; i < 100; i++) {
      connection.send(payload);
      octets += encodeMessage(payload).length;
    }
    const closing = connection.close();
    const pings = setInterval(() => socket.write(command("PING", bytes(0, 0))), 5);
    await new Promise((resolve) => setTimeout(resolve, 100));
    let heard = 0;
    socket.on("data", (chunk) => {
      heard += chunk.length;
    });
    socket.resume();
    await once(socket, "end");
    clearInterval(pings);
    socket.end();
    await closing;
    expect(heard).toBeGreaterThanOrEqual(octets);
    expect(await connection.closed).toMatchObject({ by: "close", error: undefined, unsent: 0 });
  });

  it("a peer that slowly goes on taking is waited for, however long", async () => {
    const LINGER = 1000;
    // So many that after `linger` there is more left than a system buffers.
    const MESSAGES = 26;
    const { listener } = await withHonest({ linger: LINGER });
    const [socket, connection] = await hostile(listener);
    socket.pause();
    const payload = pattern(1000 * KiB);
    for (let i = 0; i < MESSAGES; i++) connection.send(payload);
    const closing = connection.close();
    let heard = 0;
    let over = false;
    socket.once("end", () => {
      over = true;
      socket.end();
    });
    // A megabyte every now and then, in all longer than linger. A system that has much buffered does not let us write
    // again before about as much of it was taken: a peer paced by the chunk would seem to stand still on a busy
    // machine.
    const began = performance.now();
    let burst = 0;
    socket.on("data", (chunk) => {
      heard += chunk.length;
      burst += chunk.length;
      if (burst < 1024 * KiB) return;
      burst = 0;
      socket.pause();
      setTimeout(() => socket.resume(), 100);
    });
    socket.resume();
    await until(() => over);
    expect(performance.now() - began).toBeGreaterThan(LINGER);
    await closing;
    expect(heard).toBeGreaterThanOrEqual(MESSAGES * payload.length);
    expect((await connection.closed).by).toBe("close");
  });
});

/** Whoever is not let in is told of, and whoever is not reached is named: silence helps nobody. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { connect as connectInPage } from "../../src/index.js";
import { connect, encodeGreeting, listen, type Refusal, ZmtpError } from "../../src/node.js";
import { accepted, connected, ipcPath, listening, nextText, untilTestEnds } from "../support/connections.js";
import { everything, hello, rawDial } from "../support/raw.js";

const PULL = { socketType: "PULL" } as const;

/** A listener, and whom it did not let in. */
async function guarded(url: string, options: object = {}) {
  const refusals: Refusal[] = [];
  let wake = () => {};
  const onRefused = (refusal: Refusal) => {
    refusals.push(refusal);
    wake();
  };
  const listener = await listening(url, { ...PULL, onRefused, ...options });
  const next = async (): Promise<Refusal> => {
    while (refusals.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return refusals.shift() as Refusal;
  };
  return { listener, next };
}

/** Somebody honest is let in and heard. */
async function servesHonest(listener: Awaited<ReturnType<typeof listen>>): Promise<void> {
  const [ours, theirs] = await Promise.all([connected(listener.endpoint, { socketType: "PUSH" }), accepted(listener)]);
  ours.send("honest");
  expect(await nextText(theirs)).toEqual(["honest"]);
}

const plainGreeting = () => encodeGreeting({ mechanism: "PLAIN" } as never);

const STRANGERS: Record<string, readonly [code: string | RegExp, speak: (socket: Socket) => void]> = {
  "a socket type that does not fit": ["SOCKET_TYPE_MISMATCH", (socket) => socket.write(hello("PULL"))],
  "PLAIN where we speak NULL": ["MECHANISM_MISMATCH", (socket) => socket.write(plainGreeting())],
  HTTP: ["NOT_ZMTP", (socket) => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n")],
  "four octets of garbage, then the end": [/NOT_ZMTP|PEER_CLOSED/, (socket) => socket.end(Buffer.alloc(4, 0x41))],
  silence: ["HANDSHAKE_TIMEOUT", () => {}],
  "a greeting, then the end": ["PEER_CLOSED", (socket) => socket.end(encodeGreeting())],
  "a greeting, then a reset": [
    "RESET",
    (socket) => {
      socket.write(encodeGreeting());
      socket.once("data", () => socket.resetAndDestroy());
    },
  ],
};

describe("a listener tells of", () => {
  it.each(Object.keys(STRANGERS))("%s, with its address, and counts it", async (name) => {
    const [code, speak] = STRANGERS[name];
    const { listener, next } = await guarded("tcp://127.0.0.1:0", name === "silence" ? { handshakeTimeout: 100 } : {});
    const socket = await rawDial(listener.endpoint);
    const { localPort } = socket;
    socket.resume();
    speak(socket);
    const { error, remoteAddress } = await next();
    expect(error).toBeInstanceOf(ZmtpError);
    expect(error.code).toMatch(new RegExp(`^(${code instanceof RegExp ? code.source : code})$`));
    expect(remoteAddress).toBe(`127.0.0.1:${localPort}`);
    expect(listener.refused).toBe(1);
    await servesHonest(listener);
    expect(listener.refused).toBe(1);
  });

  it("ws://: an HTTP client, a wrong path, silence before the upgrade", async () => {
    const { listener, next } = await guarded("ws://127.0.0.1:0/zmq", { handshakeTimeout: 300 });
    const { port } = new URL(listener.endpoint);
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect(answer.status).toBe(426);
    expect((await next()).error).toMatchObject({ code: "NOT_ZMTP" });
    const silent = await rawDial(`tcp://127.0.0.1:${port}`);
    const dropped = everything(silent);
    expect((await next()).error).toMatchObject({ code: "HANDSHAKE_TIMEOUT" });
    await dropped;
    await servesHonest(listener);
    expect(listener.refused).toBe(2);
  });

  it("ws://: one refusal for all the bad messages of a peer", async () => {
    const { listener, next } = await guarded("ws://127.0.0.1:0/zmq");
    const webSocket = new WebSocket(listener.endpoint, "ZWS2.0");
    webSocket.on("error", () => {});
    await once(webSocket, "open");
    for (let i = 0; i < 1000; i++) webSocket.send("text is no frame");
    expect((await next()).error).toMatchObject({ code: "RESERVED_FLAGS" });
    await once(webSocket, "close");
    expect(listener.refused).toBe(1);
    await servesHonest(listener);
  });

  const faults: Record<string, () => unknown> = {
    throws: () => {
      throw new Error("the caller's fault");
    },
    rejects: async () => {
      throw new Error("the caller's fault");
    },
  };
  it.each(Object.keys(faults))("strangers though the function told %s: it goes on, and warns once", async (how) => {
    const warnings: Error[] = [];
    const hear = (warning: Error) => void warnings.push(warning);
    process.on("warning", hear);
    onTestFinished(() => void process.off("warning", hear));
    const listener = await listening("tcp://127.0.0.1:0", { ...PULL, onRefused: faults[how] as () => void });
    for (let i = 0; i < 2; i++) {
      const socket = await rawDial(listener.endpoint);
      const dropped = everything(socket);
      socket.write(hello("PULL"));
      await dropped;
      socket.destroy();
    }
    await servesHonest(listener);
    expect(listener.refused).toBe(2);
    const ours = warnings.filter(({ name }) => name === "MonocoqueWarning");
    expect(ours.map(({ message }) => message)).toEqual([expect.stringContaining("the caller's fault")]);
  });

  it("nobody when it is closed itself", async () => {
    const { listener } = await guarded("tcp://127.0.0.1:0");
    const socket = await rawDial(listener.endpoint);
    await once(socket, "data");
    await listener.close();
    await everything(socket);
    expect(listener.refused).toBe(0);
  });
});

describe("connect() says who was not reached, and why", () => {
  const failure = (url: string) =>
    connect(url, { ...PULL, signal: untilTestEnds() }).then(
      () => undefined,
      (error) => error,
    );

  it.each(["tcp", "ws"])("%s: nobody listens", async (scheme) => {
    const listener = await listen("tcp://127.0.0.1:0", PULL);
    await listener.close();
    const error = await failure(listener.endpoint.replace("tcp", scheme));
    expect(error).toBeInstanceOf(ZmtpError);
    expect(error).toMatchObject({ code: "NOT_REACHED", blame: "network", cause: { code: "ECONNREFUSED" } });
  });

  it.each(["tcp://no-such-host.invalid:1", "ws://no-such-host.invalid:1/"])("%s: no such name", async (url) => {
    const error = await failure(url);
    expect(error).toMatchObject({
      code: "NOT_REACHED",
      cause: { code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) },
    });
    expect(error.message).toContain("no-such-host.invalid");
  });

  it.each([401, 404, 503])("ws: a server that answers %i", async (status) => {
    const server = createServer();
    server.on("upgrade", (_, socket) => {
      socket.on("error", () => {});
      socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const error = await failure(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(error).toMatchObject({ code: "NOT_REACHED" });
    expect(error.message).toContain(`${status}`);
  });

  it("ws: a server of another subprotocol", async () => {
    const { WebSocketServer } = await import("ws");
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => false });
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const error = await failure(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(error).toBeInstanceOf(ZmtpError);
    expect(error.message).toMatch(/subprotocol/i);
  });

  it("without a WebSocket, where there is none", async () => {
    const kept = globalThis.WebSocket;
    Reflect.set(globalThis, "WebSocket", undefined);
    onTestFinished(() => void Reflect.set(globalThis, "WebSocket", kept));
    const error = await connectInPage("ws://127.0.0.1:1/", PULL).catch((error) => error);
    expect(error).toBeInstanceOf(ZmtpError);
    expect(error).toMatchObject({ code: "NO_WEBSOCKET", blame: "caller" });
  });

  it("by a WebSocket that fires an error and no close, as Node 22's does", async () => {
    const kept = globalThis.WebSocket;
    class Failing extends EventTarget {
      onerror: ((event: unknown) => void) | undefined;
      readonly readyState = 0;
      readonly bufferedAmount = 0;
      readonly protocol = "";
      constructor() {
        super();
        setTimeout(() => this.onerror?.({ message: "Received network error or non-101 status code." }));
      }
      close() {}
    }
    Reflect.set(globalThis, "WebSocket", Failing);
    onTestFinished(() => void Reflect.set(globalThis, "WebSocket", kept));
    const error = await connectInPage("ws://127.0.0.1:1/", PULL).catch((error) => error);
    expect(error).toMatchObject({ name: "ZmtpError", code: "NOT_REACHED" });
    expect(error.message).toContain("non-101");
  });

  it("ipc: a path that the system would cut", async () => {
    const path = `/tmp/${"x".repeat(200)}`;
    await expect(connect(`ipc://${path}`, PULL)).rejects.toThrow(/107 octets/);
    await expect(listen(`ipc://${path}`, PULL)).rejects.toThrow(/107 octets/);
  });

  it("ipc: a folder that is missing", async () => {
    const path = `${await ipcPath()}-missing/socket`;
    await expect(listen(`ipc://${path}`, PULL)).rejects.toThrow(/is there a folder/);
  });
});

it("listen(tcp://*) names an address that a peer without IPv6 can connect to", async () => {
  const listener = await listening("tcp://*:0", PULL);
  expect(listener.endpoint).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
  await servesHonest(listener);
});

it("SUB and PULL do not send, and say so", async () => {
  const listener = await listening("tcp://127.0.0.1:0", { socketType: "XPUB" });
  const [sub] = await Promise.all([connected(listener.endpoint, { socketType: "SUB" }), accepted(listener)]);
  expect(() => sub.send("x")).toThrow(expect.objectContaining({ code: "NOT_A_SENDER", blame: "caller" }));
  expect(() => sub.subscribe(["a", "b"] as never)).toThrow(TypeError);
});

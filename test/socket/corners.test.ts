/** What sockets do in moments that seldom come: asked here for, one by one. Ours alone: each looks at what is inside. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { WebSocket } from "ws";
import type { OpenWebSocket } from "../../src/connection/dial-websocket.js";
import { Connector } from "../../src/socket/connector.js";
import { coreOf } from "../../src/socket/core-of.js";
import { fault, faultOf } from "../../src/socket/errno.js";
import { nodeTimer } from "../../src/socket/hold.js";
import { InprocNames } from "../../src/socket/inproc.js";
import { Linger, somethingLingers } from "../../src/socket/lingering.js";
import { hasOption } from "../../src/socket/settings.js";
import { warn } from "../../src/socket/warning.js";
import { webWires } from "../../src/socket/web-wires.js";
import { webSocketWay } from "../../src/socket/websocket-way.js";
import { Client, Dish, Server } from "../../src/zeromq/draft.js";
import * as zmq from "../../src/zeromq/index.js";
import { closing, codeOf, Transport, texts, until } from "./support.js";

const TIMEOUT = { receiveTimeout: 20_000 };
const NOTHING = new Uint8Array(0);
const inproc = new Transport("inproc");
const tcp = new Transport("tcp");
const turn = () => new Promise((resolve) => setImmediate(resolve));
/** An endpoint of the system's choice that nobody is bound to. */
async function freed(): Promise<string> {
  const pull = new zmq.Pull();
  const endpoint = await tcp.bind(pull);
  await pull.unbind(endpoint);
  pull.close();
  return endpoint;
}

const thrown = (code: string) => expect.objectContaining({ code });

describe("inproc://", () => {
  it("what a full peer had sent before its end is read to the last", async () => {
    const pull = closing(new zmq.Pull({ receiveHighWaterMark: 2, ...TIMEOUT }));
    const push = new zmq.Push({ sendHighWaterMark: 2, sendTimeout: 0 });
    push.connect(await inproc.bind(pull));
    for (let i = 0; i < 4; i++) await push.send(`${i}`);
    expect(await codeOf(() => push.send("too much"))).toBe("EAGAIN");
    push.close();
    for (let i = 0; i < 4; i++) expect(texts(await pull.receive())).toEqual([`${i}`]);
    expect(pull.readable).toBe(false);
  });

  it("who was full has room at once when the other end has no mark any more", async () => {
    const pull = closing(new zmq.Pull({ receiveHighWaterMark: 4, ...TIMEOUT }));
    const push = closing(new zmq.Push({ sendHighWaterMark: 4, sendTimeout: 0 }));
    push.connect(await inproc.bind(pull));
    while ((await codeOf(() => push.send("x"))) === undefined);
    pull.receiveHighWaterMark = 0;
    expect(push.writable).toBe(false);
    await pull.receive();
    expect(push.writable).toBe(true);
  });

  it("meets all who came before it was bound, but for those who have gone", async () => {
    const name = inproc.wildcard;
    const early = [0, 1, 2].map(() => new zmq.Push({ linger: 0 }));
    for (const [i, push] of early.entries()) {
      push.connect(name);
      await push.send(`${i}`);
    }
    early[1].close();
    const pull = closing(new zmq.Pull(TIMEOUT));
    await pull.bind(name);
    const heard = [texts(await pull.receive()), texts(await pull.receive())].flat();
    expect([heard.sort(), pull.readable]).toEqual([["0", "2"], false]);
    for (const push of early) push.close();
  });

  it("a name that somebody else has bound meanwhile stays", () => {
    const names = new InprocNames();
    const side = coreOf(closing(new zmq.Pull()));
    const first = names.bind("a", side);
    names.unbind("a", first);
    names.bind("a", side);
    names.unbind("a", first);
    expect(names.isBound("a")).toBe(true);
  });

  it("a pipe has no room when it is full", () => {
    const names = new InprocNames();
    const [push, pull] = [closing(new zmq.Push({ sendHighWaterMark: 1 })), closing(new zmq.Pull())];
    pull.receiveHighWaterMark = 1;
    names.bind("a", coreOf(pull));
    const pipe = names.connect("a", coreOf(push), NOTHING);
    pipe.send("1");
    expect(pipe.room).toBe(1);
    pipe.send("2");
    expect(pipe.room).toBe(0);
    pipe.close(0);
  });
});

it("a turn of the event loop ends for who receives runs, too", async () => {
  const pull = closing(new zmq.Pull({ receiveHighWaterMark: 0, ...TIMEOUT }));
  const push = closing(new zmq.Push({ sendHighWaterMark: 0 }));
  push.connect(await inproc.bind(pull));
  for (let i = 0; i < 2000; i++) await push.send("x");
  let turned = false;
  void turn().then(() => {
    turned = true;
  });
  let runs = 0;
  for (; !turned; runs++) await pull.receiveBatch();
  expect(runs).toBeLessThan(2000);
});

it("a proxy that is paused leaves what comes where it is, until it goes on", async () => {
  const [front, back] = [closing(new zmq.Pull()), closing(new zmq.Push())];
  const [forPush, forPull] = [await tcp.bind(front), await tcp.bind(back)];
  const [push, pull] = [closing(new zmq.Push()), closing(new zmq.Pull(TIMEOUT))];
  push.connect(forPush);
  pull.connect(forPull);
  const proxy = new zmq.Proxy(front, back);
  void proxy.run();
  await push.send("before");
  expect(texts(await pull.receive())).toEqual(["before"]);
  proxy.pause();
  await push.send("while paused");
  await until(() => coreOf(front).pattern.readable);
  await turn();
  expect(coreOf(front).pattern.readable).toBe(true);
  proxy.resume();
  expect(texts(await pull.receive())).toEqual(["while paused"]);
});

it("an XSUB's own messages wait for publishers that are not there yet", async () => {
  const ends = [await freed(), await freed()];
  const xsub = closing(new zmq.XSubscriber({ reconnectInterval: 10 }));
  for (const end of ends) xsub.connect(end);
  await xsub.send("hello");
  for (const end of ends) {
    const xpub = closing(new zmq.XPublisher(TIMEOUT));
    await until(async () => (await codeOf(() => xpub.bind(end))) !== "EADDRINUSE");
    expect(texts(await xpub.receive())).toEqual(["hello"]);
  }
});

it("a verdict on what was never asked changes nothing", async () => {
  const handler = closing(new zmq.Router(TIMEOUT));
  await handler.bind("inproc://zeromq.zap.01");
  const pull = closing(new zmq.Pull({ plainServer: true, ...TIMEOUT }));
  const push = closing(new zmq.Push({ plainUsername: "ann", plainPassword: "x" }));
  push.connect(await tcp.bind(pull));
  const [who, empty, version, number] = await handler.receive();
  const verdict = (about: string | Uint8Array, code: string) => [who, empty, version, about, code, "", "", ""];
  await handler.send(verdict("4711", "400"));
  await handler.send(verdict(number, "200"));
  await push.send("let in");
  expect(texts(await pull.receive())).toEqual(["let in"]);
});

it("a SERVER's numbers begin again behind the last there is, and 0 is nobody's", async () => {
  const random = vi.spyOn(Math, "random").mockReturnValue(1 - 2 ** -32);
  const server = closing(new Server(TIMEOUT));
  random.mockRestore();
  const client = closing(new Client(TIMEOUT));
  client.connect(await inproc.bind(server));
  await client.send("who am I?");
  expect((await server.receive())[1]).toEqual({ routingId: 1 });
  server.receiveTimeout = 0;
  expect(await codeOf(() => server.receive())).toBe("EAGAIN");
  expect(await codeOf(() => closing(new Dish({ receiveTimeout: 0 })).receive())).toBe("EAGAIN");
});

describe("a socket that is closed", () => {
  it("takes up nobody who comes late", () => {
    const pull = new zmq.Pull();
    const core = coreOf(pull);
    pull.close();
    const close = vi.fn();
    core.attached({ close } as never);
    expect(close).toHaveBeenCalledWith(0);
  });

  it("dials nobody, if it was still waiting for its mechanism", async () => {
    const { publicKey, secretKey } = zmq.curveKeyPair();
    const keys = { curveServerKey: publicKey, curvePublicKey: publicKey, curveSecretKey: secretKey };
    const nobody = await freed();
    const early = coreOf(new zmq.Push(keys));
    const told = vi.spyOn(early.monitor, "tell");
    early.endpoints.connect(nobody);
    early.close();
    // Another that waits for the same dials after it.
    const late = closing(new zmq.Push({ ...keys, linger: 0 }));
    const dialled = new Promise((resolve) => late.events.on("connect:delay", resolve));
    late.connect(nobody);
    await dialled;
    expect(told).not.toHaveBeenCalled();
  });

  it("asks for no WebSocket any more, and lingers no more when it is closed again", async () => {
    const core = coreOf(closing(new zmq.Push()));
    let give: (open: OpenWebSocket) => void = () => {};
    const opener = new Promise<OpenWebSocket>((resolve) => {
      give = resolve;
    });
    const way = webSocketWay(new URL("ws://127.0.0.1:9/"), core, () => opener);
    const connector = new Connector("ws://127.0.0.1:9/", core, way, NOTHING);
    connector.start();
    await core.send("lost");
    const before = somethingLingers();
    connector.close(0);
    connector.close(-1);
    expect(somethingLingers()).toBe(before);
    const open = vi.fn();
    give(open);
    await turn();
    expect(open).not.toHaveBeenCalled();
  });
});

it("who lingers stops once all has left, and once only", () => {
  const before = somethingLingers();
  const who = { done: false, giveUp: () => {} };
  const linger = new Linger(who, -1);
  linger.look();
  expect(somethingLingers()).toBe(true);
  who.done = true;
  linger.look();
  linger.stop();
  expect(somethingLingers()).toBe(before);
});

describe("in a page", () => {
  it("a socket connects over ws://, and to nothing that is no URL", async () => {
    const pull = closing(new zmq.Pull(TIMEOUT));
    const endpoint = await new Transport("ws").bind(pull);
    const push = closing(new zmq.Push());
    vi.stubGlobal("WebSocket", WebSocket);
    onTestFinished(() => void vi.unstubAllGlobals());
    const end = webWires.connect(endpoint, coreOf(push), NOTHING);
    onTestFinished(() => void end.close(0));
    await push.send("from a page");
    expect(texts(await pull.receive())).toEqual(["from a page"]);
    expect(() => webWires.connect("ws://[nonsense", coreOf(push), NOTHING)).toThrow(thrown("EINVAL"));
  });

  it("what warns does so on the console, and nothing holds a process", () => {
    const console = vi.spyOn(globalThis.console, "warn").mockReturnValue();
    warn("to whom it may concern", {});
    expect(console).toHaveBeenCalledWith("to whom it may concern");
    console.mockRestore();
    const setInterval = vi.fn(() => 17);
    expect(nodeTimer({ setInterval })).toBeUndefined();
    expect(setInterval).not.toHaveBeenCalled();
    // Some engines have a process, and timers that are numbers.
    expect(nodeTimer({ process: {}, setInterval })).toBeUndefined();
  });
});

it("what is no socket, or no DISH, is refused, and what failed keeps its name", () => {
  for (const wrong of ["text", null, {}]) expect(() => coreOf(wrong)).toThrow(thrown("EINVAL"));
  const push = closing(new zmq.Push());
  expect(() => coreOf(push).join(NOTHING, true)).toThrow(thrown("EINVAL"));
  expect([hasOption("PUSH", "linger"), hasOption("PUSH", "receiveTimeout")]).toEqual([true, false]);
  const known = fault("EBUSY");
  expect(faultOf(known, "EINVAL")).toBe(known);
  expect("address" in known).toBe(false);
  expect(faultOf(undefined, "EMFILE")).toMatchObject({ code: "EMFILE", cause: undefined });
});

/** Connections in a real page: ZWS at libzmq's ws://, and ZMTP through whatever carries octets. */
import { once } from "node:events";
import { cp, writeFile } from "node:fs/promises";
import net from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { Pair, Pull, Router, type Socket, XPublisher } from "zeromq";
import type { Connection } from "../../src/index.js";
import { ISOLATED, noBrowser, openSite, type Site } from "../support/browser.js";
import { accepted, listening, nextText, rest, sendAll, texts } from "../support/connections.js";
import { opened } from "../support/libzmq.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The page's script. Messages come back as text. Over ws:// nobody awaits `closed`: libzmq answers no goodbye, so it
 * takes two seconds.
 */
const script = `
// One that hands its work to a worker says so in its address.
const thread = location.hash === "#thread";
const { connect: connectTo, overStreams } = await import(thread ? "./dist/page.js" : "./dist/index.js");
const connect = (url, options) => connectTo(url, { ...options, ...(thread && { thread }) });

const decoder = new TextDecoder();
const texts = (message) => message.map((payload) => decoder.decode(payload));

async function take(connection, last) {
  const heard = [];
  for await (const message of connection) {
    heard.push(texts(message));
    if (last(heard)) break;
  }
  return heard;
}

export async function subscribe(url, prefix, last) {
  const connection = await connect(url, { socketType: "SUB" });
  connection.subscribe(prefix);
  const heard = await take(connection, (all) => all.at(-1)[0] === last);
  connection.cancel(prefix);
  await connection.close();
  return { heard, socketType: typeof connection.peer.socketType };
}

export async function deal(url, identity, said) {
  const connection = await connect(url, { socketType: "DEALER", identity });
  for (const message of said) connection.send(message);
  const heard = await take(connection, (all) => all.length === said.length);
  await connection.close();
  return { heard, socketType: typeof connection.peer.socketType };
}

export async function push(url, count, filler) {
  const connection = await connect(url, { socketType: "PUSH" });
  let waits = 0;
  for (let i = 0; i < count; i++) {
    if (connection.send(i + filler)) continue;
    waits++;
    await connection.drained;
  }
  await connection.close();
  return waits;
}

function tunnel(url) {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const readable = new ReadableStream({
    start(controller) {
      socket.onmessage = ({ data }) => controller.enqueue(new Uint8Array(data));
      socket.onclose = () => controller.close();
    },
  });
  const open = new Promise((resolve) => { socket.onopen = resolve; });
  const writable = new WritableStream({
    start: () => open,
    write: (chunk) => socket.send(chunk),
    close: () => socket.close(),
    abort: () => socket.close(),
  });
  return { readable, writable };
}

export async function talk(url, said) {
  const connection = await overStreams(tunnel(url), { socketType: "PAIR", heartbeat: { interval: 20, timeout: 5000 } });
  for (const message of said) if (!connection.send(message)) await connection.drained;
  const heard = await take(connection, (all) => all.length === said.length);
  await connection.close();
  await connection.closed;
  return { heard, socketType: connection.peer.socketType };
}

export async function runs(url, count) {
  const connection = await connect(url, { socketType: "PULL" });
  const seen = { thread: connection.thread, wrong: [], stale: new Set(), memory: new Set(), owned: new Set() };
  let at = 0;
  let before;
  let last;
  for await (const batch of connection.batches()) {
    if (before !== undefined) {
      try { seen.wrong.push(before.length); } catch (error) { seen.stale.add(error.code); }
    }
    before = batch;
    last = batch.toOwned();
    seen.memory.add(batch.bytes.buffer.constructor.name);
    seen.owned.add(last.bytes.buffer.constructor.name);
    for (let i = 0; i < batch.length; at++) {
      const { payload } = batch.frame(i);
      const length = at % 1000 === 999 ? 300_000 : at % 300;
      if (payload.length !== length || payload.some((octet) => octet !== (at & 255))) seen.wrong.push(at);
      for (let j = 0; j < at % 3; j++) {
        if (!batch.more(i++) || decoder.decode(last.payload(i)) !== at + "." + j) seen.wrong.push(at + "." + j);
      }
      if (batch.more(i++)) seen.wrong.push("more of " + at);
    }
    if (at >= count) break;
  }
  await connection.close();
  return { ...seen, stale: [...seen.stale], memory: [...seen.memory], owned: [...seen.owned] };
}

export async function late(url, count) {
  const connection = await connect(url, { socketType: "PULL" });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const wrong = [];
  let at = 0;
  for await (const [number, payload] of connection) {
    const right = decoder.decode(number) === String(at) && payload.every((octet) => octet === (at & 255));
    if (!right || payload.length !== 4000) wrong.push(at);
    at++;
  }
  if (at !== count) wrong.push("only " + at);
  return { wrong, by: (await connection.closed).by };
}

export async function endings(url) {
  const ends = {};
  const controller = new AbortController();
  const after = async (what, connection, end) => {
    const heard = [];
    await end?.(connection);
    for await (const message of connection) heard.push(...texts(message));
    const { by, error } = await connection.closed;
    let send;
    try { send = connection.send("late"); } catch ({ code }) { send = code; }
    ends[what] = { heard: end ? [] : heard, by, error: error?.message ?? "none", send };
  };
  const options = { socketType: "PAIR" };
  await after("the peer closes", await connect(url, options));
  await after("we close", await connect(url, options), (connection) => {
    for (let i = 0; i < 1000; i++) connection.send("last " + i);
    return connection.close();
  });
  await after("we destroy", await connect(url, options), (connection) => connection.destroy(new Error("enough")));
  await after("the signal", await connect(url, { ...options, signal: controller.signal }), () => {
    controller.abort(new Error("the signal"));
  });
  return ends;
}

export async function refusals(other, silent, nobody) {
  const controller = new AbortController();
  const options = { socketType: "PAIR" };
  const meanwhile = connect(silent, { ...options, signal: controller.signal });
  setTimeout(() => controller.abort(new Error("meanwhile")), 20);
  const calls = {
    "tcp://": connect("tcp://127.0.0.1:9", options),
    "no endpoint": connect("nowhere", options),
    "an option": connect(nobody, { ...options, linger: -1 }),
    heartbeat: connect(nobody, { ...options, heartbeat: { interval: 1000 } }),
    "no such type": connect(nobody, { socketType: "NONE" }),
    nobody: connect(nobody, options),
    silence: connect(silent, { ...options, connectTimeout: 50 }),
    "another subprotocol": connect(other, options),
    aborted: connect(silent, { ...options, signal: AbortSignal.abort(new Error("before")) }),
    "aborted meanwhile": meanwhile,
  };
  const said = {};
  const ends = Object.entries(calls).map(async ([name, call]) => {
    said[name] = await call.catch((error) => error.code ?? String(error));
  });
  await Promise.all(ends);
  return said;
}

export async function publish(url) {
  const connection = await connect(url, { socketType: "PUB" });
  const heard = [];
  while (!connection.wants("a message")) await new Promise((resolve) => setTimeout(resolve, 1));
  heard.push(connection.wants("a message"), connection.wants("b"));
  connection.send("a message");
  while (connection.wants("a message")) await new Promise((resolve) => setTimeout(resolve, 1));
  heard.push(connection.wants("a message"));
  await connection.close();
  return heard;
}

const ownWorker = (source) => {
  const code = (source ?? "") + "import " + JSON.stringify(new URL("./dist/page-thread.js", location.href).href) + ";";
  return new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), { type: "module" });
};

export async function terminated(url, silent) {
  const options = { socketType: "PAIR" };
  const worker = ownWorker();
  const both = [await connectTo(url, { ...options, thread: worker }), await connectTo(url, { ...options, thread: worker })];
  const reading = both.map(async (connection) => { for await (const _ of connection); });
  const opening = connectTo(silent, { ...options, thread: worker }).catch(({ code }) => code);
  worker.terminate();
  await Promise.all(reading);
  const ends = await Promise.all(both.map(async ({ closed }) => {
    const { by, error } = await closed;
    return [by, error.code, error.blame].join(" ");
  }));
  const send = both[0].send("nobody");
  for (const connection of both) await connection.close();
  const next = await connect(url, options);
  const socketType = next.peer.socketType ?? "PAIR";
  await next.close();
  return { ends, send, opening: await opening, next: socketType };
}

export async function thrown(url) {
  const worker = ownWorker("addEventListener('message', ({ data }) => { if (data === 'throw') Promise.reject(new Error('on purpose')); });");
  // Whoever has a worker hears of its errors; this one is expected.
  worker.addEventListener("error", (event) => event.preventDefault());
  const connection = await connectTo(url, { socketType: "PAIR", thread: worker });
  worker.postMessage("throw");
  const { by, error } = await connection.closed;
  return { by, code: error.code, cause: String(error.cause) };
}

export async function unloadable() {
  const options = { socketType: "PAIR" };
  const missing = new Worker(new URL("./nothing.js", location.href), { type: "module" });
  const call = (more) => connectTo("ws://127.0.0.1:9/", { ...options, ...more }).catch(({ code, name }) => code ?? name);
  return {
    missing: await call({ thread: missing }),
    none: await call({ thread: "yes" }),
    codec: await call({ thread: true, codec: {} }),
  };
}
`;

/** Binds a libzmq socket that lasts as long as the test. */
async function bound<S extends Socket>(socket: S, scheme: "tcp" | "ws"): Promise<readonly [S, string]> {
  opened(socket);
  await socket.bind(scheme === "ws" ? "ws://127.0.0.1:*/" : "tcp://127.0.0.1:*");
  return [socket, socket.lastEndpoint as string];
}

/** A WebSocket whose octets, whatever they mean, go to and come from a TCP socket. */
async function tunnelTo(endpoint: string): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => server.close());
  server.on("connection", (webSocket: WebSocket) => {
    const socket = net.connect(Number(endpoint.split(":").at(-1)), "127.0.0.1");
    onTestFinished(() => {
      webSocket.terminate();
      socket.destroy();
    });
    webSocket.on("message", (octets: Buffer) => socket.write(octets));
    webSocket.on("close", () => socket.end());
    socket.on("data", (octets) => webSocket.send(octets));
    socket.on("end", () => webSocket.close());
    socket.on("error", () => webSocket.terminate());
  });
  await once(server, "listening");
  return `ws://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}

const missing = noBrowser();
if (missing) console.warn(`SKIPPED: connections in a page: ${missing}`);

/** Where the work of a page's connections is done, and how what came gets from there to the page. */
const WAYS = {
  "in its own thread": { headers: {}, hash: "", thread: undefined },
  "in a worker, by shared memory": { headers: ISOLATED, hash: "#thread", thread: "shared" },
  "in a worker, by memory that is transferred": { headers: {}, hash: "#thread", thread: "transferred" },
} as const;

describe.skipIf(missing).each(Object.entries(WAYS))("a page whose connections are at work %s", (_, way) => {
  let site: Site | undefined;

  beforeAll(async () => {
    site = await openSite(async (folder) => {
      await cp(join(root, "dist"), join(folder, "dist"), { recursive: true });
      await writeFile(join(folder, "page.js"), script);
      const html = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>';
      await writeFile(join(folder, "index.html"), html);
    }, way.headers);
  });

  afterAll(() => site?.close());

  const faults: string[] = [];

  // Whatever goes wrong unheard in a page goes wrong here. Unhandled rejections are told a task later.
  afterEach(async () => {
    await sleep(20);
    expect(faults.splice(0)).toEqual([]);
  });

  /**
   * Opens a page of its own and calls what the script exports. The page outlives the call: what a WebSocket says that
   * it has sent may still be in the browser, and goes down with its page.
   */
  async function inPage(name: string, ...args: readonly unknown[]): Promise<unknown> {
    const { url, browser } = site as Site;
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (line) => {
      // What the browser says of servers that are not there is what a test is about.
      if (/^WebSocket connection to /.test(line.text())) return;
      if (line.type() === "error" || line.type() === "warning") faults.push(line.text());
    });
    await page.goto(`${url}/index.html${way.hash}`);
    return page.evaluate(`import("${url}/page.js").then((script) => script.${name}(...${JSON.stringify(args)}))`);
  }

  it("subscribes to libzmq's XPUB, and gets what it asked for and no more", async () => {
    const [publisher, url] = await bound(new XPublisher(), "ws");
    const result = inPage("subscribe", url, "weather.", "weather.end");
    expect(texts(await publisher.receive())).toEqual(["\u0001weather."]);
    for (let i = 0; i < 100; i++) {
      await publisher.send(["news", `${i}`]);
      await publisher.send(["weather", `${i}`]);
      await publisher.send(["weather.Köln", `${i}`, ""]);
      await publisher.send(["", "weather."]);
    }
    await publisher.send("weather.end");
    const wanted = Array.from({ length: 100 }, (_, i) => ["weather.Köln", `${i}`, ""]);
    expect(await result).toEqual({ heard: [...wanted, ["weather.end"]], socketType: "undefined" });
    expect(texts(await publisher.receive())).toEqual(["\u0000weather."]);
  });

  it("exchanges messages of many frames with libzmq's ROUTER, by its identity", async () => {
    const [router, url] = await bound(new Router(), "ws");
    const said = [["one"], ["", "Grüße", ""], ["x".repeat(125), "y".repeat(126)], ["z".repeat(70_000), "end"]];
    said.push(Array.from({ length: 500 }, (_, i) => `${i}`));
    const result = inPage("deal", url, "page", said);
    for (const message of said) {
      const [identity, ...frames] = await router.receive();
      expect(identity.toString()).toBe("page");
      expect(texts(frames)).toEqual(message);
      await router.send([identity, ...frames.reverse()]);
    }
    const answers = said.map((message) => message.toReversed());
    expect(await result).toEqual({ heard: answers, socketType: "undefined" });
  });

  it("pushes 100,000 messages to libzmq's PULL, and none is lost or overtaken", async () => {
    const count = 100_000;
    const filler = "x".repeat(40);
    const [pull, url] = await bound(new Pull(), "ws");
    const waits = inPage("push", url, count, filler);
    for (let i = 0; i < count; i++) {
      const [payload] = await pull.receive();
      if (payload.toString() !== i + filler) throw new Error(`${payload} came in the place of ${i}`);
    }
    expect(await waits).toBeGreaterThan(0);
    pull.receiveTimeout = 50;
    await expect(pull.receive()).rejects.toThrow();
  });

  // Streams of the page's own cannot be handed to a worker: `overStreams` takes no thread.
  const withStreams = way.thread ? [] : [it];
  for (const it of withStreams)
    it("speaks ZMTP through a tunnel of octets to libzmq's tcp://", async () => {
      const [pair, endpoint] = await bound(new Pair(), "tcp");
      const said = Array.from({ length: 2000 }, (_, i) => [`${i}`, "-".repeat(i % 700), ""]);
      said.push(["x".repeat(300_000)]);
      const result = inPage("talk", await tunnelTo(endpoint), said);
      for (const message of said) {
        const heard = await pair.receive();
        if (texts(heard).join() !== message.join()) expect(texts(heard)).toEqual(message);
        await pair.send(heard);
      }
      expect(await result).toEqual({ heard: said, socketType: "PAIR" });
    });

  it("gives runs of whole messages, each stale once the next is asked for, and says how they came over", async () => {
    const count = 5000;
    const frames = (i: number) => [new Uint8Array(i % 1000 === 999 ? 300_000 : i % 300).fill(i), ...others(i)];
    const others = (i: number) => Array.from({ length: i % 3 }, (_, j) => `${i}.${j}`);
    const listener = await listening("ws://127.0.0.1:0/", { socketType: "PUSH" });
    const result = inPage("runs", listener.endpoint, count);
    const peer = await accepted(listener);
    await sendAll(
      peer,
      (function* () {
        for (let i = 0; i < count; i++) yield frames(i);
      })(),
    );
    expect(await result).toEqual({
      thread: way.thread,
      wrong: [],
      stale: ["STALE_BATCH"],
      // Those of one message that is too large for the ring come in memory of their own.
      memory: way.thread === "shared" ? ["SharedArrayBuffer", "ArrayBuffer"] : ["ArrayBuffer"],
      owned: ["ArrayBuffer"],
    });
  });

  it("keeps what came for a consumer that does not take it, and then gives all of it", async () => {
    const count = 3000;
    const listener = await listening("ws://127.0.0.1:0/", { socketType: "PUSH" });
    const result = inPage("late", listener.endpoint, count);
    const peer = await accepted(listener);
    const messages = Array.from({ length: count }, (_, i) => [`${i}`, new Uint8Array(4000).fill(i)]);
    await sendAll(peer, messages);
    await peer.close();
    expect(await result).toEqual({ wrong: [], by: "peer" });
  });

  it("ends as the others do, with everything that came before, and the reason", async () => {
    const listener = await listening("ws://127.0.0.1:0/", { socketType: "PAIR" });
    const result = inPage("endings", listener.endpoint);
    const peers: Connection[] = [];
    for await (const peer of listener) {
      peer.send("before");
      if (peers.push(peer) === 1) await peer.close();
      if (peers.length === 4) break;
    }
    const all = await result;
    expect(all).toEqual({
      "the peer closes": { heard: ["before"], by: "peer", error: "none", send: false },
      "we close": { heard: [], by: "close", error: "none", send: "CLOSED" },
      "we destroy": { heard: [], by: "destroy", error: "enough", send: false },
      "the signal": { heard: [], by: "destroy", error: "the signal", send: false },
    });
    // What was sent before our close has left.
    expect(await Promise.all(peers.slice(1, 2).map((peer) => rest(peer)))).toEqual([
      Array.from({ length: 1000 }, (_, i) => [`last ${i}`]),
    ]);
  });

  it("refuses at the call, and rejects, with the same words", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "other" });
    onTestFinished(() => server.close());
    const silent = net.createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void silent.close());
    await once(silent, "listening");
    const at = (of: net.Server | WebSocketServer) => `ws://127.0.0.1:${(of.address() as net.AddressInfo).port}/`;
    const closed = net.createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const nobody = at(closed);
    closed.close();
    expect(await inPage("refusals", at(server), at(silent), nobody)).toEqual({
      "tcp://": 'TypeError: tcp:// needs sockets: import connect from "monocoque/node"',
      "no endpoint": expect.stringMatching(/^TypeError: "nowhere" is no endpoint/),
      "an option": expect.stringMatching(/^RangeError: linger/),
      heartbeat: expect.stringMatching(/^TypeError: there are no heartbeats/),
      "no such type": expect.stringMatching(/^TypeError/),
      nobody: "NOT_REACHED",
      silence: "CONNECT_TIMEOUT",
      "another subprotocol": expect.stringMatching(/^NOT_/),
      aborted: "Error: before",
      "aborted meanwhile": "Error: meanwhile",
    });
  });

  it("publishes to those who have subscribed", async () => {
    const listener = await listening("ws://127.0.0.1:0/", { socketType: "SUB" });
    const result = inPage("publish", listener.endpoint);
    const peer = await accepted(listener);
    peer.subscribe("a");
    expect(await nextText(peer)).toEqual(["a message"]);
    peer.cancel("a");
    expect(await result).toEqual([true, false, false]);
  });

  const withWorker = way.thread === undefined ? [] : [describe];
  for (const describe of withWorker)
    describe("its worker", () => {
      it("serves several, and when it is terminated they end, each with the reason, and what follows gets another", async () => {
        const listener = await listening("ws://127.0.0.1:0/", { socketType: "PAIR" });
        const silent = net.createServer().listen(0, "127.0.0.1");
        onTestFinished(() => void silent.close());
        await once(silent, "listening");
        const { port } = silent.address() as net.AddressInfo;
        const result = await inPage("terminated", listener.endpoint, `ws://127.0.0.1:${port}/`);
        expect(result).toEqual({
          ends: ["lost THREAD_ENDED caller", "lost THREAD_ENDED caller"],
          send: false,
          opening: "THREAD_ENDED",
          next: "PAIR",
        });
      });

      it("that throws ends what it does, and its peers hear of it", async () => {
        const listener = await listening("ws://127.0.0.1:0/", { socketType: "PAIR" });
        const result = inPage("thrown", listener.endpoint);
        const peer = await accepted(listener);
        expect(await result).toEqual({ by: "lost", code: "THREAD_ENDED", cause: expect.stringMatching(/on purpose/) });
        expect((await peer.closed).by).not.toBe("close");
        // The browser says so as well, when it likes.
        while (faults.length === 0) await sleep(5);
        expect(faults.splice(0)).toEqual(["Error: on purpose"]);
      });

      it("that cannot be loaded, or is none, refuses the connection", async () => {
        expect(await inPage("unloadable")).toEqual({ missing: "THREAD_ENDED", none: "TypeError", codec: "TypeError" });
        faults.splice(0);
      });
    });
});

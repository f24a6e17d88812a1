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
import { noBrowser, openSite, type Site } from "../support/browser.js";
import { texts } from "../support/connections.js";
import { opened } from "../support/libzmq.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The page's script. Messages come back as text. Over ws:// nobody awaits `closed`: libzmq answers no goodbye, so it
 * takes two seconds.
 */
const script = `
import { connect, overStreams } from "./dist/index.js";

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

describe.skipIf(missing)("a page", () => {
  let site: Site | undefined;

  beforeAll(async () => {
    site = await openSite(async (folder) => {
      await cp(join(root, "dist"), join(folder, "dist"), { recursive: true });
      await writeFile(join(folder, "page.js"), script);
      const html = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>';
      await writeFile(join(folder, "index.html"), html);
    });
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
      if (line.type() === "error" || line.type() === "warning") faults.push(line.text());
    });
    await page.goto(`${url}/index.html`);
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
});

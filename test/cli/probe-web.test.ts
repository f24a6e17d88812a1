/** `monocoque probe ws://…`: the upgrade, ZWS and its frames, as the story of tcp:// tells greetings and READY. */
import { createHash } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import * as zmq from "zeromq";
import { PROBE } from "../../src/cli/probe.js";
import { listen } from "../../src/connection/node/listen.js";
import { opened } from "../support/libzmq.js";
import { inProcess, objects } from "./program.js";

type Values = Readonly<Record<string, string | boolean>>;

async function probed(url: string, values: Values = {}) {
  const { exit, stdout } = await inProcess(PROBE, {
    values: { json: true, time: "60", ...values },
    positionals: [url],
  });
  const told = objects(stdout);
  return { exit, verdict: told.at(-1), titles: told.slice(0, -1).map(({ side, title }) => `${side}: ${title}`) };
}

/** A web server that upgrades, and then says this. */
async function webServer(answer: (accept: string, request: string) => Buffer): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let request = "";
    socket.on("error", () => {});
    socket.on("data", (octets) => {
      request += octets.toString("latin1");
      if (!request.includes("\r\n\r\n")) return;
      socket.removeAllListeners("data").resume();
      const key = /Sec-WebSocket-Key: (\S+)/.exec(request)?.[1];
      const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
      socket.write(answer(createHash("sha1").update(`${key}${magic}`).digest("base64"), request));
    });
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `ws://127.0.0.1:${(server.address() as { port: number }).port}/`;
}

const upgraded = (accept: string, protocol: string, frames = "") =>
  Buffer.from(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n` +
      `Sec-WebSocket-Protocol: ${protocol}\r\n\r\n${frames}`,
    "latin1",
  );

it("finds the type that fits a libzmq publisher, and times a ping", async () => {
  const publisher = opened(new zmq.Publisher({ linger: 0 }));
  await publisher.bind("ws://127.0.0.1:*");
  const { exit, verdict, titles } = await probed(String(publisher.lastEndpoint));
  expect([exit, verdict]).toMatchObject([0, { healthy: true, socketType: "PUB", mechanism: "NULL", ours: "SUB" }]);
  expect(Number(verdict?.roundTrip)).toBeGreaterThan(0);
  expect(titles.slice(-6)).toEqual([
    "client: WebSocket upgrade: GET / HTTP/1.1; ZWS2.0/NULL, ZWS2.0",
    "server: WebSocket upgrade: HTTP/1.1 101 Switching Protocols; ZWS2.0/NULL",
    "server: READY",
    "client: READY",
    "client: WebSocket Ping",
    "server: WebSocket Pong",
  ]);
});

it("meets a listener of ours, which knows ZWS without a mechanism only", async () => {
  const listener = await listen("ws://127.0.0.1:0/zws", { socketType: "REP", identity: "house" });
  onTestFinished(() => listener.close());
  const { exit, verdict, titles } = await probed(listener.endpoint);
  const identity = Buffer.from("house").toString("hex");
  expect([exit, verdict]).toMatchObject([0, { healthy: true, mechanism: "NONE", identity }]);
  expect(titles).toContain('server: Identity: "house"');
  const other = await probed(listener.endpoint.replace("zws", "other"));
  expect([other.exit, other.verdict]).toMatchObject([1, { code: "NOT_ZMTP", offset: 0 }]);
  expect(other.verdict?.message).toMatch(/does not upgrade to WebSocket: it answers "HTTP\/1.1 400/);
});

it("asks once more without a mechanism where a server cannot read its name", async () => {
  const url = await webServer((accept, request) => {
    if (request.includes("ZWS2.0/NULL")) return Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n");
    return upgraded(accept, "ZWS2.0", "\x82\x03\0me");
  });
  const { exit, verdict } = await probed(url);
  expect([exit, verdict]).toMatchObject([0, { healthy: true, identity: Buffer.from("me").toString("hex") }]);
});

const HEAD = upgraded("x".repeat(28), "ZWS2.0/NULL").length;
const READY = (type: string) => `\x05READY\x0bSocket-Type\0\0\0${String.fromCharCode(type.length)}${type}`;
const message = (payload: string) => `\x82${String.fromCharCode(payload.length)}${payload}`;

it.each([
  ["another type", message(`\x02${READY("PUB")}`), "SOCKET_TYPE_MISMATCH", HEAD + 3 + 6 + 1 - 1],
  ["an unknown command", message("\x02\x05HELLO"), "UNEXPECTED_COMMAND", HEAD + 3 + 1],
  ["a second command that is none", message("\x02\x05HELLO").repeat(2), "UNEXPECTED_COMMAND", HEAD + 3 + 1],
  ["a flag octet that is none", message("\x07x"), "RESERVED_FLAGS", HEAD + 2],
  ["text", "\x81\x01x", "RESERVED_FLAGS", HEAD],
])("names cause and octet: %s", async (_, frames, code, offset) => {
  const url = await webServer((accept) => upgraded(accept, "ZWS2.0/NULL", frames));
  const { exit, verdict } = await probed(url, { as: "DEALER" });
  expect([exit, verdict?.code, verdict?.offset]).toEqual([1, code, offset]);
  expect(String(verdict?.hint).length).toBeGreaterThan(20);
});

it.each([
  ["no HTTP", () => Buffer.from("SSH-2.0-OpenSSH\r\n"), "NOT_ZMTP", /no HTTP/],
  ["another subprotocol", (accept: string) => upgraded(accept, "chat"), "NOT_ZMTP", /subprotocol is "chat"/],
  ["a key of its own", () => upgraded("nonsense", "ZWS2.0"), "NOT_ZMTP", /does not belong to our key/],
])("refuses a server that is none of ZWS: %s", async (_, answer, code, message) => {
  const { exit, verdict } = await probed(await webServer(answer));
  expect([exit, verdict?.code, verdict?.message]).toEqual([1, code, expect.stringMatching(message)]);
});

it("tells nobody there from somebody silent, and fits into 40 columns", async () => {
  const silent = await webServer(() => Buffer.alloc(0));
  expect((await probed(silent, { time: "0.2" })).exit).toBe(4);
  expect((await probed("ws://127.0.0.1:1/")).exit).toBe(3);
  const url = await webServer((accept) => upgraded(accept, "ZWS2.0", "\x82\x03\0me"));
  const { stdout } = await inProcess(PROBE, { values: { time: "60" }, positionals: [url], columns: 40 });
  expect(stdout.split("\n").filter((line) => line.length > 40)).toEqual([]);
  expect(stdout).toContain("→ we, octets 0–");
});

/** Guessing passwords and keys is slow, for whoever guesses and for nobody else. RFC 37, "Security Considerations". */
import { once } from "node:events";
import { connect as dial, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { Penalties } from "../../src/connection/node/penalties.js";
import { curveClient, curveKeyPair, curveServer } from "../../src/curve.js";
import { type Connection, type Mechanism, overStreams, plainClient, plainServer, ZmtpError } from "../../src/index.js";
import type { ListenOptions } from "../../src/node.js";
import * as zmq from "../../src/zeromq/index.js";
import { accepted, anyEndpoint, connected, listening, untilTestEnds } from "../support/connections.js";

const plain = (password: string) => plainClient({ username: "ann", password });
const checked = plainServer((_, password) => password === "secret");
const refusal = (code: string) => new ZmtpError(code, "what was seen");

/** A connection from an address of ours, which the loopback has many of. */
async function from(localAddress: string, endpoint: string, mechanism: Mechanism): Promise<Connection> {
  const port = Number(new URL(endpoint.replace("tcp:", "http:")).port);
  const socket = dial({ host: "127.0.0.1", port, localAddress });
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  const streams = Duplex.toWeb(socket) as never;
  return overStreams(streams, { socketType: "PUSH", mechanism, signal: untilTestEnds() });
}

const serve = (options: Partial<ListenOptions> = {}) =>
  listening("tcp://127.0.0.1:0", { socketType: "PULL", mechanism: checked, ...options });

describe("a listener", () => {
  it("lets whoever has failed wait, and nobody else meanwhile", async () => {
    const listener = await serve({ failureDelay: 10_000 });
    const guess = (password: string) =>
      connected(listener.endpoint, { socketType: "PUSH", mechanism: plain(password) });
    await expect(guess("first")).rejects.toMatchObject({ code: "PEER_ERROR" });
    let settled = false;
    const waiting = guess("second").finally(() => {
      settled = true;
    });
    waiting.catch(() => {});
    for (let i = 0; i < 3; i++) {
      const honest = await from("127.0.0.2", listener.endpoint, plain("secret"));
      honest.send("in");
      for await (const [payload] of await accepted(listener)) {
        expect(String(payload)).toBe("in");
        break;
      }
    }
    expect(settled).toBe(false);
    await listener.close();
    await expect(waiting).rejects.toBeInstanceOf(ZmtpError);
  });

  it("each failure costs its delay, and who knows the password comes in afterwards, from there as well", async () => {
    const DELAY = 150;
    let asked = 0;
    const mechanism = plainServer((_, password) => ++asked > 0 && password === "secret");
    const listener = await serve({ failureDelay: DELAY, mechanism });
    const begun = performance.now();
    const guess = (password: string) =>
      connected(listener.endpoint, { socketType: "PUSH", mechanism: plain(password) });
    for (let i = 0; i < 4; i++) await expect(guess(`guess ${i}`)).rejects.toMatchObject({ code: "PEER_ERROR" });
    // All at once: they wait together, and what they fail adds up.
    await Promise.all(Array.from({ length: 4 }, () => expect(guess("again")).rejects.toThrow()));
    await guess("secret");
    expect(asked).toBe(9);
    // Timers may be a millisecond early.
    expect(performance.now() - begun).toBeGreaterThan(8 * (DELAY - 1));
  });

  it("of keys: whoever does not know the server's waits, too", async () => {
    const keys = curveKeyPair();
    const listener = await serve({ failureDelay: 10_000, mechanism: curveServer(keys) });
    const wrong = curveClient({ serverKey: curveKeyPair().publicKey });
    await expect(from("127.0.0.3", listener.endpoint, wrong)).rejects.toThrow();
    const again = from("127.0.0.3", listener.endpoint, curveClient({ serverKey: keys.publicKey }));
    again.catch(() => {});
    await from("127.0.0.4", listener.endpoint, curveClient({ serverKey: keys.publicKey }));
    await listener.close();
    await expect(again).rejects.toThrow();
  });

  it("counts those who wait among the strangers, and hears when they leave", async () => {
    const refused: (string | undefined)[] = [];
    const listener = await serve({
      failureDelay: 10_000,
      maxHandshakesPerAddress: 2,
      onRefused: ({ error }) => void refused.push(error.code),
    });
    await expect(from("127.0.0.1", listener.endpoint, plain("wrong"))).rejects.toThrow();
    const knocked = (): Socket => dial({ host: "127.0.0.1", port: Number(listener.endpoint.split(":").at(-1)) });
    const sockets = [knocked(), knocked(), knocked()];
    for (const socket of sockets) onTestFinished(() => void socket.destroy());
    for (const socket of sockets) socket.on("error", () => {});
    await once(sockets[0] as Socket, "close");
    await vi.waitFor(() => expect(refused).toEqual(["DENIED", "TOO_MANY_HANDSHAKES"]));
    // One leaves of its own accord, in a hurry: nobody is told, and there is room for another.
    (sockets[1] as Socket).resetAndDestroy();
    await once(sockets[1] as Socket, "close");
    // Whoever comes after what has happened, and is in, has seen that it was heard.
    await from("127.0.0.2", listener.endpoint, plain("secret"));
    const further = knocked();
    onTestFinished(() => void further.destroy());
    await once(further, "connect");
    await from("127.0.0.2", listener.endpoint, plain("secret"));
    expect(refused.length).toBe(2);
  });

  it("that is told so lets nobody wait", async () => {
    const listener = await serve({ failureDelay: 0 });
    for (let i = 0; i < 20; i++) {
      await expect(
        connected(listener.endpoint, { socketType: "PUSH", mechanism: plain("wrong"), handshakeTimeout: 9000 }),
      ).rejects.toMatchObject({ code: "PEER_ERROR" });
    }
  });

  it("over ipc:// lets all wait: they have no address", async () => {
    const listener = await listening(await anyEndpoint("ipc"), {
      socketType: "PULL",
      mechanism: checked,
      failureDelay: 100,
    });
    const begun = performance.now();
    const guess = (password: string) =>
      connected(listener.endpoint, { socketType: "PUSH", mechanism: plain(password) });
    await expect(guess("wrong")).rejects.toMatchObject({ code: "PEER_ERROR" });
    await guess("secret");
    expect(performance.now() - begun).toBeGreaterThan(98);
  });
});

describe("a socket of the zeromq package's API", () => {
  it("lets whoever has failed wait", async () => {
    const handler = new zmq.Reply();
    await handler.bind("inproc://zeromq.zap.01");
    onTestFinished(() => handler.close());
    const times: number[] = [];
    void (async () => {
      for await (const [version, id, , , , , , password] of handler) {
        times.push(performance.now());
        const status = String(password) === "secret" ? "200" : "400";
        await handler.send([version, id, status, "", "", ""] as never);
      }
    })();
    const server = new zmq.Pull({ plainServer: true, zapDomain: "test", linger: 0 });
    await server.bind("tcp://127.0.0.1:*");
    const client = new zmq.Push({ plainUsername: "ann", plainPassword: "wrong", reconnectInterval: 1, linger: 0 });
    onTestFinished(() => {
      server.close();
      client.close();
    });
    client.connect(server.lastEndpoint as string);
    await vi.waitFor(() => expect(times.length).toBeGreaterThan(2), { timeout: 60_000 });
    // Half a second each, by default.
    expect((times[2] as number) - (times[0] as number)).toBeGreaterThan(990);
    const honest = await from("127.0.0.2", server.lastEndpoint as string, plain("secret"));
    honest.send("in");
    expect(String((await server.receive())[0])).toBe("in");
  });
});

describe("what an address has to wait", () => {
  const DELAY = 500;
  beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
  afterEach(() => void vi.useRealTimers());

  it("adds up, passes, and has an end", () => {
    const penalties = new Penalties(DELAY);
    const peer = "10.0.0.1:4000";
    expect(penalties.of(peer)).toBe(0);
    penalties.failed(peer, refusal("DENIED"));
    penalties.failed("10.0.0.1:4001", refusal("CURVE_BOX"));
    expect([penalties.of("10.0.0.1:5000"), penalties.of("10.0.0.2:4000")]).toEqual([1000, 0]);
    vi.advanceTimersByTime(700);
    expect(penalties.of(peer)).toBe(300);
    vi.advanceTimersByTime(300);
    expect(penalties.of(peer)).toBe(0);
    for (let i = 0; i < 1000; i++) penalties.failed(peer, refusal("DENIED"));
    expect(penalties.of(peer)).toBe(10_000);
    vi.advanceTimersByTime(10_000);
    expect(penalties.of(peer)).toBe(0);
  });

  it.each([
    ["a knock", refusal("PEER_CLOSED")],
    ["another protocol", refusal("NOT_ZMTP")],
    ["another mechanism", refusal("MECHANISM_MISMATCH")],
    ["want of room here", refusal("TOO_MANY_HANDSHAKES")],
    ["an authenticator that failed", new ZmtpError("AUTHENTICATOR_FAILED", "x", { blame: "caller" })],
    ["a lost network", new ZmtpError("RESET", "x", { blame: "network" })],
    ["an error of the system", new Error("ECONNRESET")],
    ["nothing", undefined],
  ])("is not about %s", (_, error) => {
    const penalties = new Penalties(DELAY);
    penalties.failed("10.0.0.1:4000", error);
    expect(penalties.of("10.0.0.1:4000")).toBe(0);
  });

  it.each([
    ["[2001:db8:1:2::7]:1", "[2001:db8:1:2:ffff::9]:2", true],
    ["[2001:db8:1:2::7]:1", "[2001:db8:1:3::7]:1", false],
    ["[2001:db8::1]:1", "[2001:db8:0:0:8::]:1", true],
    ["[::1]:1", "[::1]:2", true],
    ["[::1]:1", "[1::]:1", false],
    ["[::ffff:10.0.0.1]:1", "10.0.0.1:2", true],
    ["[::ffff:10.0.0.1]:1", "[::ffff:10.0.0.2]:1", false],
    ["10.0.0.1:1", "10.0.0.1:2", true],
    ["10.0.0.1:1", "10.0.0.11:1", false],
  ])("%s and %s: of one, %s", (one, other, together) => {
    const penalties = new Penalties(DELAY);
    penalties.failed(one, refusal("DENIED"));
    expect(penalties.of(other)).toBe(together ? DELAY : 0);
  });

  it("is remembered of 10,000 at most, of the last ones", () => {
    const penalties = new Penalties(10_000);
    const peer = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}:1`;
    for (let i = 0; i < 10_001; i++) penalties.failed(peer(i), refusal("DENIED"));
    expect([0, 1, 10_000].map((i) => penalties.of(peer(i)))).toEqual([0, 10_000, 10_000]);
  });
});

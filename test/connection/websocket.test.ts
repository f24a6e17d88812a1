/** A WebSocket as a transport, with one of our own making in its place: what is asked of it, and what is told of it. */
import { describe, expect, it, vi } from "vitest";
import { settingsFor } from "../../src/connection/options.js";
import type { TransportUser } from "../../src/connection/transport.js";
import { type WebSocketLike, WebSocketTransport } from "../../src/connection/websocket.js";
import { refuseHeartbeat, zwsParts } from "../../src/connection/zws-link.js";
import { ZwsOutbox } from "../../src/connection/zws-outbox.js";
import type { Mechanism, ZmtpError } from "../../src/index.js";
import { bytes, pattern } from "../support/pieces.js";

type Event = (event: object) => void;

/** A WebSocket that does what a test says. */
class PlayedWebSocket implements WebSocketLike {
  binaryType = "blob";
  readyState = 1;
  bufferedAmount = 0;
  protocol = "ZWS2.0";
  onopen: Event | null = null;
  onmessage: Event | null = null;
  onclose: Event | null = null;
  onerror: Event | null = null;
  readonly asked: string[] = [];
  terminate?(): void;
  pause?(): void;
  resume?(): void;
  declare _socket?: NonNullable<WebSocketLike["_socket"]>;

  send(data: Uint8Array): void {
    this.asked.push(`send ${data.length}`);
    this.bufferedAmount += data.length;
  }

  close(code?: number): void {
    this.asked.push(code === undefined ? "close" : `close ${code}`);
  }
}

/** The transport of such a WebSocket, and what it tells. */
function played(change: Partial<PlayedWebSocket> = {}) {
  const socket = Object.assign(new PlayedWebSocket(), change);
  const told: unknown[][] = [];
  const note =
    (what: string) =>
    (...details: unknown[]) =>
      void told.push([what, ...details]);
  const user: TransportUser = {
    attached: () => void told.push(["attached"]),
    received: note("received"),
    receivedOwned: note("receivedOwned"),
    landed: note("landed"),
    receivedFrame: note("frame"),
    refused: (error) => void told.push(["refused", error.code]),
    sent: note("sent"),
    ended: note("ended"),
    gone: note("gone"),
  };
  return { socket, told, transport: new WebSocketTransport(socket, user, "there") };
}

/** Waits until there is what to wait for. */
const until = (holds: () => boolean) => vi.waitUntil(holds, { timeout: 60_000, interval: 1 });
const message = (data: unknown) => ({ data });

describe("a WebSocket", () => {
  it("is attached once it is open, as a source of whole buffers", () => {
    const { socket, told, transport } = played({ readyState: 0 });
    expect([told, socket.binaryType, transport.remoteAddress]).toEqual([[], "arraybuffer", "there"]);
    socket.readyState = 1;
    socket.onopen?.({});
    expect(told).toEqual([["attached"]]);
    expect(played().told).toEqual([["attached"]]);
  });

  it("that has agreed on another subprotocol is closed", () => {
    const { socket, told } = played({ protocol: "ZWS3.0" });
    expect(told).toEqual([["gone", expect.objectContaining({ code: "NOT_ZMTP" })]]);
    expect(String((told[0] as Error[])[1].message)).toContain('"ZWS3.0", not ZWS2.0');
    expect(socket.asked).toEqual(["close"]);
  });

  it("gives frames by their flag octet, and refuses the first message that is none", () => {
    const { socket, told } = played();
    const hear = socket.onmessage as Event;
    for (const flags of [0, 1, 2]) hear(message(bytes(flags, 97).buffer));
    expect(told.slice(1)).toEqual([
      ["frame", bytes(97), { more: false, command: false }],
      ["frame", bytes(97), { more: true, command: false }],
      ["frame", bytes(97), { more: false, command: true }],
    ]);
    hear(message(bytes(3, 97).buffer));
    expect(told.slice(4)).toEqual([["refused", "RESERVED_FLAGS"]]);
    expect(socket.onmessage).toBeNull();
  });

  it.each([
    ["text", "\0a"],
    ["nothing", new ArrayBuffer(0)],
  ])("whose message is %s is refused", (_, data) => {
    const { socket, told } = played();
    socket.onmessage?.(message(data));
    expect(told.slice(1)).toEqual([["refused", "RESERVED_FLAGS"]]);
  });

  it("tells nothing any more once it is over", () => {
    const { socket, told, transport } = played();
    transport.destroy();
    const { length } = told;
    socket.onmessage?.(message(bytes(0, 97).buffer));
    socket.onclose?.({ code: 1000 });
    transport.destroy();
    expect(told.length).toBe(length);
    expect(told.at(-1)).toEqual(["gone", undefined]);
  });

  it("takes nothing while it is not open", () => {
    const { socket, transport } = played({ readyState: 2 });
    expect(transport.write([bytes(0, 97)])).toBe(false);
    expect(socket.asked).toEqual([]);
  });

  it("takes up to 256 KiB at a time, corked where it can be, and tells what has left", async () => {
    const calls: string[] = [];
    const _socket = { cork: () => void calls.push("cork"), uncork: () => void calls.push("uncork") };
    const { socket, told, transport } = played({ _socket });
    expect(transport.write([pattern(100_000), pattern(100_000)])).toBe(true);
    expect([socket.asked, calls]).toEqual([
      ["send 100000", "send 100000"],
      ["cork", "uncork"],
    ]);
    expect(transport.write([pattern(262_144 - 200_000 - 1)])).toBe(true);
    expect(transport.write([bytes(0)])).toBe(false);
    expect(told.slice(1)).toEqual([]);
    socket.bufferedAmount -= 150_000;
    await until(() => told.length > 1);
    expect(told.slice(1)).toEqual([["sent", 150_000]]);
    socket.bufferedAmount = 0;
    await until(() => told.length > 2);
    expect(told.slice(2)).toEqual([["sent", 262_144 - 150_000]]);
  });

  it.each(["terminate", "close"])("is dropped by %s, where it has that", (way) => {
    const { socket, transport } = played();
    if (way === "terminate") socket.terminate = () => void socket.asked.push("terminate");
    transport.destroy();
    expect(socket.asked).toEqual([way]);
  });

  it("is paused and let go on where that can be, and need not", () => {
    const { transport } = played();
    transport.pause();
    transport.resume();
    transport.ref();
    transport.unref();
    const asked: string[] = [];
    const note = (what: string) => () => void asked.push(what);
    const _socket = { ref: note("ref"), unref: note("unref") };
    const able = played({ pause: note("pause"), resume: note("resume"), _socket });
    able.transport.pause();
    able.transport.resume();
    able.transport.ref();
    able.transport.unref();
    expect(asked).toEqual(["pause", "resume", "ref", "unref"]);
  });
});

describe("a goodbye of ours", () => {
  it("is said at once, and waits for what is left, then for the peer's", async () => {
    const resumed: string[] = [];
    const { socket, told, transport } = played({ resume: () => void resumed.push("resume") });
    transport.write([pattern(10)]);
    transport.finish();
    expect([socket.asked, resumed]).toEqual([["send 10", "close 1000"], ["resume"]]);
    socket.bufferedAmount = 0;
    await until(() => told.length > 1);
    socket.onclose?.({ code: 1000 });
    expect(told.slice(1)).toEqual([["sent", 10], ["ended"], ["gone", undefined]]);
  });

  it("does not wait for ever for the peer's: libzmq says none", async () => {
    const { socket, told, transport } = played();
    transport.finish();
    await until(() => told.length > 1);
    expect(told.slice(1)).toEqual([["ended"], ["gone", undefined]]);
    expect(socket.asked).toEqual(["close 1000", "close"]);
  });
});

describe("the end of a WebSocket", () => {
  it.each([1000, 1001, 1005])("with code %i is a goodbye", (code) => {
    const { socket, told } = played();
    socket.onclose?.({ code });
    expect(told.slice(1)).toEqual([["ended"], ["gone", undefined]]);
  });

  it.each<[number, string | undefined, string, string]>([
    [1006, undefined, "CONNECTION_LOST", "closed (code 1006): without a closing frame"],
    [1009, "", "CONNECTION_LOST", "closed (code 1009): a frame was too large for the peer"],
    [4000, "so there", "CONNECTION_LOST", 'closed (code 4000): for a reason of its own, saying "so there"'],
  ])("with code %i says what that means", (code, reason, name, words) => {
    const { socket, told } = played();
    socket.onclose?.({ code, reason });
    expect(told.slice(1)).toEqual([["gone", expect.objectContaining({ code: name })]]);
    expect((told[1] as ZmtpError[])[1].message).toContain(words);
  });

  it("before it was open means that nobody was reached", () => {
    const { socket, told } = played({ readyState: 0, protocol: "" });
    socket.onclose?.({ code: 1006 });
    expect(told).toEqual([["gone", expect.objectContaining({ code: "NOT_REACHED" })]]);
  });

  it.each<[string, object, unknown, string]>([
    ["an error", { error: new Error("refused") }, new Error("refused"), "refused"],
    ["a message", { message: "no route" }, new Error("no route"), "no route"],
    ["nothing", {}, undefined, "without a closing frame"],
  ])("that was announced by %s has that as its cause", (_, event, cause, words) => {
    const { socket, told } = played();
    socket.onerror?.(event);
    expect(told.length).toBe(1);
    socket.onclose?.({ code: 1006 });
    const [, error] = told[1] as ZmtpError[];
    expect(error.cause).toEqual(cause);
    expect(error.message).toContain(words);
  });

  it("comes without the platform's word, too, soon after an error", async () => {
    const { socket, told } = played();
    socket.onerror?.({});
    await until(() => told.length > 1);
    expect(told.slice(1)).toEqual([["gone", expect.objectContaining({ code: "CONNECTION_LOST" })]]);
  });
});

describe("over ws://", () => {
  it("a mechanism is refused by its name, heartbeats are refused", () => {
    const mechanism = { name: "CURVE", asServer: true, begin: () => expect.unreachable("begun") } as Mechanism;
    const settings = settingsFor({ socketType: "PAIR", mechanism });
    expect(() => zwsParts(settings)).toThrow(/no CURVE over ws/);
    expect(() => refuseHeartbeat({ socketType: "PAIR", heartbeat: { interval: 1 } })).toThrow(TypeError);
    expect(refuseHeartbeat({ socketType: "PAIR" })).toBeUndefined();
  });

  it("frames wait as WebSocket messages, unless the caller brings an outbox", () => {
    const settings = settingsFor({ socketType: "PAIR" });
    expect(zwsParts(settings)[1].outbox).toBeInstanceOf(ZwsOutbox);
    const outbox = new ZwsOutbox();
    expect(zwsParts(settings, { outbox })[1].outbox).toBe(outbox);
    expect(zwsParts(settings)[0].mechanism?.untyped).toBe(true);
  });
});

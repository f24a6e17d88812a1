/** What the package does in moments that seldom come: asked here for, one by one. */
import { EventEmitter } from "node:events";
import { connect as connectTo, Server, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, it, onTestFinished, vi } from "vitest";
import { HANDSHAKES } from "../../src/connection/limits.js";
import { coreOf } from "../../src/socket/core-of.js";
import { Linger, somethingLingers } from "../../src/socket/lingering.js";
import { type OpenSocket, openSockets } from "../../src/socket/open-sockets.js";
import { deliverBeforeExit } from "../../src/zeromq/exit.js";
import { Gatekeeper } from "../../src/zeromq/gatekeeper.js";
import * as zmq from "../../src/zeromq/index.js";
import { RawPipe } from "../../src/zeromq/raw-pipe.js";
import * as v5 from "../../src/zeromq/v5-compat.js";
import { readOption, writeOption } from "../../src/zeromq/v5-options.js";
import { closing, codeOf, texts, until } from "../socket/support.js";

const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
const TIMEOUT = { receiveTimeout: 20_000 };

it.runIf(hasIPv6)("IPv6 is bound at once, too, and let in by a filter that names it alone", async () => {
  for (const [filter, lets] of [
    ["::1", true],
    ["fe80::/10", false],
  ] as const) {
    const pull = closing(new zmq.Pull({ ipv6: true, tcpAcceptFilter: filter, ...TIMEOUT }));
    pull.bindSync("tcp://[::1]:*");
    expect(pull.lastEndpoint).toMatch(/^tcp:\/\/\[::1\]:\d+$/);
    const push = closing(new zmq.Push({ ipv6: true, linger: 0, reconnectInterval: 5 }));
    const seen: boolean[] = [];
    push.events.on("handshake", () => seen.push(true));
    push.events.on("disconnect", () => seen.push(false));
    push.connect(pull.lastEndpoint as string);
    await until(() => seen.length > 0);
    expect([filter, seen[0]]).toEqual([filter, lets]);
  }
});

it("an engine that binds a moment later says so to bindSync, and bind works", async () => {
  const pull = closing(new zmq.Pull(TIMEOUT));
  const inside = Server.prototype as unknown as { _listen2: unknown };
  const { _listen2 } = inside;
  inside._listen2 = undefined;
  try {
    expect(await codeOf(() => pull.bindSync("tcp://127.0.0.1:*"))).toBe("ENOTSUP");
  } finally {
    inside._listen2 = _listen2;
  }
  await pull.bind("tcp://127.0.0.1:*");
});

it("a backlog of 0 is the system's own", async () => {
  const pull = closing(new zmq.Pull({ backlog: 0, ...TIMEOUT }));
  await pull.bind("tcp://127.0.0.1:*");
  const push = closing(new zmq.Push());
  push.connect(pull.lastEndpoint as string);
  await push.send("in");
  expect(texts(await pull.receive())).toEqual(["in"]);
});

it("what a bound socket has not delivered to its peers yet is unsent", async () => {
  const push = closing(new zmq.Push({ sendHighWaterMark: 2, sendTimeout: 0, linger: 0 }));
  await push.bind("tcp://127.0.0.1:*");
  const peer = connectTo(Number((push.lastEndpoint as string).split(":").at(-1)), "127.0.0.1");
  onTestFinished(() => void peer.destroy());
  // A PULL of ZMTP 3.0 that has shaken hands and reads nothing more.
  const ready = "\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04PULL";
  peer.write(Buffer.from(`\xff\0\0\0\0\0\0\0\0\x7f\x03\0NULL${"\0".repeat(48)}${ready}`, "latin1"));
  peer.pause();
  await until(() => push.writable);
  expect(coreOf(push).unsent).toBe(false);
  await until(async () => (await codeOf(() => push.send(Buffer.alloc(1_000_000)))) === "EAGAIN");
  expect(coreOf(push).unsent).toBe(true);
});

it("of too many who have not upgraded yet the one that came first is turned away", () => {
  const gate = new Gatekeeper(coreOf(closing(new zmq.Pull())), { failureDelay: 0 } as never);
  const come = () => {
    const socket = { unref: () => {}, destroy: vi.fn() };
    return { socket, upgraded: gate.beforeUpgrade(socket as never) };
  };
  const all = Array.from({ length: HANDSHAKES }, come);
  const turnedAway = () => all.map(({ socket }) => socket.destroy.mock.calls.length).indexOf(1);
  expect(turnedAway()).toBe(-1);
  // Who is through is no stranger any more.
  all[0].upgraded();
  all.push(come());
  expect(turnedAway()).toBe(-1);
  all.push(come());
  expect(turnedAway()).toBe(1);
});

/** A connection of bare TCP that does and says what the test lets it. */
function rawPipe(receiveHighWaterMark: number) {
  const socket = Object.assign(new EventEmitter(), {
    writableNeedDrain: false,
    unref: () => {},
    pause: vi.fn(),
    resume: vi.fn(),
    write: vi.fn(),
    destroy: vi.fn(),
    destroySoon: vi.fn(),
  });
  const user = { arrived: vi.fn(), detached: vi.fn(), drained: vi.fn() };
  const owner = { user, settings: { receiveHighWaterMark, notify: false } };
  return { socket, user, pipe: new RawPipe(socket as unknown as Socket, owner as never) };
}

it("a STREAM lets a peer go on once half of what may wait has been read", () => {
  const { socket, pipe } = rawPipe(4);
  for (let i = 0; i < 4; i++) {
    expect(socket.pause).not.toHaveBeenCalled();
    socket.emit("data", Buffer.from(`${i}`));
  }
  expect(socket.pause).toHaveBeenCalledOnce();
  pipe.receive();
  expect(socket.resume).not.toHaveBeenCalled();
  pipe.receive();
  expect(socket.resume).toHaveBeenCalledOnce();
});

it("a STREAM's peer that does not read has no room, and is over once all that it said is read", async () => {
  const { socket, user, pipe } = rawPipe(0);
  expect([pipe.room, pipe.receive()]).toEqual([1, undefined]);
  socket.writableNeedDrain = true;
  expect(pipe.room).toBe(0);
  socket.emit("drain");
  expect(user.drained).toHaveBeenCalledWith(pipe);
  socket.emit("data", Buffer.from("last"));
  socket.emit("close");
  socket.writableNeedDrain = false;
  expect([pipe.room, pipe.writable]).toEqual([0, false]);
  await null;
  expect(user.detached).not.toHaveBeenCalled();
  expect(texts(pipe.receive() as Uint8Array[])).toEqual(["last"]);
  await null;
  expect(user.detached).toHaveBeenCalledOnce();
});

it("a STREAM's pipe passes on whole messages alone, and its end may wait for what was written", () => {
  const { socket, pipe } = rawPipe(0);
  pipe.sendShared({ message: "octets" } as never);
  expect(String(socket.write.mock.calls[0][0])).toBe("octets");
  expect(pipe.inRuns).toBe(false);
  for (const act of [() => pipe.receiveBatch(), () => pipe.sendRun()])
    expect(act).toThrow(expect.objectContaining({ code: "ENOTSUP" }));
  pipe.close(0);
  expect([socket.destroy.mock.calls.length, socket.destroySoon.mock.calls.length]).toEqual([1, 0]);
  pipe.close(-1);
  expect([socket.destroy.mock.calls.length, socket.destroySoon.mock.calls.length]).toEqual([1, 1]);
});

/** A program that ends when the test says so, what it has said by then, and a socket of it with something to send. */
function program(blocky: boolean) {
  const said: string[] = [];
  const ending = Object.assign(new EventEmitter(), { pid: 4711, stderr: { write: (text: string) => said.push(text) } });
  deliverBeforeExit(ending);
  const who = { done: false, giveUp: () => {} };
  let linger: Linger | undefined;
  const close = vi.fn(() => {
    openSockets.delete(socket);
    linger = new Linger(who, -1);
  });
  const socket = { unsent: true, blocky, close } as unknown as OpenSocket & { close: typeof close };
  openSockets.add(socket);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => {
    vi.useRealTimers();
    openSockets.delete(socket);
    linger?.stop();
  });
  const delivered = () => {
    who.done = true;
    linger?.look();
  };
  return { said, end: () => void ending.emit("beforeExit"), socket, delivered };
}

it.each([true, false])(
  "a program that ends closes who has something to send, and says why it waits (blocky: %s)",
  (blocky) => {
    const { said, end, socket } = program(blocky);
    end();
    expect([socket.close.mock.calls.length, said]).toEqual([1, []]);
    vi.advanceTimersByTime(500);
    const hint = blocky ? " Set 'context.blocky = false' to change this behaviour." : "";
    expect(said).toEqual([`(node:4711) WARNING: Waiting for queued ZeroMQ messages to be delivered.${hint}\n`]);
  },
);

it("a program that ends says nothing of what has left soon, or where nothing is to be sent", async () => {
  // What earlier tests have closed may still be at it.
  await until(() => !somethingLingers());
  const { said, end, socket, delivered } = program(true);
  end();
  delivered();
  vi.advanceTimersByTime(500);
  end();
  expect([vi.getTimerCount(), said, socket.close.mock.calls.length]).toEqual([0, [], 1]);
});

/** A socket of version 5 that is closed when the test is over. */
function opened(type: v5.SocketType): v5.Socket {
  const socket = v5.socket(type);
  onTestFinished(() => {
    if (!socket.closed) socket.close();
  });
  return socket;
}

it("version 5's monitor() warns that it ignores its arguments, and only then", () => {
  const warning = vi.spyOn(process, "emitWarning").mockReturnValue();
  onTestFinished(() => warning.mockRestore());
  opened("push").monitor();
  expect(warning).not.toHaveBeenCalled();
  opened("push").monitor(100);
  opened("push").monitor(undefined, 0);
  expect(warning.mock.calls.map(([text]) => String(text).slice(0, 32))).toEqual([
    "monitor() ignores its arguments ",
    "monitor() ignores its arguments ",
  ]);
});

it("version 5 says what can be read, and tells of every wish until it is told not to", () => {
  const socket = { readable: true, writable: false, verbosity: null as unknown };
  expect(readOption(socket, v5.ZMQ_EVENTS)).toBe(v5.ZMQ_POLLIN);
  writeOption(socket, v5.ZMQ_XPUB_VERBOSE, 1);
  expect(socket.verbosity).toBe("allSubs");
  writeOption(socket, v5.ZMQ_XPUB_VERBOSE, 0);
  expect(socket.verbosity).toBeNull();
});

it("version 5 hears what comes while it is being bound, and tells of no failure", async () => {
  const pull = opened("pull");
  const told: string[] = [];
  pull.on("message", (frame) => told.push(String(frame)));
  pull.on("error", (error) => told.push(error.code));
  pull.bindSync("inproc://v5-corners");
  const push = closing(new zmq.Push());
  push.connect("inproc://v5-corners");
  void push.send("one");
  let bound = false;
  pull.bind("tcp://127.0.0.1:*", () => {
    bound = true;
  });
  void push.send("two");
  await until(() => bound && told.length > 1);
  expect(told).toEqual(["one", "two"]);
});

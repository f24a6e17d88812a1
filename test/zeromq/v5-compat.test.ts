/** `zeromq/v5-compat`: sockets as programs of version 5 have them, from the addon and from us. */
import { createRequire } from "node:module";
import { describe, expect, it, onTestFinished } from "vitest";
import * as own from "../../src/zeromq/v5-compat.js";
import { until } from "../socket/support.js";

type V5 = typeof own;
// The package has no types for it that a module can find.
const addon = createRequire(import.meta.url)("zeromq/v5-compat") as V5;

const PACKAGES = [
  ["libzmq", addon],
  ["monocoque", own],
] as const;

let names = 0;
const inproc = () => `inproc://v5-${++names}`;

/** Texts of the messages that come to a socket. */
function heard(socket: own.Socket): string[] {
  const all: string[] = [];
  socket.on("message", (...frames: Buffer[]) => all.push(frames.map(String).join("|")));
  return all;
}

/** Where a socket was bound last. */
const lastOf = (socket: own.Socket): string => String((socket as unknown as Record<string, string>).last_endpoint);

/** How tests make sockets of one package. */
function making(zmq: V5) {
  return {
    /** A socket that is closed when the test is over. */
    opened(type: own.SocketType, options: Record<string, unknown> = {}): own.Socket {
      const socket = zmq.socket(type, { linger: 0, ...options });
      onTestFinished(() => {
        if (!socket.closed) socket.close();
      });
      return socket;
    },
    /** Binds the first, connects the second. */
    async joined(bound: own.Socket, connected: own.Socket): Promise<void> {
      const address = inproc();
      await new Promise<void>((resolve, reject) => bound.bind(address, (error) => (error ? reject(error) : resolve())));
      connected.connect(address);
    },
  };
}

describe.each(PACKAGES)("version 5: %s", (_name, zmq) => {
  const { opened, joined } = making(zmq);

  it("exports what the addon's exports, with the same numbers", () => {
    const numbers = (module: object) =>
      Object.fromEntries(Object.entries(module).filter(([, value]) => typeof value === "number"));
    const wanted = numbers(addon);
    for (const [name, value] of Object.entries(numbers(zmq))) expect([name, wanted[name]]).toEqual([name, value]);
    for (const name of ["socket", "createSocket", "proxy", "curveKeypair", "Context", "Socket", "options", "version"])
      expect([name, name in zmq]).toEqual([name, true]);
  });

  it("knows the types of sockets, and no other", () => {
    for (const type of [
      "pair",
      "req",
      "rep",
      "pub",
      "sub",
      "dealer",
      "xreq",
      "router",
      "xrep",
      "pull",
      "push",
      "xpub",
      "xsub",
      "stream",
    ] as const)
      expect(opened(type).type).toBe(type);
    expect(() => zmq.socket("foobar" as never)).toThrow("Invalid socket type: foobar");
  });

  it("sends and hears, whole and in parts, one after the other", async () => {
    const [push, pull] = [opened("push"), opened("pull")];
    const messages = heard(pull);
    await joined(pull, push);
    let sent = 0;
    push.send("1", 0, () => sent++);
    push.send(["2", Buffer.from("two")], null, () => sent++);
    push.send("3", zmq.ZMQ_SNDMORE);
    push.send(["more"], zmq.ZMQ_SNDMORE);
    push.send("end", 0, () => sent++);
    push.send("4");
    await until(() => messages.length === 4);
    expect(messages).toEqual(["1", "2|two", "3|more|end", "4"]);
    await until(() => sent === 3);
  });

  it("says by events what has been bound and unbound", async () => {
    const pull = opened("pull");
    const events: string[] = [];
    for (const name of ["bind", "unbind", "error"])
      pull.on(name, (what) => events.push(`${name} ${what.code ?? what}`));
    const address = "tcp://127.0.0.1:*";
    pull.bind(address);
    await until(() => events.length === 1);
    const last = lastOf(pull);
    expect(last).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+/);
    pull.bind("tcp://nonsense");
    await until(() => events.length === 2);
    let told: unknown;
    pull.bind("tcp://nonsense", (error) => {
      told = error;
    });
    await until(() => told !== undefined);
    pull.unbind(last);
    await until(() => events.length === 3);
    pull.unbind(last, (error) => events.push(`callback ${(error as { code?: string }).code}`));
    await until(() => events.length === 4);
    expect(events).toEqual([`bind ${address}`, "error EINVAL", `unbind ${last}`, "callback ENOENT"]);
    expect(told).toMatchObject({ code: "EINVAL" });
  });

  it("holds what comes while it is paused, and what is sent", async () => {
    const [one, other] = [opened("pair"), opened("pair")];
    const [ones, others] = [heard(one), heard(other)];
    await joined(one, other);
    other.send("first");
    await until(() => ones.length === 1);
    one.pause();
    one.send("held");
    other.send("second");
    const third = opened("pair");
    const thirds = heard(third);
    const fourth = opened("pair");
    await joined(third, fourth);
    fourth.send("goes by");
    await until(() => thirds.length === 1);
    expect([ones, others]).toEqual([["first"], []]);
    one.resume();
    await until(() => ones.length === 2 && others.length === 1);
    expect([ones, others]).toEqual([["first", "second"], ["held"]]);
  });

  it("subscribes, by a method and by an option", async () => {
    const [xpub, sub] = [opened("xpub"), opened("sub")];
    const told = heard(xpub);
    await joined(xpub, sub);
    sub.subscribe("a");
    sub.setsockopt(zmq.ZMQ_SUBSCRIBE, Buffer.from("b"));
    (sub as unknown as Record<string, string>)._subscribe = "c";
    await until(() => told.length === 3);
    sub.unsubscribe("a");
    sub.setsockopt("_unsubscribe" as never, Buffer.from("b"));
    await until(() => told.length === 5);
    expect(told).toEqual(["\x01a", "\x01b", "\x01c", "\x00a", "\x00b"]);
    const push = opened("push");
    expect(() => push.subscribe("a")).toThrow("Subscriber socket required");
    expect(() => push.unsubscribe("a")).toThrow("Subscriber socket required");
  });

  it("gives the number of an error with the event of a failure", async () => {
    const [first, second] = [opened("rep"), opened("rep")];
    await new Promise<void>((resolve) => first.bind("tcp://127.0.0.1:*", () => resolve()));
    const endpoint = lastOf(first);
    const failures: unknown[][] = [];
    second.on("bind_error", (...args) => failures.push(args));
    second.monitor();
    second.bind(endpoint, () => {});
    await until(() => failures.length === 1);
    const [number, address, error] = failures[0] as [number, string, { errno: number; code: string }];
    expect([number, error.code]).toEqual([error.errno, "EADDRINUSE"]);
    expect(address).toContain("127.0.0.1");
  });

  it("has the options of version 5, by number and by name", () => {
    const dealer = opened("dealer");
    dealer.setsockopt(zmq.ZMQ_LINGER, 25);
    expect([dealer.getsockopt(zmq.ZMQ_LINGER), dealer.getsockopt("linger")]).toEqual([25, 25]);
    (dealer as unknown as Record<string, unknown>).identity = "me";
    expect(String(dealer.getsockopt(zmq.ZMQ_IDENTITY))).toBe("me");
    expect([dealer.getsockopt(zmq.ZMQ_TYPE), dealer.getsockopt(zmq.ZMQ_MECHANISM)]).toEqual([zmq.ZMQ_DEALER, 0]);
    dealer.setsockopt(zmq.ZMQ_PLAIN_USERNAME, "user");
    expect(dealer.getsockopt("mechanism")).toBe(1);
    dealer.setsockopt(zmq.ZMQ_IPV6, 1);
    expect([dealer.getsockopt(zmq.ZMQ_IPV6), dealer.getsockopt(zmq.ZMQ_IPV4ONLY)].map(Number)).toEqual([1, 0]);
    dealer.setsockopt(zmq.ZMQ_IPV4ONLY, 1);
    expect(Number(dealer.getsockopt(zmq.ZMQ_IPV6))).toBe(0);
    expect(Number(dealer.getsockopt(zmq.ZMQ_EVENTS)) & zmq.ZMQ_POLLIN).toBe(0);
    for (const wrong of [4711, zmq.ZMQ_TYPE]) expect(() => dealer.setsockopt(wrong, 1)).toThrow();
    expect(() => dealer.getsockopt(4711)).toThrow();
    const xpub = opened("xpub");
    xpub.setsockopt(zmq.ZMQ_XPUB_VERBOSE, 1);
    const router = opened("router");
    router.setsockopt(zmq.ZMQ_ROUTER_MANDATORY, 1);
  });

  it("says by an option whether it can be read and written", async () => {
    const [one, other] = [opened("dealer"), opened("dealer")];
    await joined(one, other);
    expect(other.getsockopt(zmq.ZMQ_EVENTS)).toBe(zmq.ZMQ_POLLOUT);
  });

  it("shares one context, which has settings", () => {
    const before = [zmq.Context.getMaxThreads(), zmq.Context.getMaxSockets()];
    zmq.Context.setMaxThreads(3);
    zmq.Context.setMaxSockets(500);
    expect([zmq.Context.getMaxThreads(), zmq.Context.getMaxSockets()]).toEqual([3, 500]);
    zmq.Context.setMaxThreads(before[0]);
    zmq.Context.setMaxSockets(before[1]);
    expect(() => new zmq.Context()).toThrow();
    const { public: publicKey, secret } = zmq.curveKeypair();
    expect([publicKey.length, secret.length]).toEqual([40, 40]);
  });

  it("has no read any more", () => {
    expect(() => opened("pull").read()).toThrow(/read\(\) has been removed from compatibility mode/);
  });

  it("fails to send by a callback, or else by an event", async () => {
    const router = opened("router");
    router.setsockopt(zmq.ZMQ_ROUTER_MANDATORY, 1);
    const failures: unknown[] = [];
    router.on("error", (error) => failures.push(["event", error.code]));
    // As long as it has nobody at all, it waits.
    await joined(router, opened("dealer"));
    router.send(["nobody", "x"], 0, (error) => failures.push(["callback", (error as { code?: string }).code]));
    router.send(["nobody", "x"]);
    await until(() => failures.length === 2);
    expect(failures).toEqual([
      ["callback", "EHOSTUNREACH"],
      ["event", "EHOSTUNREACH"],
    ]);
  });
});

// Not on libzmq: where a bind fails at once or a send does, the addon's module spins, or throws where nobody can hear.
describe("version 5: ours alone", () => {
  const zmq = own;
  const { opened, joined } = making(own);

  it("sends while it is being bound, as soon as that is done", async () => {
    const push = opened("push");
    const pull = opened("pull");
    const messages = heard(pull);
    const address = inproc();
    push.bind(address, (error) => {
      if (error === undefined || error === null) pull.connect(address);
    });
    push.send("early");
    await until(() => messages.length === 1);
    expect(messages).toEqual(["early"]);
  });

  it("binds, unbinds and disconnects at once", async () => {
    const [push, pull] = [opened("push"), opened("pull")];
    const address = inproc();
    pull.bindSync(address);
    expect(() => opened("pull").bindSync(address)).toThrow(/in use/);
    push.connect(address);
    push.disconnect(address);
    expect(() => push.disconnect(address)).toThrow();
    pull.unbindSync(address);
    opened("pull").bindSync(address);
  });

  it("tells of its endpoints, as version 5 calls that", async () => {
    const [rep, req] = [opened("rep"), opened("req")];
    const events: string[] = [];
    for (const name of ["listen", "accept", "disconnect", "bind_error", "connect", "connect_delay"]) {
      rep.on(name, (_value, address) => events.push(`rep ${name} ${String(address).replace(/\d+$/, "")}`));
      req.on(name, () => events.push(`req ${name}`));
    }
    rep.monitor();
    req.monitor();
    await new Promise<void>((resolve) => rep.bind("tcp://127.0.0.1:*", () => resolve()));
    req.connect(lastOf(rep));
    await until(() => events.includes("rep accept tcp://127.0.0.1:") && events.includes("req connect"));
    req.close();
    await until(() => events.includes("rep disconnect tcp://127.0.0.1:"));
    expect(events.filter((event) => event.startsWith("rep"))).toEqual(
      ["listen", "accept", "disconnect"].map((name) => `rep ${name} tcp://127.0.0.1:`),
    );
    const before = events.length;
    rep.unmonitor();
    rep.unbindSync(lastOf(rep));
    expect(events).toHaveLength(before);
  });

  it("passes on by a proxy what two sockets hear, and what it captures", async () => {
    const [front, back, capture] = [opened("router"), opened("dealer"), opened("pub")];
    const [req, rep, sub] = [opened("req"), opened("rep"), opened("sub")];
    sub.subscribe("");
    await joined(capture, sub);
    const [answers, captured] = [heard(req), heard(sub)];
    rep.on("message", (question: Buffer) => rep.send(`answer to ${question}`));
    await joined(front, req);
    await joined(back, rep);
    zmq.proxy(front, back, capture);
    req.send("question");
    await until(() => answers.length === 1 && captured.length === 1);
    expect([answers, captured.map((text) => text.replace(/^\|/, ""))]).toEqual([
      ["answer to question"],
      ["answer to question"],
    ]);
    expect(() => zmq.proxy(opened("req"), opened("rep"))).toThrow(
      "This socket type order is not supported in compatibility mode",
    );
  });
});

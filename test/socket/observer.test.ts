/** What is told of a socket's endpoints, by `receive`, by iterating and by listeners: one way excludes the other. */
import { createServer, type Server } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { closing, codeOf, onBoth, onOurs, until } from "./support.js";

/** A server that ends whoever comes, as often as it does. */
async function slammer(): Promise<string> {
  const server: Server = createServer((socket) => void socket.on("error", () => {}).destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
}

onBoth("observers", ["tcp"], (zmq, transport) => {
  it("give one event after the other, and then the end", async () => {
    const pull = closing(new zmq.Pull());
    const { events } = pull;
    expect([events.closed, pull.events === events]).toEqual([false, true]);
    const endpoint = await transport.bind(pull);
    expect(await events.receive()).toEqual({ type: "bind", address: endpoint });
    const waiting = events.receive();
    expect(await codeOf(() => events.receive())).toBe("EBUSY");
    await pull.unbind(endpoint);
    expect((await waiting).type).toBe("close");
    const last = events.receive();
    pull.close();
    expect(await last).toEqual({ type: "end" });
    await until(() => events.closed);
    expect(await codeOf(() => events.receive())).toBe("EBADF");
  });

  it("are iterated to the end", async () => {
    const pull = closing(new zmq.Pull());
    const types: string[] = [];
    const over = (async () => {
      for await (const { type } of pull.events) types.push(type);
    })();
    const endpoint = await transport.bind(pull);
    await pull.unbind(endpoint);
    pull.close();
    await over;
    expect(types).toEqual(["bind", "close", "end"]);
  });

  it("call listeners, of which one can be taken away", async () => {
    const pull = closing(new zmq.Pull());
    const heard: string[] = [];
    const never = () => heard.push("never");
    pull.events.on("bind", never);
    pull.events.off("bind", never).off("close", never);
    pull.events.on("bind", ({ address }) => heard.push(address));
    expect(await codeOf(() => pull.events.receive())).toBe("Error");
    const endpoint = await transport.bind(pull);
    pull.events.on("end", () => heard.push("end"));
    await until(() => heard.includes(endpoint));
    pull.close();
    await until(() => heard.includes("end"));
    expect(heard).toEqual([endpoint, "end"]);
  });

  it("tell what failed to be bound, and why", async () => {
    const [pull, other] = [closing(new zmq.Pull()), closing(new zmq.Pull())];
    const endpoint = await transport.bind(pull);
    const told: { type: string; address: string; error?: { code?: string } }[] = [];
    other.events.on("bind:error", (event) => told.push(event as (typeof told)[0]));
    expect(await codeOf(() => other.bind(endpoint))).toBe("EADDRINUSE");
    await until(() => told.length === 1);
    expect(await codeOf(() => other.bindSync(endpoint))).toBe("EADDRINUSE");
    await until(() => told.length === 2);
    for (const event of told) {
      expect([event.type, event.address, event.error?.code]).toEqual([
        "bind:error",
        endpoint.slice("tcp://".length),
        "EADDRINUSE",
      ]);
    }
  });

  it("tell how long it is until the next attempt: longer and longer, up to the most", async () => {
    const push = closing(new zmq.Push({ reconnectInterval: 1, reconnectMaxInterval: 8 }));
    const intervals: number[] = [];
    push.events.on("connect:retry", ({ interval }) => intervals.push(interval));
    push.connect(await slammer());
    await until(() => intervals.length >= 6);
    expect(Math.max(...intervals)).toBeLessThan(16);
    expect(intervals.slice(1).every((interval, i) => interval + 2 >= intervals[i] || interval <= 8)).toBe(true);
  });

  it("tell of one attempt alone where nobody wants more", async () => {
    const push = closing(new zmq.Push({ reconnectInterval: -1 }));
    const types: string[] = [];
    for (const type of ["connect", "connect:delay", "connect:retry", "disconnect"] as const)
      push.events.on(type, () => types.push(type));
    push.connect(await slammer());
    await until(() => types.includes("disconnect"));
    // Another socket's whole life takes longer than an attempt at once would.
    const pull = closing(new zmq.Pull({ receiveTimeout: 10_000 }));
    const other = closing(new zmq.Push());
    other.connect(await transport.bind(pull));
    await other.send("x");
    await pull.receive();
    expect(types.filter((type) => type === "connect")).toHaveLength(1);
    expect(types).not.toContain("connect:retry");
  });
});

// Not on libzmq: the addon's observer says ENOTSOCK where it is closed, or its socket is.
onOurs("observers", ["tcp"], (zmq, transport) => {
  it("can be closed before their socket", async () => {
    const pull = closing(new zmq.Pull());
    const { events } = pull;
    const waiting = events.receive();
    events.close();
    events.close();
    expect((await waiting).type).toBe("end");
    expect(events.closed).toBe(true);
    await transport.bind(pull);
    expect(pull.closed).toBe(false);
  });

  it("of a closed socket have nothing more to tell", async () => {
    const pull = closing(new zmq.Pull());
    const { events } = pull;
    pull.close();
    const types: string[] = [];
    for await (const { type } of events) types.push(type);
    for await (const { type } of events) types.push(type);
    expect(types).toEqual(["end"]);
    const late: string[] = [];
    new zmq.Observer(pull).on("end", () => late.push("end"));
    await until(() => late.length > 0);
  });
});

/** Addresses and who may come by them: interfaces, wildcards, sources, filters. As libzmq takes them. */
import { networkInterfaces } from "node:os";
import { expect, it } from "vitest";
import { closing, codeOf, onBoth, onOurs, texts, until, type Zmq } from "../socket/support.js";

const [LOOPBACK] = Object.entries(networkInterfaces()).find(([, all]) => all?.some(({ internal }) => internal)) ?? [];
const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));

async function passes(zmq: Zmq, bound: InstanceType<Zmq["Pull"]>, address: string): Promise<void> {
  const push = closing(new zmq.Push({ ipv6: address.includes("[") }));
  push.connect(address);
  await push.send(address);
  expect(texts(await bound.receive())).toEqual([address]);
}

onBoth("addresses", ["tcp"], (zmq) => {
  const opened = (options = {}) => closing(new zmq.Pull({ receiveTimeout: 20_000, ...options }));

  it("may name an interface", async () => {
    const pull = opened();
    await pull.bind(`tcp://${LOOPBACK}:*`);
    expect(pull.lastEndpoint).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    await passes(zmq, pull, pull.lastEndpoint as string);
    expect(await codeOf(() => pull.bind("tcp://no-such-interface:*"))).toBe("ENODEV");
  });

  it("may say what to connect from", async () => {
    const pull = opened();
    await pull.bind("tcp://127.0.0.1:*");
    const port = (pull.lastEndpoint as string).split(":").at(-1);
    await passes(zmq, pull, `tcp://127.0.0.1:0;127.0.0.1:${port}`);
  });

  it("are refused where there is nobody to connect to", async () => {
    const push = closing(new zmq.Push());
    for (const address of ["tcp://*:1", "tcp://127.0.0.1:*", "tcp://nohost"])
      expect([address, await codeOf(() => push.connect(address))]).toEqual([address, "EINVAL"]);
    const long = `ipc://${"/long".repeat(50)}`;
    expect(await codeOf(() => push.connect(long))).toBe("ENAMETOOLONG");
    expect(await codeOf(() => opened().bind(long))).toBe("ENAMETOOLONG");
  });

  it.runIf(hasIPv6)("may be IPv6, if the socket is told so", async () => {
    const pull = opened({ ipv6: true });
    await pull.bind("tcp://[::1]:*");
    expect(pull.lastEndpoint).toMatch(/^tcp:\/\/\[::1\]:\d+$/);
    await passes(zmq, pull, pull.lastEndpoint as string);
    await pull.bind("tcp://*:*");
    expect(pull.lastEndpoint).toMatch(/^tcp:\/\/\[::\]:\d+$/);
    await passes(zmq, pull, `tcp://127.0.0.1:${(pull.lastEndpoint as string).split(":").at(-1)}`);
  });

  it("let in whom the filter names, and nobody else", async () => {
    for (const [filter, lets] of [
      ["127.0.0.1", true],
      ["127.0.0.0/8", true],
      ["0.0.0.0/0", true],
      ["10.0.0.0/8", false],
      ["127.0.0.2", false],
      ["127.0.0.2/32", false],
    ] as const) {
      const pull = opened({ tcpAcceptFilter: filter });
      await pull.bind("tcp://127.0.0.1:*");
      const push = closing(new zmq.Push({ reconnectInterval: 5 }));
      let [inside, outside] = [0, 0];
      push.events.on("handshake", () => inside++);
      push.events.on("disconnect", () => outside++);
      push.connect(pull.lastEndpoint as string);
      await until(() => inside + outside > 0);
      expect([filter, inside > 0]).toEqual([filter, lets]);
    }
  });

  it("of a filter are addresses, with so many bits", async () => {
    const wrong = ["nonsense", "256.0.0.1", "10.0.0.0/33", "::1/129", ""];
    for (const filter of wrong)
      expect([filter, await codeOf(() => opened({ tcpAcceptFilter: filter }))]).toEqual([filter, "EINVAL"]);
    for (const filter of ["10.0.0.1", "10.0.0.0/8", null]) opened({ tcpAcceptFilter: filter });
  });

  it("of ipc:// may be abstract, and a path that a dead process has left is taken over", async () => {
    const path = `/tmp/monocoque-left-${process.pid}-${zmq === undefined}`;
    const [first, second] = [opened(), opened()];
    await first.bind(`ipc://${path}`);
    await first.unbind(`ipc://${path}`);
    second.bindSync(`ipc://${path}`);
    await passes(zmq, second, `ipc://${path}`);
    const name = `ipc://@monocoque-${process.pid}-${Math.random()}`;
    await second.bind(name);
    expect(second.lastEndpoint).toBe(name);
    await passes(zmq, second, name);
  });
});

onOurs("addresses", ["tcp"], (zmq) => {
  it("are refused, too, where libzmq takes what no system does", async () => {
    const push = closing(new zmq.Push());
    for (const address of ["tcp://127.0.0.1:0", "tcp://127.0.0.1:65536"])
      expect([address, await codeOf(() => push.connect(address))]).toEqual([address, "EINVAL"]);
  });

  it("of a filter may be IPv6, which libzmq takes from sockets that speak it", async () => {
    for (const filter of ["::1", "fe80::/10"]) {
      const pull = closing(new zmq.Pull({ tcpAcceptFilter: filter }));
      await pull.bind("tcp://127.0.0.1:*");
    }
  });

  it("of a filter that only look like some are refused when it is bound, which libzmq does when it is set", async () => {
    const pull = closing(new zmq.Pull({ tcpAcceptFilter: ":::1/10" }));
    expect(await codeOf(() => pull.bind("tcp://127.0.0.1:*"))).toBe("EINVAL");
  });

  it("of ws:// are URLs, and ws:// is not bound at once", async () => {
    const pull = closing(new zmq.Pull({ receiveTimeout: 20_000 }));
    expect(await codeOf(() => pull.bind("ws://"))).toBe("EINVAL");
    expect(await codeOf(() => pull.bind("ws://[nonsense"))).toBe("EINVAL");
    expect(await codeOf(() => pull.connect("ws://[nonsense"))).toBe("EINVAL");
    expect(await codeOf(() => pull.bindSync("ws://127.0.0.1:*"))).toBe("ENOTSUP");
    expect(await codeOf(() => pull.bind("wss://127.0.0.1:*"))).not.toBeUndefined();
    await pull.bind("ws://127.0.0.1:*/path");
    expect(pull.lastEndpoint).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/path$/);
    await passes(zmq, pull, pull.lastEndpoint as string);
  });
});

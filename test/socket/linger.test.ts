/** What becomes of messages whose socket has been closed: libzmq's ZMQ_LINGER. */
import { createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { closing, codeOf, onBoth, onOurs, texts, until, type Zmq } from "./support.js";

/** An address that nobody listens at, until the PULL is bound. */
async function nowhere(zmq: Zmq): Promise<{ endpoint: string; appear(): Promise<InstanceType<Zmq["Pull"]>> }> {
  const first = new zmq.Pull();
  await first.bind("tcp://127.0.0.1:*");
  const endpoint = first.lastEndpoint as string;
  await first.unbind(endpoint);
  first.close();
  return {
    endpoint,
    async appear() {
      const pull = closing(new zmq.Pull({ receiveTimeout: 20_000 }));
      await until(async () => (await codeOf(() => pull.bind(endpoint))) !== "EADDRINUSE");
      return pull;
    },
  };
}

/** What comes to a PULL that appears after a PUSH has been closed, and after `wait`. */
async function closedEarly(zmq: Zmq, linger: number, wait: () => Promise<unknown>): Promise<string[]> {
  const { endpoint, appear } = await nowhere(zmq);
  const push = new zmq.Push({ linger, reconnectInterval: 10 });
  push.connect(endpoint);
  await push.send("lost");
  push.close();
  await wait();
  const pull = await appear();
  const other = closing(new zmq.Push());
  other.connect(endpoint);
  await other.send("a later one");
  return texts(await pull.receive());
}

onBoth("lingering", ["tcp"], (zmq, transport) => {
  it("delivers what was sent to somebody who comes after the end", async () => {
    const { endpoint, appear } = await nowhere(zmq);
    const push = new zmq.Push({ linger: 60_000, reconnectInterval: 10 });
    push.connect(endpoint);
    for (let i = 0; i < 5; i++) await push.send(`${i}`);
    push.close();
    const pull = await appear();
    for (let i = 0; i < 5; i++) expect(texts(await pull.receive())).toEqual([`${i}`]);
  });

  it("delivers for ever, if that is its time", async () => {
    const { endpoint, appear } = await nowhere(zmq);
    const push = new zmq.Push({ linger: -1, reconnectInterval: 10 });
    push.connect(endpoint);
    await push.send("late");
    push.disconnect(endpoint);
    push.close();
    expect(texts(await (await appear()).receive())).toEqual(["late"]);
  });

  it("loses what has not left, if it may take no time", async () => {
    // libzmq closes in a thread of its own, and tells nobody when it has.
    const closed = () => new Promise((resolve) => setTimeout(resolve, 1000));
    await expect(closedEarly(zmq, 0, closed)).resolves.toEqual(["a later one"]);
  });

  it("delivers what a bound socket had for its peers, however much", async () => {
    const push = new zmq.Push({ linger: 60_000, sendHighWaterMark: 0 });
    const pull = closing(new zmq.Pull({ receiveTimeout: 20_000, receiveHighWaterMark: 1 }));
    pull.connect(await transport.bind(push));
    const body = Buffer.alloc(100_000, "=");
    for (let i = 0; i < 100; i++) await push.send([`${i}`, body]);
    push.close();
    for (let i = 0; i < 100; i++) expect(texts(await pull.receive())[0]).toBe(`${i}`);
  });

  it("closes at once where nothing waits, and its peers see it", async () => {
    const push = new zmq.Push({ linger: 60_000 });
    const pull = closing(new zmq.Pull({ receiveTimeout: 20_000 }));
    let gone = 0;
    pull.events.on("disconnect", () => gone++);
    const endpoint = await transport.bind(pull);
    push.connect(endpoint);
    await push.send("1");
    await pull.receive();
    push.disconnect(endpoint);
    // libzmq goes on with it when it is asked for something.
    await until(() => push.writable || gone === 1);
    push.connect(endpoint);
    await push.send("2");
    expect(texts(await pull.receive())).toEqual(["2"]);
    push.close();
    await until(() => gone === 2);
  });

  it("gives up on a peer that takes nothing", async () => {
    const strangers: Socket[] = [];
    const server = createServer((socket) => strangers.push(socket.on("error", () => {}).pause()));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      for (const stranger of strangers) stranger.destroy();
      server.close();
    });
    const push = new zmq.Push({ linger: 50 });
    push.connect(`tcp://127.0.0.1:${(server.address() as { port: number }).port}`);
    await push.send("nobody reads this");
    await until(() => strangers.length === 1);
    push.close();
    const [stranger] = strangers;
    const ended = new Promise((resolve) => stranger.once("close", resolve));
    stranger.resume();
    await ended;
    expect(strangers).toHaveLength(1);
  });
});

// Not on libzmq, whose clock runs in another thread.
onOurs("lingering", ["tcp"], (zmq) => {
  it("loses what has not left when its time is over", async () => {
    // A timer that is set later, and for longer, runs out later.
    const later = () => new Promise((resolve) => setTimeout(resolve, 20));
    await expect(closedEarly(zmq, 5, later)).resolves.toEqual(["a later one"]);
  });
});

/** STREAM: octets to and from whoever speaks TCP. libzmq's ZMQ_STREAM. */
import { connect, createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { closing, codeOf, onBoth, onOurs, texts, until } from "./support.js";

/** A client of bare TCP, and the octets that have come to it. */
async function dial(endpoint: string): Promise<{ socket: Socket; heard: () => string; ended: Promise<unknown> }> {
  const socket = connect(Number(endpoint.split(":").at(-1)), "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("error", () => {}).on("data", (chunk) => chunks.push(chunk));
  const ended = new Promise((resolve) => socket.once("close", resolve));
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once("connect", resolve));
  return { socket, heard: () => Buffer.concat(chunks).toString(), ended };
}

/** A server of bare TCP that sends what it hears back in capitals; "end" ends. */
async function shouter(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    socket.on("data", (chunk) => (`${chunk}` === "end" ? socket.end() : socket.write(`${chunk}`.toUpperCase())));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
}

onBoth("STREAM", ["tcp"], (zmq, transport) => {
  const opened = (options = {}) => closing(new zmq.Stream({ receiveTimeout: 20_000, ...options }));

  it("tells of a peer, passes octets both ways, and tells of its end", async () => {
    const stream = opened();
    const endpoint = await transport.bind(stream);
    const { socket, heard } = await dial(endpoint);
    const [who, notice] = await stream.receive();
    expect([who.length, who[0], notice.length]).toEqual([5, 0, 0]);
    socket.write("hello");
    const [from, body] = await stream.receive();
    expect([from.equals(who), body.toString()]).toEqual([true, "hello"]);
    await stream.send([who, "HTTP/1.0 200 OK\r\n"]);
    await until(() => heard() === "HTTP/1.0 200 OK\r\n");
    socket.end();
    expect((await stream.receive()).map((frame) => frame.length)).toEqual([5, 0]);
    await until(async () => (await codeOf(() => stream.send([who, "gone"]))) === "EHOSTUNREACH");
  });

  it("ends a connection by an empty message", async () => {
    const stream = opened();
    const { socket } = await dial(await transport.bind(stream));
    const [who] = await stream.receive();
    await stream.send([who, ""]);
    // libzmq goes on with it when it is asked for something.
    await until(() => stream.readable || socket.closed);
    await until(() => socket.closed);
    expect(await codeOf(() => stream.send(["nobody", "x"]))).toBe("EHOSTUNREACH");
  });

  it("tells nothing of a peer but its octets, if it is told so", async () => {
    const stream = opened({ notify: false });
    const { socket } = await dial(await transport.bind(stream));
    socket.end("only this");
    expect((await stream.receive())[1].toString()).toBe("only this");
    stream.receiveTimeout = 50;
    expect(await codeOf(() => stream.receive())).toBe("EAGAIN");
  });

  it("speaks to a server, under the name that it gives it", async () => {
    const stream = opened({ tcpKeepalive: 1, tcpKeepaliveIdle: 5 });
    stream.connect(await shouter(), { routingId: "server" });
    expect(texts(await stream.receive())).toEqual(["server", ""]);
    await stream.send(["server", "louder"]);
    expect(texts(await stream.receive())).toEqual(["server", "LOUDER"]);
  });

  it("reaches for a server again that has ended, and goes when it is told to", async () => {
    const stream = opened({ reconnectInterval: 5 });
    const told: string[] = [];
    for (const type of ["connect", "disconnect"] as const) stream.events.on(type, () => told.push(type));
    const endpoint = await shouter();
    stream.connect(endpoint);
    const [who] = await stream.receive();
    await stream.send([who, "end"]);
    await stream.receive();
    await until(() => told.filter((type) => type === "connect").length === 2);
    stream.disconnect(endpoint);
    await until(async () => (await codeOf(() => stream.disconnect(endpoint))) === "ENOENT");
    await until(() => told.includes("disconnect"));
  });

  it("holds a peer up that sends more than is read", async () => {
    const stream = opened({ receiveHighWaterMark: 2 });
    const { socket } = await dial(await transport.bind(stream));
    const octets = Buffer.alloc(4_000_000, "0123456789");
    socket.end(octets);
    await stream.receive();
    let length = 0;
    while (length < octets.length) {
      const [, body] = await stream.receive();
      expect(body.equals(octets.subarray(length, length + body.length))).toBe(true);
      length += body.length;
    }
    expect(length).toBe(octets.length);
  });

  it("closed, it ends whoever is connected", async () => {
    for (const linger of [0, 1000]) {
      const stream = opened({ linger });
      const endpoint = await transport.bind(stream);
      const { ended } = await dial(endpoint);
      await stream.receive();
      stream.close();
      await ended;
    }
  });
});

// Not on libzmq, which takes any address that it can bind, and says nothing of it.
onOurs("STREAM", ["tcp"], (zmq) => {
  it("speaks tcp:// alone", async () => {
    const stream = closing(new zmq.Stream());
    for (const address of ["ipc://@nobody", "ws://127.0.0.1:1"]) {
      expect(await codeOf(() => stream.bind(address))).toBe("ENOCOMPATPROTO");
      expect(await codeOf(() => stream.bindSync(address))).toBe("ENOCOMPATPROTO");
      expect(await codeOf(() => stream.connect(address))).toBe("ENOCOMPATPROTO");
    }
    expect(await codeOf(() => stream.bind("tcp://nonsense"))).toBe("EINVAL");
  });
});

/** PUSH and PULL, PAIR, marks and timeouts. RFC 30, RFC 31. */
import { expect, it } from "vitest";
import { closing, codeOf, fill, onBoth, texts, until } from "./support.js";

onBoth("pipeline", ["inproc", "tcp", "ipc"], (zmq, transport) => {
  it("deals messages out to its peers in turn", async () => {
    const push = closing(new zmq.Push());
    const pulls = [0, 1, 2].map(() => closing(new zmq.Pull({ receiveTimeout: 10_000 })));
    for (const pull of pulls) push.connect(await transport.bind(pull));
    for (let i = 0; i < 9; i++) await push.send(`work ${i}`);
    const seen = [];
    for (const pull of pulls) {
      const own = [];
      for (let i = 0; i < 3; i++) own.push(texts(await pull.receive())[0]);
      seen.push(own);
    }
    expect(seen).toEqual([0, 1, 2].map((i) => [`work ${i}`, `work ${i + 3}`, `work ${i + 6}`]));
  });

  it("hears its peers in turn, however much one of them has sent", async () => {
    const pull = closing(new zmq.Pull({ receiveTimeout: 10_000 }));
    const endpoint = await transport.bind(pull);
    const busy = closing(new zmq.Push());
    busy.connect(endpoint);
    for (let i = 0; i < 50; i++) await busy.send(`busy ${i}`);
    const first = texts(await pull.receive());
    const quiet = closing(new zmq.Push());
    quiet.connect(endpoint);
    await quiet.send("quiet");
    const heard = [first[0]];
    while (!heard.includes("quiet")) heard.push(texts(await pull.receive())[0]);
    while (heard.length < 51) heard.push(texts(await pull.receive())[0]);
    expect(heard.filter((text) => text !== "quiet")).toEqual(Array.from({ length: 50 }, (_, i) => `busy ${i}`));
  });

  it("sends messages whole, whatever their frames hold", async () => {
    const pull = closing(new zmq.Pull({ receiveTimeout: 10_000 }));
    const push = closing(new zmq.Push());
    push.connect(await transport.bind(pull));
    const big = Buffer.alloc(300_000, "0123456789");
    const messages = [["a"], ["", "b", ""], [big, "c"], ["d", big, big], [""]];
    for (const message of messages) await push.send(message);
    for (const message of messages) {
      const received = await pull.receive();
      expect(received.every((frame) => Buffer.isBuffer(frame))).toBe(true);
      expect(received.map((frame) => frame.toString("latin1"))).toEqual(
        message.map((frame) => frame.toString("latin1")),
      );
    }
  });

  it("waits for a peer, and for no longer than it is told", async () => {
    const push = closing(new zmq.Push({ sendTimeout: 20 }));
    expect(push.writable).toBe(false);
    expect(await codeOf(() => push.send("nobody"))).toBe("EAGAIN");
    // The addon does not see that an inproc peer has come before its time is up: a short one saves the suite 9 seconds.
    push.sendTimeout = transport.scheme === "inproc" ? 1000 : 10_000;
    const sent = push.send("somebody");
    expect(await codeOf(() => push.send("busy"))).toBe("EBUSY");
    const pull = closing(new zmq.Pull({ receiveTimeout: 10_000 }));
    push.connect(await transport.bind(pull));
    await sent;
    expect(texts(await pull.receive())).toEqual(["somebody"]);
    pull.receiveTimeout = 20;
    expect(await codeOf(() => pull.receive())).toBe("EAGAIN");
    pull.receiveTimeout = 0;
    expect(await codeOf(() => pull.receive())).toBe("EAGAIN");
  });

  it("keeps what was sent before anybody was there", async () => {
    const pull = closing(new zmq.Pull({ receiveTimeout: 10_000 }));
    const endpoint = await transport.bind(pull);
    await pull.unbind(endpoint);
    const push = closing(new zmq.Push({ reconnectInterval: 10 }));
    push.connect(endpoint);
    for (let i = 0; i < 5; i++) await push.send(`early ${i}`);
    // The port was free meanwhile, for any other program and for the connecting socket's own end.
    await until(async () => (await codeOf(() => pull.bind(endpoint))) !== "EADDRINUSE");
    for (let i = 0; i < 5; i++) expect(texts(await pull.receive())).toEqual([`early ${i}`]);
  });

  it("is full at its mark while nobody is there", async () => {
    const push = closing(new zmq.Push({ sendHighWaterMark: 7 }));
    push.connect(transport.scheme === "tcp" ? "tcp://127.0.0.1:9" : transport.wildcard);
    expect(await fill(push)).toBe(7);
    expect(push.writable).toBe(false);
  });

  it("lets two PAIRs talk, and shuts out a third", async () => {
    const [first, second, third] = [0, 1, 2].map(() =>
      closing(new zmq.Pair({ receiveTimeout: 10_000, sendTimeout: 50 })),
    );
    const endpoint = await transport.bind(first);
    second.connect(endpoint);
    await second.send("hello");
    expect(texts(await first.receive())).toEqual(["hello"]);
    third.connect(endpoint);
    await third.send("me, too").catch(() => {});
    first.receiveTimeout = 100;
    expect(await codeOf(() => first.receive())).toBe("EAGAIN");
    await first.send("still us");
    expect(texts(await second.receive())).toEqual(["still us"]);
  });
});

onBoth("marks", ["inproc"], (zmq, transport) => {
  it("counts both marks over inproc", async () => {
    for (const [send, receive] of [
      [1, 1],
      [4, 3],
      [10, 100],
    ]) {
      const pull = closing(new zmq.Pull({ receiveHighWaterMark: receive }));
      const push = closing(new zmq.Push({ sendHighWaterMark: send }));
      push.connect(await transport.bind(pull));
      expect(await fill(push)).toBe(send + receive);
      for (let i = 0; i < send + receive; i++) expect(texts(await pull.receive())).toEqual([`message ${i}`]);
      push.sendTimeout = 10_000;
      await push.send("again");
    }
  });

  it("has no limit where either mark is 0", async () => {
    const pull = closing(new zmq.Pull({ receiveHighWaterMark: 5 }));
    const push = closing(new zmq.Push({ sendHighWaterMark: 0, sendTimeout: 0 }));
    push.connect(await transport.bind(pull));
    for (let i = 0; i < 5000; i++) await push.send(`${i}`);
    for (let i = 0; i < 5000; i++) expect(texts(await pull.receive())).toEqual([`${i}`]);
  });

  it("keeps the last message only, if it conflates", async () => {
    const pull = closing(new zmq.Pull({ conflate: true, receiveTimeout: 1000 }));
    const push = closing(new zmq.Push({ conflate: true }));
    push.connect(await transport.bind(pull));
    for (let i = 0; i < 20; i++) await push.send(`state ${i}`);
    expect(texts(await pull.receive())).toEqual(["state 19"]);
  });
});

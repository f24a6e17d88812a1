/** PUB, SUB, XPUB and XSUB. RFC 29. */
import { expect, it } from "vitest";
import { closing, codeOf, onBoth, type Transport, texts, until, type Zmq } from "./support.js";

/** An XPUB that has heard as many subscriptions as it was given prefixes, and the SUB. */
async function joined(zmq: Zmq, transport: Transport, ...prefixes: string[]) {
  const xpub = closing(new zmq.XPublisher({ receiveTimeout: 10_000 }));
  const sub = closing(new zmq.Subscriber({ receiveTimeout: 10_000 }));
  sub.connect(await transport.bind(xpub));
  for (const prefix of prefixes) sub.subscribe(prefix);
  for (const prefix of prefixes) expect(texts(await xpub.receive())).toEqual([`\x01${prefix}`]);
  return { xpub, sub };
}

onBoth("publish-subscribe", ["inproc", "tcp"], (zmq, transport) => {
  it("delivers what begins with a prefix, once", async () => {
    const { xpub, sub } = await joined(zmq, transport, "a", "abc", "ab", "x");
    for (const topic of ["abcd", "", "b", "a", "xx", "X", "ab", "end"]) await xpub.send([topic, "body"]);
    sub.subscribe("end");
    await xpub.receive();
    await xpub.send("end");
    const heard = [];
    for (let text = ""; text !== "end"; heard.push(text)) text = texts(await sub.receive())[0];
    expect(heard).toEqual(["abcd", "a", "xx", "ab", "end"]);
  });

  it("counts its own subscriptions, and tells of the last cancel", async () => {
    const { xpub, sub } = await joined(zmq, transport, "a");
    sub.subscribe("a");
    sub.unsubscribe("a");
    sub.subscribe("b");
    expect(texts(await xpub.receive())).toEqual(["\x01b"]);
    await xpub.send("a1");
    expect(texts(await sub.receive())).toEqual(["a1"]);
    sub.unsubscribe("a");
    expect(texts(await xpub.receive())).toEqual(["\x00a"]);
    await xpub.send("a2");
    await xpub.send("b2");
    expect(texts(await sub.receive())).toEqual(["b2"]);
    sub.unsubscribe("never");
    sub.subscribe("c");
    expect(texts(await xpub.receive())).toEqual(["\x01c"]);
  });

  it("tells the first subscription of a prefix and the last cancel, or all of them", async () => {
    const xpub = closing(new zmq.XPublisher({ receiveTimeout: 10_000 }));
    const endpoint = await transport.bind(xpub);
    const subs = [0, 1].map(() => closing(new zmq.Subscriber()));
    const told = async () => texts(await xpub.receive())[0];
    subs[0].connect(endpoint);
    subs[0].subscribe("A");
    expect(await told()).toBe("\x01A");
    subs[1].connect(endpoint);
    subs[1].subscribe("A", "B");
    expect(await told()).toBe("\x01B");
    xpub.verbosity = "allSubs";
    subs[1].subscribe("A");
    expect(await told()).toBe("\x01A");
    subs[1].unsubscribe("A");
    subs[1].unsubscribe("A");
    subs[1].unsubscribe("B");
    expect(await told()).toBe("\x00B");
    xpub.verbosity = "allSubsUnsubs";
    subs[1].subscribe("A");
    expect(await told()).toBe("\x01A");
    subs[1].unsubscribe("A");
    expect(await told()).toBe("\x00A");
    xpub.verbosity = null;
    subs[0].close();
    expect(await told()).toBe("\x00A");
  });

  it("drops for a subscriber that is full, and for nobody else", async () => {
    const xpub = closing(new zmq.XPublisher({ sendHighWaterMark: 10, receiveTimeout: 10_000 }));
    const endpoint = await transport.bind(xpub);
    const slow = closing(new zmq.Subscriber({ receiveHighWaterMark: 10, receiveTimeout: 10_000 }));
    const quick = closing(new zmq.Subscriber({ receiveHighWaterMark: 0, receiveTimeout: 10_000 }));
    for (const sub of [slow, quick]) {
      sub.connect(endpoint);
      sub.subscribe(sub === slow ? "s" : "");
      await xpub.receive();
    }
    const body = Buffer.alloc(50_000, "-");
    const heard: string[] = [];
    for (let i = 0; i < 500; i++) {
      await xpub.send([`s${i}`, body]);
      heard.push(texts(await quick.receive())[0]);
    }
    expect(heard).toEqual(Array.from({ length: 500 }, (_, i) => `s${i}`));
    expect(texts(await slow.receive())[0]).toBe("s0");
    let kept = 1;
    slow.receiveTimeout = 300;
    while ((await codeOf(() => slow.receive())) === undefined) kept++;
    expect(kept).toBeLessThan(500);
  });

  it("fails in place of dropping, if it may not drop", async () => {
    if (transport.scheme !== "inproc") return;
    const xpub = closing(new zmq.XPublisher({ noDrop: true, sendHighWaterMark: 2, sendTimeout: 0 }));
    const sub = closing(new zmq.Subscriber({ receiveHighWaterMark: 3 }));
    sub.subscribe("");
    sub.connect(await transport.bind(xpub));
    await xpub.receive();
    for (let i = 0; i < 5; i++) await xpub.send(`${i}`);
    expect(await codeOf(() => xpub.send("one too many"))).toBe("EAGAIN");
    for (let i = 0; i < 5; i++) expect(texts(await sub.receive())).toEqual([`${i}`]);
  });

  it("welcomes each subscriber that wants it", async () => {
    const xpub = closing(new zmq.XPublisher({ welcomeMessage: "W", receiveTimeout: 10_000 }));
    const sub = closing(new zmq.Subscriber({ receiveTimeout: 10_000 }));
    sub.subscribe("W");
    sub.connect(await transport.bind(xpub));
    expect(texts(await xpub.receive())).toEqual(["\x01W"]);
    expect(texts(await sub.receive())).toEqual(["W"]);
  });

  it("only tells of subscriptions, if it is manual", async () => {
    const xpub = closing(new zmq.XPublisher({ manual: true, receiveTimeout: 10_000 }));
    const sub = closing(new zmq.Subscriber({ receiveTimeout: 10_000 }));
    sub.subscribe("A");
    sub.connect(await transport.bind(xpub));
    expect(texts(await xpub.receive())).toEqual(["\x01A"]);
    (xpub as unknown as { setStringOption(id: number, value: string): void }).setStringOption(6, "XA");
    await xpub.send("A");
    await xpub.send("XA");
    sub.subscribe("XA");
    expect(texts(await xpub.receive())).toEqual(["\x01XA"]);
    await xpub.send("XA 2");
    const heard = texts(await sub.receive())[0];
    expect(["XA", "XA 2"]).toContain(heard);
  });

  it("passes on what an XSUB sends that is no subscription", async () => {
    const xpub = closing(new zmq.XPublisher({ receiveTimeout: 10_000 }));
    const xsub = closing(new zmq.XSubscriber({ receiveTimeout: 10_000 }));
    xsub.connect(await transport.bind(xpub));
    await xsub.send("\x01topic");
    expect(texts(await xpub.receive())).toEqual(["\x01topic"]);
    await xsub.send("\x02hello");
    expect(texts(await xpub.receive())).toEqual(["\x02hello"]);
    await xpub.send(["topic 1", "x"]);
    expect(texts(await xsub.receive())).toEqual(["topic 1", "x"]);
    await xsub.send("\x00topic");
    expect(texts(await xpub.receive())).toEqual(["\x00topic"]);
  });

  it("matches the other way round, if both sides are told so", async () => {
    const xpub = closing(new zmq.XPublisher({ invertMatching: true, receiveTimeout: 10_000 }));
    const sub = closing(new zmq.Subscriber({ invertMatching: true, receiveTimeout: 10_000 }));
    sub.subscribe("bad");
    sub.connect(await transport.bind(xpub));
    await xpub.receive();
    for (const text of ["bad news", "good news"]) await xpub.send(text);
    expect(texts(await sub.receive())).toEqual(["good news"]);
  });

  it("never waits, and says what it cannot do", async () => {
    const pub = closing(new zmq.Publisher({ sendTimeout: 0 }));
    await pub.send("nobody hears");
    expect(pub.writable).toBe(true);
    expect(await refusal(zmq)).toBe("ENOTSUP");
  });
});

/** libzmq refuses by ENOTSUP, once it tries; the addon waits for room that never comes. */
async function refusal(zmq: Zmq): Promise<string | undefined> {
  const sub = new zmq.Subscriber() as unknown as { send(message: string): Promise<void>; close(): void };
  const waiting = sub.send("x").catch((error) => error.code);
  sub.close();
  return waiting as Promise<string>;
}

onBoth("publish-subscribe, lost and found", ["tcp", "ipc"], (zmq, transport) => {
  it("subscribes again at a publisher that comes back", async () => {
    const first = new zmq.XPublisher({ receiveTimeout: 10_000, linger: 0 });
    const endpoint = await transport.bind(first);
    const sub = closing(new zmq.Subscriber({ receiveTimeout: 10_000, reconnectInterval: 10 }));
    sub.subscribe("t", "u");
    sub.connect(endpoint);
    await first.receive();
    await first.receive();
    await first.send("t1");
    expect(texts(await sub.receive())).toEqual(["t1"]);
    first.close();
    const second = closing(new zmq.XPublisher({ receiveTimeout: 10_000 }));
    await until(async () => (await codeOf(() => second.bind(endpoint))) === undefined);
    // libzmq sends its subscriptions again when somebody asks the socket for a message.
    const next = sub.receive();
    const told = [texts(await second.receive())[0], texts(await second.receive())[0]];
    expect(told.sort()).toEqual(["\x01t", "\x01u"]);
    await second.send("u2");
    expect(texts(await next)).toEqual(["u2"]);
  });
});

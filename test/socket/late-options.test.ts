/** Options that come too late, have no effect here, or cannot be had: whoever sets them is told. */
import { expect, it, onTestFinished } from "vitest";
import { closing, codeOf, onBoth, onOurs, texts, until } from "./support.js";

/** The warnings of the process from now on. */
function warnings(): string[] {
  const heard: string[] = [];
  const hear = (warning: Error) => void heard.push(warning.message);
  process.on("warning", hear);
  onTestFinished(() => void process.off("warning", hear));
  return heard;
}

onBoth("options set late", ["tcp"], (zmq, transport) => {
  it("are taken, with a warning; those that work at once without", async () => {
    const heard = warnings();
    const dealer = closing(new zmq.Dealer());
    dealer.maxMessageSize = 10;
    await transport.bind(dealer);
    dealer.linger = 5;
    dealer.sendHighWaterMark = 5;
    dealer.routingId = "late";
    expect(dealer.routingId).toBe("late");
    await until(() => heard.length > 0);
    expect(heard).toEqual(["Socket option will not take effect until next connect/bind."]);
  });

  it("are warned of while a bind is under way", async () => {
    const heard = warnings();
    const dealer = closing(new zmq.Dealer());
    const binding = dealer.bind(transport.wildcard);
    dealer.ipv6 = true;
    await binding;
    await until(() => heard.length > 0);
    expect(heard).toEqual(["Socket option will not take effect until next connect/bind."]);
  });

  it("a number that JavaScript has rounded is warned of", async () => {
    const heard = warnings();
    const dealer = closing(new zmq.Dealer());
    dealer.affinity = Number.MAX_SAFE_INTEGER;
    dealer.affinity = Number.MAX_SAFE_INTEGER + 1;
    await until(() => heard.length > 0);
    expect(heard).toEqual(["Value is larger than Number.MAX_SAFE_INTEGER and may have been rounded inaccurately."]);
  });

  it("texts may be octets, and end at their first zero", async () => {
    const dealer = closing(new zmq.Dealer());
    dealer.routingId = Buffer.from("octets") as unknown as string;
    expect(dealer.routingId).toBe("octets");
    dealer.routingId = "a\0b";
    expect(dealer.routingId).toBe("a");
    dealer.routingId = "\0";
    expect(dealer.routingId).toBe(null);
    dealer.routingId = "\0b";
    expect(dealer.routingId).toBe("");
    dealer.zapDomain = "domain";
    dealer.plainUsername = "user";
    expect([dealer.zapDomain, dealer.securityMechanism]).toEqual(["domain", "plain"]);
    dealer.plainUsername = null;
    expect(dealer.securityMechanism).toBe(null);
  });

  it("a frame over the largest size ends the connection, and comes to nobody", async () => {
    const pull = closing(new zmq.Pull({ maxMessageSize: 100, receiveTimeout: 20_000 }));
    const push = closing(new zmq.Push({ reconnectInterval: 5 }));
    let gone = 0;
    pull.events.on("disconnect", () => gone++);
    push.connect(await transport.bind(pull));
    // libzmq's own commands have to fit, too.
    const most = "m".repeat(100);
    await push.send(most);
    expect(texts(await pull.receive())).toEqual([most]);
    await push.send(`${most}!`);
    await until(() => gone > 0);
    pull.receiveTimeout = 0;
    expect(await codeOf(() => pull.receive())).toBe("EAGAIN");
  });

  it("subscriptions without a prefix are for all", async () => {
    const publisher = closing(new zmq.XPublisher({ receiveTimeout: 20_000 }));
    const subscriber = closing(new zmq.Subscriber());
    subscriber.connect(await transport.bind(publisher));
    subscriber.subscribe();
    expect(texts(await publisher.receive())).toEqual(["\x01"]);
    subscriber.unsubscribe();
    expect(texts(await publisher.receive())).toEqual(["\x00"]);
  });

  it("connects to the same address once, where libzmq does", async () => {
    const publisher = closing(new zmq.XPublisher({ receiveTimeout: 20_000 }));
    const endpoint = await transport.bind(publisher);
    let came = 0;
    publisher.events.on("handshake", () => came++);
    const once = closing(new zmq.Subscriber());
    const twice = closing(new zmq.XSubscriber());
    for (const socket of [once, twice]) for (let i = 0; i < 2; i++) socket.connect(endpoint);
    await until(() => came === 3);
    once.disconnect(endpoint);
    expect(await codeOf(() => once.disconnect(endpoint))).toBe("ENOENT");
  });
});

onOurs("options that cannot be had", ["tcp"], (zmq, transport) => {
  it.each(["socksProxy", "interface"])("%s is refused at bind and connect, with the reason", async (name) => {
    const dealer = closing(new zmq.Dealer({ [name]: "somewhere" }));
    const refusal = { code: "ENOTSUP", message: expect.stringContaining(name) };
    await expect(dealer.bind(transport.wildcard)).rejects.toMatchObject(refusal);
    expect(() => dealer.bindSync(transport.wildcard)).toThrow(expect.objectContaining(refusal));
    expect(() => dealer.connect("tcp://127.0.0.1:9")).toThrow(expect.objectContaining(refusal));
  });

  it("what has no effect is said once, however many sockets set it", async () => {
    const heard = warnings();
    for (let i = 0; i < 3; i++) await transport.bind(closing(new zmq.Dealer({ typeOfService: 8 })));
    await until(() => heard.length > 0);
    expect(heard).toEqual([expect.stringMatching(/typeOfService has no effect/)]);
  });

  it("PLAIN and CURVE are refused over ws://, where there is no mechanism", async () => {
    const dealer = closing(new zmq.Dealer({ plainServer: true }));
    await expect(dealer.bind("ws://127.0.0.1:*")).rejects.toMatchObject({ code: "ENOTSUP" });
    expect(await codeOf(() => dealer.connect("ws://127.0.0.1:9"))).toBe("ENOTSUP");
  });
});

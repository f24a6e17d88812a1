/** What comes when it is not expected: answers that are none, peers that have gone, messages that nobody wants. */
import { expect, it } from "vitest";
import { encodeMessage } from "../../src/index.js";
import { webWires } from "../../src/socket/web-wires.js";
import type { Pull } from "../../src/zeromq/index.js";
import { hello, rawListen } from "../support/raw.js";
import { closing, codeOf, onBoth, onOurs, texts, until, type Zmq } from "./support.js";

onBoth("edges", ["inproc", "tcp"], (zmq, transport) => {
  it("REP answers somebody who has gone, to nobody, and hears the next", async () => {
    const rep = closing(new zmq.Reply({ receiveTimeout: 20_000 }));
    const endpoint = await transport.bind(rep);
    const first = closing(new zmq.Request());
    first.connect(endpoint);
    await first.send("first");
    expect(texts(await rep.receive())).toEqual(["first"]);
    first.close();
    await rep.send("to nobody");
    const second = closing(new zmq.Request({ receiveTimeout: 20_000 }));
    second.connect(endpoint);
    await second.send("second");
    expect(texts(await rep.receive())).toEqual(["second"]);
    await rep.send("answer");
    expect(texts(await second.receive())).toEqual(["answer"]);
  });

  it("a ROUTER sends nothing where there is nothing behind the identity", async () => {
    const router = closing(new zmq.Router({ receiveTimeout: 20_000 }));
    const dealer = closing(new zmq.Dealer({ routingId: "me", receiveTimeout: 20_000 }));
    dealer.connect(await transport.bind(router));
    await dealer.send("hello");
    await router.receive();
    await router.send(["me"]);
    await router.send(["me", "something"]);
    expect(texts(await dealer.receive())).toEqual(["something"]);
  });

  it("a publisher hears nothing, whatever is sent to it", async () => {
    const publisher = closing(new zmq.Publisher());
    const xsub = closing(new zmq.XSubscriber({ receiveTimeout: 20_000 }));
    xsub.connect(await transport.bind(publisher));
    await xsub.send("\x02nobody's");
    await xsub.send("\x01");
    let there = false;
    const first = xsub.receive().then(texts);
    void first.then(() => {
      there = true;
    });
    await until(async () => {
      await publisher.send("news");
      return there;
    });
    expect(await first).toEqual(["news"]);
  });

  it("who is gone before anybody binds is not met", async () => {
    if (transport.scheme !== "inproc") return;
    const name = transport.wildcard;
    for (let i = 0; i < 3; i++) {
      const early = new zmq.Push({ linger: 0 });
      early.connect(name);
      early.close();
    }
    const push = closing(new zmq.Push());
    push.connect(name);
    await push.send("still here");
    const pull = closing(new zmq.Pull({ receiveTimeout: 20_000 }));
    await pull.bind(name);
    expect(texts(await pull.receive())).toEqual(["still here"]);
    const said: string[] = [];
    for (let i = 0; i < 3; i++) {
      const later = new zmq.Push({ linger: -1 });
      later.connect(name);
      await later.send(`last words ${i}`);
      later.close();
    }
    for (let i = 0; i < 3; i++) said.push(...texts(await pull.receive()));
    expect(said.sort()).toEqual([0, 1, 2].map((i) => `last words ${i}`));
  });

  it("an observer is of a socket", async () => {
    const Observer = zmq.Observer as unknown as new (socket: unknown) => object;
    for (const wrong of [1, null]) expect(() => new Observer(wrong)).toThrow("Socket must be a socket object");
    expect(() => new Observer({})).toThrow();
  });

  it("a subscription is no option of who has none", async () => {
    class Odd extends zmq.Pull {
      subscribe() {
        this.setStringOption(6, "a");
      }
    }
    expect(await codeOf(() => closing(new Odd()).subscribe())).toBe("EINVAL");
  });
});

/** Waits until its peer has gone. */
async function parted(socket: InstanceType<Zmq["Pull"]>, act: () => void): Promise<void> {
  let gone = false;
  socket.events.on("disconnect", () => {
    gone = true;
  });
  act();
  await until(() => gone);
}

onBoth("edges over a wire", ["tcp"], (zmq, transport) => {
  it("what a peer has sent is heard after its end, by who was bound and by who connected", async () => {
    for (const binds of [true, false]) {
      const pull = closing(new zmq.Pull({ receiveTimeout: 20_000 }));
      const push = new zmq.Push({ linger: -1 });
      if (binds) push.connect(await transport.bind(pull));
      else pull.connect(await transport.bind(push));
      for (let i = 0; i < 3; i++) await push.send([`${i}`, "body"]);
      await until(() => pull.readable);
      await parted(pull, () => push.close());
      for (let i = 0; i < 3; i++) expect(texts(await pull.receive())).toEqual([`${i}`, "body"]);
    }
  });
});

type Batched = { receiveBatch(): Promise<{ toMessages?(): unknown; length: number; payload(i: number): Uint8Array }> };

// Not on libzmq, which has no batches.
onOurs("edges of batches", ["tcp"], (zmq, transport) => {
  const batched = (socket: unknown) => socket as Batched & AsyncIterable<unknown>;
  const payloads = (batch: { length: number; payload(i: number): Uint8Array }) =>
    Array.from({ length: batch.length }, (_, i) => String(Buffer.from(batch.payload(i))));

  it("are asked for by one at a time, and of nobody who is closed", async () => {
    const pull = closing(new zmq.Pull());
    const waiting = codeOf(() => batched(pull).receiveBatch());
    expect(await codeOf(() => batched(pull).receiveBatch())).toBe("EBUSY");
    pull.close();
    expect(await waiting).toBe("EAGAIN");
    expect(await codeOf(() => batched(pull).receiveBatch())).toBe("EBADF");
    for await (const batch of (pull as unknown as Pull).batches()) expect(batch).toBeUndefined();
  });

  it("hold the last message alone of a socket that conflates", async () => {
    const pull = closing(new zmq.Pull({ conflate: true, receiveTimeout: 20_000 }));
    const push = closing(new zmq.Push({ sendHighWaterMark: 0 }));
    push.connect(await transport.bind(pull));
    for (let i = 0; i < 50; i++) await push.send([`${i}`, "body"]);
    let last: string[] = [];
    while (last[0] !== "49") {
      last = payloads(await batched(pull).receiveBatch());
      expect(last).toHaveLength(2);
    }
    expect(last).toEqual(["49", "body"]);
  });

  it("give what a peer has sent after its end", async () => {
    const pull = closing(new zmq.Pull({ receiveTimeout: 20_000 }));
    const push = new zmq.Push({ linger: -1 });
    push.connect(await transport.bind(pull));
    for (let i = 0; i < 3; i++) await push.send(`${i}`);
    await until(() => pull.readable);
    await parted(pull, () => push.close());
    const heard: string[] = [];
    while (heard.length < 3) heard.push(...payloads(await batched(pull).receiveBatch()));
    expect(heard).toEqual(["0", "1", "2"]);
  });

  it("are, of a subscriber, what it wants alone", async () => {
    const endpoint = await rawListen((socket) => {
      socket.on("error", () => {});
      socket.write(hello("PUB"));
      for (const topic of ["b0", "a1", "b1", "a2", "c1", "a3"]) socket.write(encodeMessage([topic, "body"]));
    });
    const subscriber = closing(new zmq.Subscriber({ receiveTimeout: 20_000 }));
    subscriber.subscribe("a");
    subscriber.connect(endpoint);
    const heard: string[] = [];
    while (heard.length < 6) heard.push(...payloads(await batched(subscriber).receiveBatch()));
    expect(heard).toEqual(["a1", "body", "a2", "body", "a3", "body"]);
  });

  it("many messages are sent as there is room", async () => {
    const pull = closing(new zmq.Pull({ receiveHighWaterMark: 1, receiveTimeout: 20_000 }));
    const push = closing(new zmq.Push({ sendHighWaterMark: 1 })) as unknown as {
      connect(address: string): void;
      sendMany(messages: Iterable<string>): Promise<void>;
    };
    push.connect(await transport.bind(pull));
    const all = Array.from({ length: 2000 }, (_, i) => `${i}`);
    const sent = push.sendMany(all);
    for (const text of all) expect(texts(await pull.receive())).toEqual([text]);
    await sent;
  });

  it("PLAIN lets nobody in where nobody has bound the handler", async () => {
    const pull = closing(new zmq.Pull({ plainServer: true }));
    const told: unknown[] = [];
    pull.events.on("handshake", () => told.push("in"));
    pull.events.on("disconnect", () => told.push("out"));
    await transport.bind(pull);
    const push = closing(new zmq.Push({ plainUsername: "ann", plainPassword: "x", reconnectInterval: 20 }));
    push.connect(pull.lastEndpoint as string);
    await until(() => told.length > 0);
    expect(told[0]).toBe("out");
  });

  it("a page reaches others over ws:// alone, and binds nothing", async () => {
    expect(() => webWires.connect("tcp://127.0.0.1:1", {} as never, new Uint8Array(0))).toThrow(
      expect.objectContaining({ code: "EPROTONOSUPPORT" }),
    );
    await expect(webWires.bind("ws://127.0.0.1:1", {} as never)).rejects.toMatchObject({ code: "ENOTSUP" });
    expect(() => webWires.bindSync("ws://127.0.0.1:1", {} as never)).toThrow(/there are no servers here/);
  });
});

// Not on libzmq: a peer that only talks it does not hear out, and an answer that is none costs it a try.
onOurs("edges", ["tcp"], (zmq, transport) => {
  it("REQ passes over what is no answer, and hears the one that is", async () => {
    for (const correlate of [false, true]) {
      const router = closing(new zmq.Router({ receiveTimeout: 20_000 }));
      const req = closing(new zmq.Request({ correlate, relaxed: correlate, receiveTimeout: 20_000 }));
      req.connect(await transport.bind(router));
      await req.send("question");
      const [from, ...envelope] = await router.receive();
      envelope.pop();
      for (const wrong of [["no delimiter"], ["x", "y"], [""], ["short number", "z"]])
        await router.send([from, ...wrong]);
      await router.send([from, ...envelope, "answer"]);
      // libzmq says EAGAIN each time that it has looked at one that is none.
      let heard: string[] = [];
      await until(async () => {
        heard = await req.receive().then(texts, () => []);
        return heard.length > 0;
      });
      expect(heard).toEqual(["answer"]);
    }
  });

  it("a peer that is silent is let go after the heartbeat's time", async () => {
    const endpoint = await rawListen((socket) => {
      socket.on("error", () => {});
      socket.write(hello("PUSH"));
    });
    for (const heartbeatTimeout of [0, 50]) {
      const pull = closing(new zmq.Pull({ heartbeatInterval: 20, heartbeatTimeout, handshakeInterval: 0 }));
      await parted(pull, () => pull.connect(endpoint));
    }
  });

  it("a subscriber hears what it wants, of a publisher that sends whatever it has", async () => {
    const endpoint = await rawListen((socket) => {
      socket.on("error", () => {});
      socket.write(hello("PUB"));
      for (const topic of ["a1", "b1", "a2", "c1", "a3"]) socket.write(encodeMessage([topic, "body"]));
    });
    const subscriber = closing(new zmq.Subscriber({ receiveTimeout: 20_000 }));
    subscriber.subscribe("a");
    subscriber.connect(endpoint);
    for (let i = 1; i < 4; i++) expect(texts(await subscriber.receive())).toEqual([`a${i}`, "body"]);
  });
});

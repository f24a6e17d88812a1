/**
 * What a proxy passes on by the run: every message, in its order, to whom it would have come alone. RFC 28 to 30. On ours
 * alone: libzmq's steerable proxy aborts the process now and then ("Assertion failed: pfd.revents & POLLIN").
 */
import { describe, expect, it } from "vitest";
import {
  Dealer,
  Proxy as Forwarder,
  Pair,
  Publisher,
  Pull,
  Push,
  Router,
  type Socket,
  Subscriber,
  XPublisher,
  XSubscriber,
} from "../../src/zeromq/index.js";
import { closing, codeOf, Transport, texts, until } from "./support.js";

const COUNT = 500;
const TIMEOUT = { receiveTimeout: 20_000 };

/** A message of one to three frames, some longer than what is copied. */
const message = (i: number) => [`${i}`, "x".repeat((i % 7) * 400), "end"].slice(0, 1 + (i % 3));
const messages = Array.from({ length: COUNT }, (_, i) => message(i));

/** Runs a proxy between two sockets until the test is over. */
function forwarding<F extends Socket, B extends Socket>(front: F, back: B): Forwarder<F, B> {
  const proxy = new Forwarder(closing(front), closing(back));
  void proxy.run();
  return proxy;
}

type Receiving = { receive(): Promise<Uint8Array[]> };

/** So many messages, but for those that begin with `except`. */
async function receive(from: Receiving, count: number, except?: string): Promise<string[][]> {
  const heard: string[][] = [];
  while (heard.length < count) {
    const message = texts(await from.receive());
    if (message[0] !== except) heard.push(message);
  }
  return heard;
}

const WAYS = ["tcp", "inproc", "ws"].flatMap((front) => ["tcp", "inproc", "ws"].map((back) => [front, back] as const));

describe.each(WAYS)("a proxy from %s to %s", (frontScheme, backScheme) => {
  const ways = [new Transport(frontScheme), new Transport(backScheme)] as const;

  /** Binds both sockets. */
  async function bound(front: Socket, back: Socket): Promise<[front: string, back: string]> {
    return [await ways[0].bind(front), await ways[1].bind(back)];
  }

  it("passes PUSH's messages on to the one PULL, in their order", async () => {
    const [front, back] = [new Pull(), new Push()];
    const [forPush, forPull] = await bound(front, back);
    const push = closing(new Push());
    const pull = closing(new Pull(TIMEOUT));
    push.connect(forPush);
    await push.sendMany(messages);
    pull.connect(forPull);
    forwarding(front, back);
    expect(await receive(pull, COUNT)).toEqual(messages);
  });

  it("passes both ways between PAIRs", async () => {
    const [front, back] = [new Pair(), new Pair()];
    const [one, other] = await bound(front, back);
    const peers = [closing(new Pair(TIMEOUT)), closing(new Pair(TIMEOUT))];
    peers[0].connect(one);
    peers[1].connect(other);
    forwarding(front, back);
    const sending = peers.map(async (peer) => {
      for (const each of messages) await peer.send(each);
    });
    for (const peer of peers) expect(await receive(peer, COUNT)).toEqual(messages);
    await Promise.all(sending);
  });

  it("gives each of several workers its turn, message by message", async () => {
    const [front, back] = [new Pull(), new Push()];
    const [forPush, forPull] = await bound(front, back);
    const workers = [closing(new Pull(TIMEOUT)), closing(new Pull(TIMEOUT))];
    for (const worker of workers) worker.connect(forPull);
    const there = workers.map(async (worker) => expect(texts(await worker.receive())).toEqual(["there"]));
    let both = false;
    void Promise.all(there).then(() => {
      both = true;
    });
    await until(async () => {
      await back.send("there");
      return both;
    });
    await Promise.all(there);
    const push = closing(new Push());
    push.connect(forPush);
    await push.sendMany(messages);
    forwarding(front, back);
    const heard = await Promise.all(workers.map((worker) => receive(worker, COUNT / 2, "there")));
    const halves = [0, 1].map((odd) => messages.filter((_, i) => i % 2 === odd));
    expect(heard[0][0][0] === "0" ? heard : heard.reverse()).toEqual(halves);
  });

  it("leads the answers back to whoever has asked", async () => {
    const [front, back] = [new Router(), new Dealer()];
    const [forClients, forServers] = await bound(front, back);
    const clients = [{}, { routingId: "named" }].map((own) => closing(new Dealer({ ...own, ...TIMEOUT })));
    const server = closing(new Router(TIMEOUT));
    server.connect(forServers);
    for (const [who, client] of clients.entries()) {
      client.connect(forClients);
      await client.sendMany(messages.map((each) => [`${who}`, ...each]));
    }
    forwarding(front, back);
    const answered = (async () => {
      for (let i = 0; i < 2 * COUNT; i++) await server.send(await server.receive());
    })();
    for (const [who, client] of clients.entries()) {
      expect(await receive(client, COUNT)).toEqual(messages.map((each) => [`${who}`, ...each]));
    }
    await answered;
  });

  it("gives each subscriber what it wants, and nothing twice", async () => {
    const [front, back] = [new XSubscriber(), new XPublisher({ sendHighWaterMark: 0 })];
    const [forPublisher, forSubscribers] = await bound(front, back);
    const publisher = closing(new Publisher({ sendHighWaterMark: 0 }));
    publisher.connect(forPublisher);
    forwarding(front, back);
    const wishes = [["1", "12"], ["2"], [""]];
    const subscribers = wishes.map((prefixes) => {
      const subscriber = closing(new Subscriber({ receiveHighWaterMark: 0, ...TIMEOUT }));
      subscriber.connect(forSubscribers);
      subscriber.subscribe(...prefixes, "there");
      return subscriber;
    });
    // What is published before their wishes have come through nobody hears.
    const there = subscribers.map(() => false);
    const heard = await Promise.all([
      (async () => {
        await until(async () => {
          await publisher.send("there");
          return there.every(Boolean);
        });
        for (const each of messages) await publisher.send(each);
        await publisher.send("there, and over");
      })(),
      ...subscribers.map(async (subscriber, i) => {
        const found: string[][] = [];
        for (;;) {
          const [first, ...rest] = texts(await subscriber.receive());
          there[i] = true;
          if (first === "there, and over") return found;
          if (first !== "there") found.push([first, ...rest]);
        }
      }),
    ]);
    for (const [i, prefixes] of wishes.entries()) {
      const wanted = messages.filter(([topic]) => prefixes.some((prefix) => topic.startsWith(prefix)));
      expect(heard[i + 1]).toEqual(wanted);
    }
  });
});

describe("a proxy", () => {
  const tcp = new Transport("tcp");

  it("keeps to the mark of a peer that is not there", async () => {
    const MARK = 5;
    const [front, back] = [new Pull(), new Push({ sendHighWaterMark: MARK, linger: 0 })];
    const later = new Pull(TIMEOUT);
    const endpoint = await tcp.bind(later);
    const nowhere = new Pull();
    const nobody = await tcp.bind(nowhere);
    nowhere.close();
    back.connect(nobody);
    back.connect(endpoint);
    const push = closing(new Push());
    push.connect(await tcp.bind(front));
    await push.sendMany(messages);
    forwarding(front, back);
    closing(later);
    expect(await receive(later, COUNT - MARK)).toHaveLength(COUNT - MARK);
    later.receiveTimeout = 100;
    expect(await codeOf(() => later.receive())).toBe("EAGAIN");
  });

  it("moves nothing while it is paused, and goes on where it was", async () => {
    const [front, back] = [new Pull(), new Push({ sendHighWaterMark: 1 })];
    const [forPush, forPull] = [await tcp.bind(front), await tcp.bind(back)];
    const push = closing(new Push());
    push.connect(forPush);
    await push.sendMany(messages);
    const proxy = forwarding(front, back);
    const pull = closing(new Pull({ receiveHighWaterMark: 1, ...TIMEOUT }));
    pull.connect(forPull);
    expect(await receive(pull, 10)).toEqual(messages.slice(0, 10));
    proxy.pause();
    proxy.resume();
    expect(await receive(pull, COUNT - 10)).toEqual(messages.slice(10));
  });

  it.each([
    ["by the run", () => new Pull(), () => new Push()],
    ["message by message", () => new Router(), () => new Dealer({ routingId: "who" })],
  ])("rejects, %s, if a mandatory ROUTER does not know whom a message is for", async (_how, front, sender) => {
    const [from, to] = [front(), new Router({ mandatory: true })];
    const somebody = closing(new Dealer());
    somebody.connect(await tcp.bind(to));
    await until(() => to.writable);
    const sending = closing(sender());
    sending.connect(await tcp.bind(from));
    await sending.send(["nobody", "a message"]);
    expect(await codeOf(() => new Forwarder(closing(from), closing(to)).run())).toBe("EHOSTUNREACH");
    expect([from.closed, to.closed]).toEqual([true, true]);
  });
});

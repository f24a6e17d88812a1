/** REQ, REP, DEALER and ROUTER. RFC 28. */
import { expect, it } from "vitest";
import { closing, codeOf, onBoth, texts, until } from "./support.js";

onBoth("request-reply", ["inproc", "tcp"], (zmq, transport) => {
  it("asks and answers in turns", async () => {
    const rep = closing(new zmq.Reply({ receiveTimeout: 10_000, sendTimeout: 0 }));
    const req = closing(new zmq.Request({ receiveTimeout: 10_000, sendTimeout: 0 }));
    expect(await codeOf(() => rep.send("unasked"))).toBe("EFSM");
    req.connect(await transport.bind(rep));
    req.receiveTimeout = 0;
    expect(await codeOf(() => req.receive())).toBe("EFSM");
    req.receiveTimeout = 10_000;
    req.sendTimeout = 10_000;
    await req.send(["one", ""]);
    req.sendTimeout = 0;
    expect(await codeOf(() => req.send("two"))).toBe("EFSM");
    expect(texts(await rep.receive())).toEqual(["one", ""]);
    rep.receiveTimeout = 0;
    expect(await codeOf(() => rep.receive())).toBe("EFSM");
    await rep.send(["", "answer"]);
    expect(texts(await req.receive())).toEqual(["", "answer"]);
  });

  it("asks its peers in turn", async () => {
    const req = closing(new zmq.Request({ receiveTimeout: 10_000 }));
    const reps = [0, 1, 2].map(() => closing(new zmq.Reply({ receiveTimeout: 10_000 })));
    for (const rep of reps) req.connect(await transport.bind(rep));
    for (let i = 0; i < 6; i++) {
      await req.send(`question ${i}`);
      expect(texts(await reps[i % 3].receive())).toEqual([`question ${i}`]);
      await reps[i % 3].send(`answer ${i}`);
      expect(texts(await req.receive())).toEqual([`answer ${i}`]);
    }
  });

  it("answers through an envelope of any depth", async () => {
    const rep = closing(new zmq.Reply({ receiveTimeout: 10_000 }));
    const dealer = closing(new zmq.Dealer({ receiveTimeout: 10_000 }));
    dealer.connect(await transport.bind(rep));
    await dealer.send(["no delimiter"]);
    await dealer.send(["who", "else", "", "body", "more"]);
    let asked: Buffer[] | undefined;
    // The addon's receive() rejects with EAGAIN, in no time, where it was woken for nothing but what has no delimiter.
    await until(async () => {
      return (await codeOf(async () => (asked = await rep.receive()))) !== "EAGAIN";
    });
    expect(texts(asked ?? [])).toEqual(["body", "more"]);
    await rep.send("ok");
    expect(texts(await dealer.receive())).toEqual(["who", "else", "", "ok"]);
  });

  it("drops what is no answer", async () => {
    const router = closing(new zmq.Router({ receiveTimeout: 10_000 }));
    const req = closing(new zmq.Request({ receiveTimeout: 10_000 }));
    req.connect(await transport.bind(router));
    await req.send("question");
    const [from, delimiter, body] = await router.receive();
    expect([delimiter.length, body.toString()]).toEqual([0, "question"]);
    await router.send([from, "", "answer"]);
    expect(texts(await req.receive())).toEqual(["answer"]);
    await router.send([from, "", "late"]);
    await req.send("next");
    const [, , next] = await router.receive();
    expect(next.toString()).toBe("next");
    await router.send([from, "", "right"]);
    const heard = texts(await req.receive())[0];
    // What came before the question went out is dropped; what was on its way then may be taken for the answer.
    expect(transport.scheme === "inproc" ? ["right"] : ["right", "late"]).toContain(heard);
  });

  it("tells answers apart by numbers, if it correlates", async () => {
    const router = closing(new zmq.Router({ receiveTimeout: 10_000 }));
    const req = closing(new zmq.Request({ correlate: true, relaxed: true, receiveTimeout: 10_000 }));
    req.connect(await transport.bind(router));
    await req.send("first");
    const [from, first, delimiter] = await router.receive();
    expect([first.length, delimiter.length]).toEqual([4, 0]);
    await req.send("second");
    const [, second] = await router.receive();
    expect(second.equals(first)).toBe(false);
    await router.send([from, first, "", "to the first"]);
    await router.send([from, second, "", "to the second"]);
    // libzmq says EAGAIN when it has looked at the one answer that is none, and the other is still on its way.
    let heard: string[] | undefined;
    await until(async () => {
      heard = await req.receive().then(texts, () => undefined);
      return heard !== undefined;
    });
    expect(heard).toEqual(["to the second"]);
  });
});

onBoth("ROUTER", ["inproc", "tcp"], (zmq, transport) => {
  it("knows peers by their identity, and makes one up for those that have none", async () => {
    const router = closing(new zmq.Router({ receiveTimeout: 10_000 }));
    const endpoint = await transport.bind(router);
    const named = closing(new zmq.Dealer({ routingId: "me", receiveTimeout: 10_000 }));
    const nameless = closing(new zmq.Dealer({ receiveTimeout: 10_000 }));
    named.connect(endpoint);
    await named.send("1");
    expect(texts(await router.receive())).toEqual(["me", "1"]);
    nameless.connect(endpoint);
    await nameless.send("2");
    const [identity, body] = await router.receive();
    expect([identity.length, identity[0], body.toString()]).toEqual([5, 0, "2"]);
    await router.send([identity, "", "to you"]);
    await router.send(["me", "to me"]);
    await router.send(["nobody", "lost"]);
    expect(texts(await nameless.receive())).toEqual(["", "to you"]);
    expect(texts(await named.receive())).toEqual(["to me"]);
  });

  it("says who cannot be reached, if that is mandatory", async () => {
    const router = closing(new zmq.Router({ mandatory: true, sendTimeout: 0, receiveTimeout: 10_000 }));
    const endpoint = await transport.bind(router);
    expect(await codeOf(() => router.send(["nobody", "x"]))).toBe("EHOSTUNREACH");
    const dealer = closing(new zmq.Dealer({ routingId: "here" }));
    dealer.connect(endpoint);
    await dealer.send("hello");
    await router.receive();
    expect(await codeOf(() => router.send(["here", "x"]))).toBeUndefined();
    dealer.close();
    await until(async () => (await codeOf(() => router.send(["here", "x"]))) === "EHOSTUNREACH");
  });

  it("keeps an identity for who had it first, or hands it over", async () => {
    for (const handover of [false, true]) {
      const router = closing(new zmq.Router({ handover, receiveTimeout: 10_000 }));
      const endpoint = await transport.bind(router);
      const first = closing(new zmq.Dealer({ routingId: "X", receiveTimeout: 10_000 }));
      first.connect(endpoint);
      await first.send("first");
      expect(texts(await router.receive())).toEqual(["X", "first"]);
      const second = closing(new zmq.Dealer({ routingId: "X", receiveTimeout: 10_000 }));
      second.connect(endpoint);
      await second.send("second");
      if (handover) expect(texts(await router.receive())).toEqual(["X", "second"]);
      else {
        router.receiveTimeout = 200;
        expect(await codeOf(() => router.receive())).toBe("EAGAIN");
      }
      await router.send(["X", "to X"]);
      expect(texts(await (handover ? second : first).receive())).toEqual(["to X"]);
    }
  });

  it("is found, and finds, by a probe", async () => {
    const router = closing(new zmq.Router({ receiveTimeout: 10_000 }));
    const dealer = closing(new zmq.Dealer({ probeRouter: true, routingId: "prober", receiveTimeout: 10_000 }));
    dealer.connect(await transport.bind(router));
    expect(texts(await router.receive())).toEqual(["prober", ""]);
    await router.send(["prober", "welcome"]);
    expect(texts(await dealer.receive())).toEqual(["welcome"]);
  });

  it("calls a peer that it connects to as it is told", async () => {
    const rep = closing(new zmq.Dealer({ receiveTimeout: 10_000, routingId: "own name" }));
    const endpoint = await transport.bind(rep);
    const router = closing(new zmq.Router({ mandatory: true, receiveTimeout: 10_000 }));
    router.connect(endpoint, { routingId: "our name" });
    await router.send(["our name", "hi"]);
    expect(texts(await rep.receive())).toEqual(["hi"]);
    await rep.send("back");
    expect(texts(await router.receive())).toEqual(["our name", "back"]);
  });
});

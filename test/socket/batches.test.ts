/** Messages by the run, which the `zeromq` package does not have: a ROUTER's runs say whom they are from. RFC 28. */
import { expect, it } from "vitest";
import { Dealer, Pull, Push, Router, Subscriber, XPublisher } from "../../src/zeromq/index.js";
import { closing, codeOf, onOurs, until } from "./support.js";

const COUNT = 40;

// The addon has no runs to compare with.
onOurs("runs", ["inproc", "tcp"], (_, transport) => {
  it("gives a ROUTER each peer's messages in order, with the identity of their sender", async () => {
    const router = closing(new Router({ receiveTimeout: 10_000 }));
    const endpoint = await transport.bind(router);
    const names = ["left", "right"];
    for (const name of names) {
      const dealer = closing(new Dealer({ routingId: name }));
      dealer.connect(endpoint);
      await dealer.sendMany(Array.from({ length: COUNT }, (_, i) => [`${name} ${i}`, "x".repeat(i)]));
    }
    const heard: Record<string, string[]> = { left: [], right: [] };
    for await (const { identity, batch } of router.batches()) {
      expect(Buffer.isBuffer(identity)).toBe(true);
      for (let i = 0; i < batch.length; i++) heard[identity.toString()].push(Buffer.from(batch.payload(i)).toString());
      // What is the caller's own may be changed without harm to the next one.
      identity.fill(0);
      if (names.every((name) => heard[name].length === 2 * COUNT)) break;
    }
    for (const name of names) {
      expect(heard[name]).toEqual(Array.from({ length: COUNT }, (_, i) => [`${name} ${i}`, "x".repeat(i)]).flat());
    }
  });

  it("lets a ROUTER wait for a run, for no longer than it is told, and mix runs with messages", async () => {
    const router = closing(new Router({ receiveTimeout: 20 }));
    const dealer = closing(new Dealer({ routingId: "peer" }));
    dealer.connect(await transport.bind(router));
    expect(await codeOf(() => router.receiveBatch())).toBe("EAGAIN");
    router.receiveTimeout = 10_000;
    const waited = router.receiveBatch();
    expect(await codeOf(() => router.receive())).toBe("EBUSY");
    await dealer.send("one");
    const { identity, batch } = await waited;
    expect([identity.toString(), batch.length, Buffer.from(batch.payload(0)).toString()]).toEqual(["peer", 1, "one"]);
    await dealer.send("two");
    expect((await router.receive()).map(String)).toEqual(["peer", "two"]);
  });

  it("gives a SUB that waits every run, and only what it has subscribed to", async () => {
    const xpub = closing(new XPublisher());
    const sub = closing(new Subscriber({ receiveTimeout: 10_000 }));
    sub.connect(await transport.bind(xpub));
    sub.subscribe("a");
    await xpub.receive();
    const heard: string[] = [];
    const reading = (async () => {
      for await (const batch of sub.batches()) {
        for (let i = 0; i < batch.length; i++) heard.push(Buffer.from(batch.payload(i)).toString());
        if (heard.at(-1) === "a last") return;
      }
    })();
    // The first meets somebody who waits; those behind it come together.
    await xpub.send("a first");
    await until(() => heard.length === 1);
    for (const text of ["a second", "b", "a third", "a last"]) await xpub.send(text);
    await reading;
    expect(heard).toEqual(["a first", "a second", "a third", "a last"]);
  });

  it("gives a PULL that conflates the last message alone", async () => {
    const pull = closing(new Pull({ conflate: true, receiveTimeout: 10_000 }));
    const push = closing(new Push());
    push.connect(await transport.bind(pull));
    await push.sendMany(["1", "2", "3"]);
    const seen: string[] = [];
    await until(async () => {
      const batch = await pull.receiveBatch();
      expect(batch.length).toBe(1);
      seen.push(Buffer.from(batch.payload(0)).toString());
      return seen.at(-1) === "3";
    });
  });
});

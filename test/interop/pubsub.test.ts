/** Subscriptions: ours at libzmq's publishers, and libzmq's at ours. */
import { describe, expect, it } from "vitest";
import { Publisher, Subscriber, XPublisher, XSubscriber } from "zeromq";
import { codecs } from "../support/codecs.js";
import { meet, opened } from "../support/libzmq.js";
import type { Wire } from "../support/wire.js";

/** What an XPUB tells of a subscription. */
const on = (prefix: string) => `\x01${prefix}`;
const off = (prefix: string) => `\x00${prefix}`;

describe.each(codecs)("$name codec", (codec) => {
  describe.each(["SUB", "XSUB"] as const)("our %s", (socketType) => {
    it.each(["", "a", "weather.", "\x00\x01", "Grüße", "x".repeat(255), "x".repeat(300)])(
      "subscribes to %j at libzmq's XPUB and cancels",
      async (prefix) => {
        const theirs = opened(new XPublisher());
        const wire = await meet({ socketType, codec }, theirs);

        await wire.write(wire.session.subscribe(prefix));
        expect((await theirs.receive()).map(String)).toEqual([on(prefix)]);
        await theirs.send([`${prefix}1`, "body"]);
        expect((await wire.message()).map(String)).toEqual([`${prefix}1`, "body"]);

        await wire.write(wire.session.cancel(prefix));
        expect((await theirs.receive()).map(String)).toEqual([off(prefix)]);
        await wire.write(wire.session.subscribe("last"));
        expect((await theirs.receive()).map(String)).toEqual([on("last")]);
        await theirs.send([`${prefix}2`, "body"]);
        await theirs.send("last words");
        expect((await wire.message()).map(String)).toEqual(["last words"]);
      },
    );

    it("gets from libzmq's XPUB what begins with one of its prefixes", async () => {
      const theirs = opened(new XPublisher());
      const wire = await meet({ socketType, codec }, theirs);

      for (const prefix of ["ab", "c"]) {
        await wire.write(wire.session.subscribe(prefix));
        expect((await theirs.receive()).map(String)).toEqual([on(prefix)]);
      }
      for (const text of ["a", "ab", "abc", "b", "", "cd", "ac"]) await theirs.send(text);
      await theirs.send(["b", "ab"]);
      await theirs.send(["c", "b"]);
      const heard: string[][] = [];
      for (let i = 0; i < 4; i++) heard.push((await wire.message()).map(String));
      expect(heard).toEqual([["ab"], ["abc"], ["cd"], ["c", "b"]]);
    });

    it("subscribes and cancels at libzmq's PUB", async () => {
      const theirs = opened(new Publisher());
      const wire = await meet({ socketType, codec }, theirs);

      await wire.write(wire.session.subscribe("a"));
      await publishUntilHeard(wire, theirs, "a");
      await wire.write(wire.session.cancel("a"));
      await wire.write(wire.session.subscribe("b"));
      // Subscriptions take effect in order: once "b" is heard, "a" is no more.
      await publishUntilHeard(wire, theirs, "b");
      for (const text of ["a 1", "b 1", "c 1", "a 2", "b 2"]) await theirs.send(text);
      let text: string;
      do text = String(await wire.message());
      while (text === "a" || text === "b");
      expect(text).toBe("b 1");
      expect(String(await wire.message())).toBe("b 2");
    });
  });

  describe.each(["PUB", "XPUB"] as const)("our %s", (socketType) => {
    it("sees libzmq's SUB subscribe and cancel", async () => {
      const theirs = opened(new Subscriber());
      theirs.subscribe("a", "", "x".repeat(300));
      const wire = await meet({ socketType, codec }, theirs);

      // libzmq sends its subscriptions when the application looks after the socket.
      const heard = theirs.receive();
      const first = [await wire.next("Command"), await wire.next("Command"), await wire.next("Command")];
      expect(first.map(subscription).sort()).toEqual(["SUBSCRIBE ", "SUBSCRIBE a", `SUBSCRIBE ${"x".repeat(300)}`]);
      await wire.send("anything");
      expect((await heard).map(String)).toEqual(["anything"]);

      theirs.unsubscribe("", "a");
      theirs.subscribe("b");
      const then = [await wire.next("Command"), await wire.next("Command"), await wire.next("Command")];
      expect(then.map(subscription)).toEqual(["CANCEL ", "CANCEL a", "SUBSCRIBE b"]);
      // We send everything; libzmq takes what it subscribed to.
      for (const text of ["a", "c", "", "bc"]) await wire.send([text, "body"]);
      await wire.send(["x".repeat(301), "body"]);
      expect((await theirs.receive()).map(String)).toEqual(["bc", "body"]);
      expect((await theirs.receive()).map(String)).toEqual(["x".repeat(301), "body"]);
    });

    it("sees libzmq's XSUB subscribe before it connects", async () => {
      const theirs = opened(new XSubscriber());
      await theirs.send(on("news"));
      const wire = await meet({ socketType, codec }, theirs);

      const heard = theirs.receive();
      expect(subscription(await wire.next("Command"))).toBe("SUBSCRIBE news");
      await wire.send("news!");
      expect((await heard).map(String)).toEqual(["news!"]);
    });

    // libzmq's XSUB passes on what the application gave it: a message, whatever the version. Every proxy does this.
    it("sees libzmq's XSUB subscribe and cancel while it is connected", async () => {
      const theirs = opened(new XSubscriber());
      const wire = await meet({ socketType, codec }, theirs);
      await welcome(wire, theirs);

      await theirs.send(on("news"));
      await theirs.send(off("news"));
      await theirs.send("upstream");
      expect((await wire.message()).map(String)).toEqual(["upstream"]);
      expect(subscription(await wire.next("Command"))).toBe("SUBSCRIBE news");
      expect(subscription(await wire.next("Command"))).toBe("CANCEL news");
    });

    it("hears what libzmq's XSUB has to say", async () => {
      const theirs = opened(new XSubscriber());
      const wire = await meet({ socketType, codec }, theirs);
      await welcome(wire, theirs);

      await theirs.send(["upstream", "and more"]);
      expect((await wire.message()).map(String)).toEqual(["upstream", "and more"]);
    });
  });
});

function subscription({ name, data }: { name: string; data: Uint8Array }): string {
  return `${name} ${Buffer.from(data)}`;
}

/** An XSUB speaks to those it knows of: it knows us once it has heard us, subscribed or not. */
async function welcome(wire: Wire, theirs: XSubscriber): Promise<void> {
  await wire.send("welcome");
  expect((await theirs.receive()).map(String)).toEqual(["welcome"]);
}

/** A PUB tells nobody when a subscription has reached it: it repeats itself until it is heard. */
async function publishUntilHeard(wire: Wire, theirs: Publisher, text: string): Promise<void> {
  const heard = () =>
    wire.events.some((event) => event.type === "Frame" && Buffer.from(event.frame.payload).equals(Buffer.from(text)));
  while (!heard()) {
    await theirs.send(text);
    await wire.write(wire.session.ping());
    await wire.next("Command");
  }
}

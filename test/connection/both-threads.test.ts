/** A connection in another thread, both of whose ends are in this one: what is said across comes a turn later. */
import { describe, expect, it } from "vitest";
import { encodeCommand, encodeFrame, encodeMessage } from "../../src/index.js";
import { ends, until } from "../support/both-threads.js";
import { ascii, bytes, concat, pattern, same, text } from "../support/pieces.js";

const REASON = new Error("enough");

describe("a connection in another thread", () => {
  it("carries messages both ways, small and large, one of many frames among them", async () => {
    const both = ends({ socketType: "PAIR" }, { peer: "PAIR" });
    await both.met();
    expect(both.remote.peer).toMatchObject({ socketType: "PAIR", mechanism: "NULL" });
    const messages = [["a"], ["b", "", "c"], [pattern(300_000)], Array<string>(20_000).fill("x"), ["last"]];
    const wanted = concat(...messages.map((message) => encodeMessage(message)));
    both.link.reception.received(wanted);
    for (const message of messages) {
      const { value } = await both.remote.inbox.nextMessage();
      expect(same(encodeMessage(value as Uint8Array[]), encodeMessage(message))).toBe(true);
    }
    for (const message of messages) both.remote.sender.send(message);
    await until(() => both.said().length === wanted.length);
    expect(same(both.said(), wanted)).toBe(true);
  });

  it("closes behind what was sent, and is over when the transport is", async () => {
    const both = ends({ socketType: "PAIR" }, { peer: "PAIR" });
    await both.met();
    both.remote.sender.send("last");
    const closing = both.remote.close();
    void both.remote.close();
    await until(() => both.transport.asked.includes("finish"));
    expect(both.said()).toEqual(encodeFrame("last"));
    expect(both.endings).toEqual([]);
    both.link.reception.gone();
    await closing;
    expect(both.endings).toEqual([{ by: "close", error: undefined, unsent: 0 }]);
    expect([both.left, both.holds()]).toEqual([[7], 0]);
  });

  it("may still answer a peer that has closed, and closes once somebody asks for more", async () => {
    const both = ends({ socketType: "PAIR" }, { peer: "PAIR" });
    await both.met();
    both.remote.reading(1);
    both.link.reception.received(encodeMessage("question"));
    both.link.reception.ended();
    const { value } = await both.remote.inbox.nextMessage();
    expect(value?.map(text)).toEqual(["question"]);
    both.remote.sender.send("answer");
    const more = both.remote.inbox.nextMessage();
    await until(() => both.transport.asked.includes("finish"));
    expect(both.said()).toEqual(encodeFrame("answer"));
    both.link.reception.gone();
    expect((await more).done).toBe(true);
    await until(() => both.endings.length > 0);
    expect(both.endings).toEqual([{ by: "peer", error: undefined, unsent: 0 }]);
  });

  it("closes for a peer that has closed where nobody reads and nothing waits", async () => {
    const both = ends({ socketType: "PAIR" }, { peer: "PAIR" });
    await both.met();
    both.link.reception.ended();
    await until(() => both.transport.asked.includes("finish"));
    both.link.reception.gone();
    await until(() => both.endings.length > 0);
    expect(both.endings).toEqual([{ by: "peer", error: undefined, unsent: 0 }]);
  });

  it("is destroyed at once here, and there a turn later", async () => {
    const both = ends({ socketType: "PAIR" }, { peer: "PAIR" });
    await both.met();
    both.remote.destroy(REASON);
    both.remote.destroy();
    await both.remote.close();
    expect(both.endings).toEqual([{ by: "destroy", error: REASON, unsent: 0 }]);
    await until(() => both.link.over);
    expect(both.transport.asked.at(-1)).toBe("destroy");
    expect([both.left, both.holds()]).toEqual([[7], 0]);
  });

  it("that is destroyed before there is a link never gets one", async () => {
    const both = ends({ socketType: "PAIR" });
    both.remote.destroy(REASON);
    await until(() => both.link?.over === true);
    expect(both.endings).toEqual([{ by: "destroy", error: REASON, unsent: 0 }]);
  });

  it("ends with an abort of its signal", async () => {
    const controller = new AbortController();
    const both = ends({ socketType: "PAIR", signal: controller.signal }, { peer: "PAIR" });
    await both.met();
    controller.abort(REASON);
    expect(both.endings).toEqual([{ by: "destroy", error: REASON, unsent: 0 }]);
  });

  it("tells why it ended as the other thread has it: code, message, hint, offset", async () => {
    const both = ends({ socketType: "PAIR" }, { peer: "PAIR" });
    await both.met();
    both.link.reception.received(bytes(0xff));
    await until(() => both.endings.length > 0);
    const error = both.link.ending?.error as Error;
    expect(both.endings).toMatchObject([{ by: "fault", error: { code: "RESERVED_FLAGS", message: error.message } }]);
  });

  it.each<[string, Error, string]>([
    ["an error of the system", new Error("no such host"), "no such host"],
    ["what is thrown", new TypeError("bad"), "bad"],
  ])("that cannot even be dialled is NOT_REACHED: %s", async (_, refusal, words) => {
    const both = ends({ socketType: "PAIR" }, { refusal });
    await until(() => both.endings.length > 0);
    expect(both.endings).toMatchObject([{ by: "lost", error: { code: "NOT_REACHED" } }]);
    expect((both.endings[0].error as Error).message).toContain(words);
    expect((both.endings[0].error as Error).cause).toMatchObject({ message: words });
  });

  it("ends when its thread does, with nobody to tell", async () => {
    const both = ends({ socketType: "PAIR" }, { peer: "PAIR" });
    await both.met();
    both.remote.threadEnded(REASON);
    both.remote.threadEnded(REASON);
    expect(both.endings).toMatchObject([{ by: "lost", error: { code: "THREAD_ENDED", cause: REASON } }]);
  });

  it("is ended there when the application's thread has gone", async () => {
    const both = ends({ socketType: "PAIR" }, { peer: "PAIR" });
    await both.met();
    both.guests.leave();
    expect(both.link.over).toBe(true);
  });

  it("keeps the process alive while it is to, and counts itself once", async () => {
    const both = ends({ socketType: "PAIR" }, { peer: "PAIR" });
    expect(both.holds()).toBe(1);
    await both.met();
    both.remote.transport.ref();
    expect(both.holds()).toBe(1);
    both.remote.transport.unref();
    both.remote.transport.unref();
    expect(both.holds()).toBe(0);
    both.remote.transport.ref();
    expect(both.holds()).toBe(1);
    both.remote.destroy();
    both.remote.transport.ref();
    expect(both.holds()).toBe(0);
  });
});

describe("what is no message", () => {
  it("subscriptions leave, of a SUB; of others they are refused", async () => {
    const both = ends({ socketType: "SUB" }, { peer: "PUB" });
    await both.met();
    both.remote.sender.subscribe("a");
    both.remote.sender.subscribe();
    both.remote.sender.cancel();
    both.remote.sender.cancel("a");
    const wanted = concat(
      ...[
        ["SUBSCRIBE", "a"],
        ["SUBSCRIBE", ""],
        ["CANCEL", ""],
        ["CANCEL", "a"],
      ].map(([name, prefix]) => encodeCommand(name as string, ascii(prefix as string))),
    );
    await until(() => both.said().length === wanted.length);
    expect(both.said()).toEqual(wanted);
    const pull = ends({ socketType: "PULL" }, { peer: "PUSH" });
    await pull.met();
    expect(() => pull.remote.sender.subscribe("a")).toThrow(expect.objectContaining({ code: "NOT_A_SUBSCRIBER" }));
  });

  it("subscriptions that come to a PUB say what the peer wants", async () => {
    const both = ends({ socketType: "PUB" }, { peer: "SUB" });
    await both.met();
    both.link.reception.received(
      concat(encodeCommand("SUBSCRIBE", ascii("a")), encodeCommand("SUBSCRIBE", ascii("b"))),
    );
    await until(() => both.remote.subscriptions.match("b"));
    both.link.reception.received(concat(encodeCommand("UNKNOWN", ascii("b")), encodeCommand("CANCEL", ascii("a"))));
    await until(() => !both.remote.subscriptions.match("a"));
    expect(both.remote.subscriptions.match("b")).toBe(true);
  });

  it("groups that are joined at a RADIO are what the peer wants, and a PULL is asked for nothing", async () => {
    const radio = ends({ socketType: "RADIO" }, { peer: "DISH" });
    await radio.met();
    radio.link.reception.received(concat(encodeCommand("JOIN", ascii("a")), encodeCommand("JOIN", ascii("b"))));
    await until(() => radio.remote.subscriptions.match("b"));
    radio.link.reception.received(encodeCommand("LEAVE", ascii("a")));
    await until(() => !radio.remote.subscriptions.match("a"));
    const pull = ends({ socketType: "PULL" }, { peer: "PUSH" });
    await pull.met();
    pull.link.reception.received(concat(encodeCommand("SUBSCRIBE", ascii("a")), encodeMessage("behind it")));
    expect((await pull.remote.inbox.nextMessage()).value?.map(text)).toEqual(["behind it"]);
    expect(pull.remote.subscriptions.match("a")).toBe(false);
  });

  it("commands of a socket's own leave as they are", async () => {
    const both = ends({ socketType: "DISH" }, { peer: "RADIO" });
    await both.met();
    both.remote.sender.command("JOIN", ascii("group"));
    const wanted = encodeCommand("JOIN", ascii("group"));
    await until(() => both.said().length === wanted.length);
    expect(both.said()).toEqual(wanted);
  });
});

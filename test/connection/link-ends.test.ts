/** A link by itself, told by a transport of ours what happens: what counts in which phase, and what no longer does. */
import { describe, expect, it } from "vitest";
import type { Ending } from "../../src/connection/ending.js";
import { Iteration } from "../../src/connection/iteration.js";
import { Link } from "../../src/connection/link.js";
import type { LinkUser } from "../../src/connection/link-user.js";
import { type ConnectionOptions, settingsFor } from "../../src/connection/options.js";
import { zwsParts } from "../../src/connection/zws-link.js";
import {
  encodeCommand,
  encodeFrame,
  encodeGreeting,
  encodeMessage,
  FrameDecoder,
  type Mechanism,
  type Progress,
  parseMetadata,
  ZmtpError,
} from "../../src/index.js";
import { zwsGreeting } from "../../src/session/zws.js";
import { NotedTransport } from "../support/noted.js";
import { ascii, bytes, concat, text } from "../support/pieces.js";
import { hello } from "../support/raw.js";

const CLOSED = expect.objectContaining({ code: "CLOSED" });
const flip = (octets: Uint8Array) => octets.map((octet) => octet ^ 0x55);

/** A link on a transport that takes everything, and what became of it. */
function linked(options: Partial<ConnectionOptions> = {}, user: LinkUser = {}) {
  const endings: Ending[] = [];
  const link = new Link(settingsFor({ socketType: "PAIR", ...options }), {
    user: { ...user, ended: (_, ending) => void endings.push(ending) },
  });
  const transport = new NotedTransport();
  return {
    link,
    transport,
    endings,
    /** The transport is there, and the peer has said this. */
    meets(...words: Uint8Array[]) {
      link.reception.attached(transport);
      for (const word of words) link.reception.received(word);
      this.taken();
      return this;
    },
    /** Everything written is taken by the system. */
    taken() {
      link.outflow.flush();
      link.reception.sent(transport.octets);
      const said = concat(...transport.chunks.splice(0));
      return said;
    },
  };
}

/** A mechanism that asks somebody else about the peer, and answers when `answer` is called; all traffic is sealed. */
function asking() {
  let settle!: (progress: Progress | Promise<Progress>) => void;
  const question = new Promise<Progress>((resolve) => {
    settle = resolve;
  });
  const mechanism: Mechanism = {
    name: "MASK",
    asServer: true,
    begin: () => ({ open: () => undefined, receive: () => ({ type: "later", question }) }),
  };
  const complete: Progress = {
    type: "complete",
    send: encodeCommand("WELCOME"),
    metadata: parseMetadata(concat(bytes(11), ascii("Socket-Type"), bytes(0, 0, 0, 4), ascii("PAIR")), 0),
    traffic: {
      name: "MESSAGE",
      seal: ({ payload, more }) => encodeCommand("MESSAGE", concat(bytes(more ? 1 : 0), flip(payload))),
      unseal: ({ data }) => ({ payload: flip(data.subarray(1)), more: data[0] === 1, command: false }),
    },
  };
  const words = concat(encodeGreeting({ mechanism: "MASK" }), encodeCommand("HELLO"));
  return { mechanism, complete, words, settle };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

describe("a link that is over", () => {
  it("lets a transport go that reaches the peer too late, whichever way it comes", () => {
    const { link, transport, endings } = linked();
    link.destroy("enough");
    link.dialling(transport);
    link.reception.attached(transport);
    expect(transport.asked).toEqual(["destroy", "destroy"]);
    expect(endings).toEqual([{ by: "destroy", error: "enough", unsent: 0 }]);
  });

  it("hears nothing more, and ends once", async () => {
    const { link, transport, endings } = linked().meets(hello("PAIR"));
    link.reception.refused(new ZmtpError("RESERVED_FLAGS", "first"));
    const { length } = transport.asked;
    link.reception.received(encodeMessage("late"));
    link.reception.receivedOwned(encodeMessage("late"));
    link.reception.landed(0);
    link.reception.receivedFrame(ascii("late"), { more: false, command: false });
    link.reception.refused(new ZmtpError("RESERVED_FLAGS", "second"));
    link.reception.ended();
    link.reception.gone(new Error("late"));
    link.fail(new ZmtpError("MEMORY_LIMIT", "late"));
    link.destroy();
    await link.close();
    expect(transport.asked.length).toBe(length);
    expect(link.inbox.readable).toBe(false);
    expect(endings).toMatchObject([{ by: "fault", error: { message: expect.stringMatching(/^first/) } }]);
  });

  it("is not opened by an answer that comes too late", async () => {
    const { mechanism, complete, words, settle } = asking();
    const { link, transport } = linked({ mechanism });
    link.reception.attached(transport);
    link.reception.received(words);
    link.destroy();
    const { length } = transport.asked;
    settle(complete);
    await turn();
    expect([link.over, transport.asked.length]).toEqual([true, length]);
  });
});

describe("close()", () => {
  it.each(["reaching", "shaking"])("while %s: the link ends with CLOSED, and nobody waits", async (phase) => {
    const { link, transport, endings } = linked();
    if (phase === "shaking") link.reception.attached(transport);
    else link.dialling(transport);
    await link.close();
    expect(endings).toEqual([{ by: "close", error: CLOSED, unsent: phase === "shaking" ? expect.any(Number) : 0 }]);
    expect(transport.asked.at(-1)).toBe("destroy");
  });

  it("before there is a transport at all ends it, too", async () => {
    const { link, endings } = linked();
    await link.close();
    expect(endings).toEqual([{ by: "close", error: CLOSED, unsent: 0 }]);
  });

  it("says goodbye once everything has been handed over, and is done once the transport is gone", async () => {
    const one = linked();
    one.meets(hello("PAIR"));
    one.transport.roomy = false;
    one.link.sender.send("first");
    one.link.outflow.flush();
    one.link.sender.send("last");
    const closing = one.link.close();
    expect(one.transport.asked).not.toContain("finish");
    one.link.reception.sent(encodeFrame("first").length);
    expect(one.transport.asked.slice(-3)).toEqual(["write", "awaitAnswer", "finish"]);
    one.link.reception.sent(encodeFrame("last").length);
    await closing;
    one.link.reception.gone();
    expect(one.endings).toEqual([{ by: "close", error: undefined, unsent: 0 }]);
  });

  it("drops what the peer says behind it, frame by frame or in runs", async () => {
    const runs = linked();
    runs.meets(hello("PAIR"));
    void runs.link.close();
    runs.link.reception.received(encodeMessage("late"));
    expect(runs.link.inbox.readable).toBe(false);
    const frames = new Link(...zwsParts(settingsFor({ socketType: "PAIR" })));
    const transport = new NotedTransport();
    frames.reception.attached(transport, zwsGreeting);
    frames.reception.receivedFrame(bytes(), { more: false, command: false });
    frames.reception.receivedFrame(ascii("in time"), { more: false, command: false });
    void frames.close();
    frames.reception.receivedFrame(ascii("late"), { more: false, command: false });
    expect(frames.inbox.takeMessage()?.map(text)).toEqual(["in time"]);
    expect(frames.inbox.takeMessage()).toBeUndefined();
    frames.destroy();
    runs.link.destroy();
  });
});

describe("a peer that has closed its side", () => {
  it("and is gone in order has ended the connection, with no error, though somebody still reads", () => {
    const { link, endings } = linked().meets(hello("PAIR"));
    link.reading(1);
    link.reception.ended();
    expect(endings).toEqual([]);
    link.reception.gone();
    expect(endings).toEqual([{ by: "peer", error: undefined, unsent: 0 }]);
  });

  it("is asked for no sign of life, and may still be answered", () => {
    const one = linked();
    one.meets(hello("PAIR"));
    one.link.reading(1);
    one.link.reception.ended();
    one.link.beat(3);
    expect(one.taken()).toEqual(bytes());
    expect(one.link.sender.send("answer")).toBe(true);
    expect(one.taken()).toEqual(encodeFrame("answer"));
    one.link.destroy();
  });

  it("is answered with a goodbye as soon as nothing is left to read, and nobody reads", () => {
    const one = linked();
    one.meets(hello("PAIR"), encodeMessage("last"));
    one.link.reception.ended();
    expect(one.transport.asked).not.toContain("finish");
    one.link.reading(1);
    expect(one.link.inbox.takeMessage()?.map(text)).toEqual(["last"]);
    one.link.reading(-1);
    expect(one.transport.asked.at(-1)).toBe("finish");
    one.link.reception.gone();
    expect(one.endings).toEqual([{ by: "peer", error: undefined, unsent: 0 }]);
  });
});

describe("a peer that announces ZMTP 3.0", () => {
  it("is asked for a sign of life once it has shown one itself, and by no other command", async () => {
    const one = linked({ heartbeat: { interval: 1, timeout: 60_000 } });
    const words = hello("PAIR");
    words[11] = 0;
    one.meets(words, encodeCommand("UNKNOWN", ascii("x")));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(one.taken()).toEqual(bytes());
    one.link.reception.received(encodeCommand("PONG"));
    while (one.taken().length === 0) await turn();
    one.link.destroy();
  });
});

it.each<[string, boolean, Error | undefined]>([
  ["without a goodbye and without an error", false, undefined],
  ["with an error", false, new Error("the cable is out")],
  ["with an error behind its peer's goodbye", true, new Error("the cable is out")],
])("a transport that is gone %s has lost the connection", (_, ended, cause) => {
  const one = linked().meets(hello("PAIR"));
  one.link.reading(1);
  if (ended) one.link.reception.ended();
  one.link.reception.gone(cause);
  expect(one.endings).toMatchObject([{ by: "lost", error: { code: "CONNECTION_LOST" } }]);
});

describe("a loop", () => {
  /** A source that counts its loops. */
  function source() {
    let readers = 0;
    const from = {
      reading: (change: 1 | -1) => {
        readers += change;
      },
      inbox: { wanted: false },
    };
    return { loop: new Iteration(from, () => Promise.resolve({ done: false, value: 1 })), readers: () => readers };
  }
  const DONE = { done: true, value: undefined };

  it("counts from its first question to its end, once", async () => {
    const { loop, readers } = source();
    expect(readers()).toBe(0);
    await loop.next();
    await loop.next();
    expect(readers()).toBe(1);
    expect(await loop.return()).toEqual(DONE);
    expect(await loop.return()).toEqual(DONE);
    expect([readers(), await loop.next(), readers()]).toEqual([0, DONE, 0]);
  });

  it("that ends before it began has never read", async () => {
    const { loop, readers } = source();
    expect(await loop.return()).toEqual(DONE);
    expect([readers(), await loop.next(), readers()]).toEqual([0, DONE, 0]);
  });
});

describe("a mechanism that asks somebody else", () => {
  it("lets the peer in when the answer comes, and what it said meanwhile is heard; all traffic is sealed", async () => {
    const { mechanism, complete, words, settle } = asking();
    let opened = 0;
    const one = linked({ mechanism }, { opened: () => void opened++ });
    one.link.reception.attached(one.transport);
    one.link.reception.received(concat(words, encodeCommand("MESSAGE", concat(bytes(0), flip(ascii("early"))))));
    expect([opened, one.link.inbox.readable]).toEqual([0, false]);
    settle(complete);
    await turn();
    expect([opened, one.endings]).toEqual([1, []]);
    expect(one.link.inbox.takeMessage()?.map(text)).toEqual(["early"]);
    one.taken();
    one.link.sender.send("answer");
    expect(one.taken()).toEqual(encodeCommand("MESSAGE", concat(bytes(0), flip(ascii("answer")))));
    one.link.destroy();
  });

  it("and is left without an answer: the connection fails with the cause", async () => {
    const { mechanism, words, settle } = asking();
    const one = linked({ mechanism });
    one.link.reception.attached(one.transport);
    one.link.reception.received(words);
    const cause = new Error("the directory is down");
    settle(Promise.reject(cause));
    await turn();
    expect(one.endings).toMatchObject([{ by: "fault", error: { code: "MECHANISM_FAILED", cause } }]);
  });

  it("keeps messages back that would leave in the clear behind a fault", async () => {
    const { mechanism, complete, words, settle } = asking();
    const one = linked({ mechanism });
    one.link.reception.attached(one.transport);
    one.link.reception.received(words);
    settle(complete);
    await turn();
    one.taken();
    one.link.sender.send("secret");
    one.link.reception.received(encodeMessage("in the clear"));
    expect(one.link.over).toBe(true);
    const said = concat(...one.transport.chunks);
    expect(new TextDecoder("latin1").decode(said)).not.toContain("secret");
    expect(one.endings[0].unsent).toBeGreaterThan(0);
  });
});

describe("what is asked for once nothing is accepted", () => {
  const [batch] = new FrameDecoder().push(encodeMessage("batch"));
  const run = batch.toOwned();

  it("throws CLOSED where we have closed it ourselves", () => {
    const one = linked({ socketType: "XSUB" });
    one.meets(hello("XPUB"));
    void one.link.close();
    const { sender } = one.link;
    for (const say of [
      () => sender.send("x"),
      () => sender.sendBatch(run),
      () => sender.room(1),
      () => sender.subscribe("x"),
      () => sender.cancel("x"),
      () => sender.command("JOIN", ascii("x")),
    ]) {
      expect(say).toThrow(CLOSED);
    }
    one.link.destroy();
  });

  it("is nothing where it is over for another reason", () => {
    const one = linked({ socketType: "XSUB" });
    one.meets(hello("XPUB"));
    one.link.destroy();
    const { length } = one.transport.asked;
    const { sender } = one.link;
    expect([sender.send("x"), sender.sendBatch(run), sender.room(1)]).toEqual([false, false, -1]);
    sender.subscribe("x");
    sender.cancel("x");
    sender.command("JOIN", ascii("x"));
    one.link.outflow.flush();
    expect(one.transport.asked.length).toBe(length);
  });

  it("throws NOT_A_SENDER where sockets of our type only receive; subscriptions leave", () => {
    const one = linked({ socketType: "SUB" });
    one.meets(hello("PUB"));
    for (const say of [
      () => one.link.sender.send("x"),
      () => one.link.sender.sendBatch(run),
      () => one.link.sender.room(1),
    ]) {
      expect(say).toThrow(expect.objectContaining({ code: "NOT_A_SENDER" }));
    }
    one.link.sender.subscribe("a");
    one.link.sender.cancel("a");
    expect(one.taken()).toEqual(concat(encodeCommand("SUBSCRIBE", ascii("a")), encodeCommand("CANCEL", ascii("a"))));
    one.link.destroy();
  });
});

it("a message written in place leaves as any other", () => {
  const one = linked().meets(hello("PAIR"));
  const at = one.link.sender.room(3);
  one.link.outflow.outbox.memory.set(ascii("abc"), at);
  expect(one.taken()).toEqual(encodeFrame("abc"));
  one.link.destroy();
});

it("commands of a socket's own leave as they are", () => {
  const one = linked({ socketType: "DISH" });
  one.meets(hello("RADIO"));
  one.link.sender.command("JOIN", ascii("group"));
  expect(one.taken()).toEqual(encodeCommand("JOIN", ascii("group")));
  one.link.destroy();
});

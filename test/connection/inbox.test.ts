import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { Inbox } from "../../src/connection/inbox.js";
import { Inflow } from "../../src/connection/inflow.js";
import { plainPayload } from "../../src/connection/payload-maker.js";
import { encodeMessage, FrameDecoder, overTransport, type TransportUser } from "../../src/index.js";
import { NotedTransport } from "../support/noted.js";
import { bytes, concat, text } from "../support/pieces.js";
import { hello } from "../support/raw.js";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const inbox = () => new Inbox({ filled() {}, exhausted() {} }, plainPayload);

describe("an inbox that is never empty", () => {
  it("keeps nothing of what was taken", async () => {
    const busy = inbox();
    const taken: WeakRef<Uint8Array>[] = [];
    busy.addMessage([new Uint8Array(1000)]);
    for (let i = 0; i < 500; i++) {
      busy.addMessage([new Uint8Array(1000)]);
      const message = busy.takeMessage();
      taken.push(new WeakRef((message as Uint8Array[])[0]));
    }
    // A WeakRef holds what it refers to until the turn is over in which it was made.
    await new Promise((resolve) => setTimeout(resolve));
    collect();
    // The engine's stack may still hold the last one.
    expect(taken.filter((ref) => ref.deref() !== undefined).length).toBeLessThanOrEqual(1);
  });

  it("gives everything in order, however much has been taken and however much waits", () => {
    const busy = inbox();
    let added = 0;
    let taken = 0;
    for (const [add, take] of [
      [1, 1],
      [3, 1],
      [500, 70],
      [10, 200],
      [64, 64],
      [1000, 1200],
    ]) {
      for (let i = 0; i < add; i++) busy.addMessage([Uint8Array.of(added & 255, added++ >> 8)]);
      for (let i = 0; i < take; i++) {
        const message = busy.takeMessage();
        if (message === undefined) break;
        expect(message[0][0] | (message[0][1] << 8)).toBe(taken++);
      }
    }
    while (busy.readable) expect(busy.takeMessage()?.[0][0]).toBe(taken++ & 255);
    expect(taken).toBe(added);
    expect(busy.cost).toBe(0);
  });
});

/** These messages as one run of our own. */
function runOf(...messages: (string | string[])[]) {
  const [batch] = new FrameDecoder().push(concat(...messages.map((message) => encodeMessage(message))));
  return batch.toOwned();
}

const words = (message: readonly Uint8Array[] | undefined) => message?.map(text);

describe("an inbox", () => {
  it("serves whoever waits in the order of their calls, messages and runs alike", async () => {
    const some = inbox();
    const first = some.nextMessage();
    const second = some.nextRun();
    const third = some.nextMessage();
    expect([some.wanted, some.awaited]).toEqual([true, true]);
    some.addMessage([bytes(1)]);
    expect([some.wanted, some.awaited]).toEqual([true, false]);
    some.addMessage([bytes(2)]);
    some.addRun(runOf("x", "y"));
    expect((await first).value).toEqual([bytes(1)]);
    expect((await second).value?.payload(0)).toEqual(bytes(2));
    expect(words((await third).value)).toEqual(["x"]);
    expect([some.wanted, some.readable]).toEqual([false, true]);
    expect(words(some.takeMessage())).toEqual(["y"]);
    expect([some.readable, some.takeMessage(), some.takeRun()]).toEqual([false, undefined, undefined]);
  });

  it("gives the rest of a run that was begun message by message as a run", () => {
    const some = inbox();
    some.addRun(runOf("a", ["b", "c"], "d"));
    expect(words(some.takeMessage())).toEqual(["a"]);
    const rest = some.takeRun();
    expect(Array.from(rest ?? [], ({ payload }) => text(payload))).toEqual(["b", "c", "d"]);
    expect(some.takeRun()).toBeUndefined();
  });

  it("tells those who wait of the end, behind what there is, and once that somebody asked for more", async () => {
    let exhausted = 0;
    const some = new Inbox({ filled() {}, exhausted: () => void exhausted++ }, plainPayload);
    some.addMessage([bytes(1)]);
    some.end();
    some.end();
    expect(exhausted).toBe(0);
    expect((await some.nextMessage()).value).toEqual([bytes(1)]);
    expect(exhausted).toBe(0);
    expect(await some.nextMessage()).toEqual({ done: true, value: undefined });
    expect(exhausted).toBe(1);
    const none = inbox();
    const waiting = [none.nextMessage(), none.nextRun()];
    none.end();
    for (const one of waiting) expect(await one).toEqual({ done: true, value: undefined });
  });

  it("counts octets and what objects cost, and messages where that is asked for", () => {
    const told: number[] = [];
    const some = new Inbox({ filled: (cost) => void told.push(cost), exhausted() {} }, plainPayload, true);
    some.addMessage([new Uint8Array(1000)]);
    const { cost } = some;
    expect(cost).toBeGreaterThan(1100);
    some.addMessage([new Uint8Array(500), new Uint8Array(500)]);
    expect(some.cost).toBeGreaterThan(2 * cost);
    some.addRun(runOf("a", ["b", "c"], "d"));
    expect(some.messages).toBe(5);
    some.takeMessage();
    expect(some.messages).toBe(4);
    some.takeMessage();
    // Those of a run that is being handed out no longer count.
    some.takeMessage();
    expect([some.messages, some.cost]).toEqual([0, 0]);
    expect(told.length).toBe(6);
    expect([told[0], told.at(-1)]).toEqual([cost, 0]);
    some.takeMessage();
    some.takeMessage();
    expect([told.length, some.readable]).toEqual([6, false]);
    some.addMessage([bytes(1)]);
    some.clear();
    expect([some.messages, some.cost, some.readable]).toEqual([0, 0, false]);
  });

  it("has another position after each message that is taken", () => {
    const some = inbox();
    some.addRun(runOf("a", "b", "c"));
    some.addMessage([bytes(1)]);
    const positions = [some.taken];
    while (some.takeMessage() !== undefined) positions.push(some.taken);
    expect(positions.length).toBe(5);
    for (let i = 1; i < positions.length; i++) expect(positions[i]).not.toBe(positions[i - 1]);
  });

  it("uses the memory of a run that came back for the next one, if it is not too large", () => {
    const some = inbox();
    const decoder = new FrameDecoder();
    const through = (size: number) => {
      const [batch] = decoder.push(encodeMessage(new Uint8Array(size)));
      some.addRun(some.keep(batch));
      return some.takeRun()?.bytes.buffer;
    };
    const buffers = Array.from({ length: 4 }, () => through(1000));
    expect(new Set(buffers).size).toBeLessThan(4);
  });
});

describe("a peer that is read from", () => {
  /** An inflow, what it asked of its transport, and how often it told its user of what. */
  function inflow(mark: number, messageMark?: number) {
    const told = { held: 0, resumed: 0, exhausted: 0 };
    const user = {
      heldChanged: () => void told.held++,
      resumed: () => void told.resumed++,
      exhausted: () => void told.exhausted++,
    };
    const some = new Inflow(mark, plainPayload, user, messageMark === undefined ? undefined : () => messageMark);
    const transport = new NotedTransport();
    some.attach(transport);
    return { some, asked: transport.asked, told };
  }

  it("has to wait at the mark of octets, and goes on below half of it", () => {
    const one = inbox();
    one.addMessage([new Uint8Array(1000)]);
    const { some, asked, told } = inflow(4 * one.cost);
    for (let i = 0; i < 3; i++) some.inbox.addMessage([new Uint8Array(1000)]);
    expect([some.paused, asked]).toEqual([false, []]);
    some.inbox.addMessage([new Uint8Array(1000)]);
    expect([some.paused, asked, told.resumed]).toEqual([true, ["pause"], 0]);
    some.inbox.addMessage([new Uint8Array(1000)]);
    for (let i = 0; i < 3; i++) some.inbox.takeMessage();
    expect([some.paused, asked]).toEqual([true, ["pause"]]);
    some.inbox.takeMessage();
    expect([some.paused, asked, told]).toEqual([false, ["pause", "resume"], { held: 9, resumed: 1, exhausted: 0 }]);
    some.inbox.takeMessage();
    expect(asked).toEqual(["pause", "resume"]);
  });

  it("has to wait at the mark of messages, and goes on below half of it", () => {
    const { some, asked } = inflow(1_000_000, 4);
    for (let i = 0; i < 3; i++) some.inbox.addMessage([bytes(i)]);
    expect(asked).toEqual([]);
    some.inbox.addMessage([bytes(3)]);
    expect(asked).toEqual(["pause"]);
    some.inbox.takeMessage();
    some.inbox.takeMessage();
    expect(asked).toEqual(["pause"]);
    some.inbox.takeMessage();
    expect(asked).toEqual(["pause", "resume"]);
  });

  it("may send any number of messages where their mark is 0, and goes on for nothing else than room in octets", () => {
    const { some, asked } = inflow(1_000_000, 0);
    for (let i = 0; i < 1000; i++) some.inbox.addMessage([bytes(i)]);
    expect(asked).toEqual([]);
    const few = inflow(1000, 10);
    few.some.inbox.addMessage([new Uint8Array(1000)]);
    few.some.inbox.addMessage([new Uint8Array(1000)]);
    few.some.inbox.takeMessage();
    expect(few.asked).toEqual(["pause"]);
    few.some.inbox.takeMessage();
    expect(few.asked).toEqual(["pause", "resume"]);
  });

  it("loses nothing though its transport hands over the next message from inside resume()", async () => {
    let user!: TransportUser;
    const waiting = ["second", "third", "fourth"].map((word) => encodeMessage(word));
    const transport = new NotedTransport();
    transport.write = (chunks) => {
      for (const { length } of chunks) user.sent(length);
      return true;
    };
    transport.resume = () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) user.received(next);
    };
    const opening = overTransport(
      (some) => {
        user = some;
        return transport;
      },
      { socketType: "PAIR", receiveHighWaterMark: 100 },
    );
    user.attached(transport);
    user.received(hello("PAIR"));
    const connection = await opening;
    const heard: string[] = [];
    const reading = (async () => {
      for await (const [word] of connection) if (heard.push(text(word).trim()) === 4) break;
    })();
    await Promise.resolve();
    user.received(encodeMessage(["first", "x".repeat(200)]));
    // Where nothing had to wait, nothing was let go on.
    while (waiting.length > 0) transport.resume();
    await reading;
    expect(heard).toEqual(["first", "second", "third", "fourth"]);
    connection.destroy();
  });
});

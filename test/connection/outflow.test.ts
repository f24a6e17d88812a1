/** The way out by itself: what leaves when, and what is counted meanwhile. */
import { describe, expect, it } from "vitest";
import { Outflow } from "../../src/connection/outflow.js";
import { ZmtpOutbox } from "../../src/connection/zmtp-outbox.js";
import { ZwsOutbox } from "../../src/connection/zws-outbox.js";
import { defaultCodec, encodeFrame } from "../../src/index.js";
import { NotedTransport } from "../support/noted.js";
import { bytes, concat, pattern } from "../support/pieces.js";

const MARK = 1000;

/** An outflow that is open, and what it is joined with. */
function begun(outbox: ZmtpOutbox | ZwsOutbox = new ZmtpOutbox(defaultCodec(), true)) {
  let moves = 0;
  const outflow = new Outflow(outbox, MARK, { moved: () => void moves++ });
  const transport = new NotedTransport();
  outflow.attach(transport);
  outflow.open(undefined);
  return { outflow, outbox, transport, moves: () => moves };
}

/** Whether it has been resolved by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  const open = {};
  return (await Promise.race([promise, Promise.resolve().then(() => open)])) !== open;
}

describe("what waits", () => {
  it("is counted until the system has taken it: messages and commands", () => {
    const { outflow, outbox, transport, moves } = begun();
    outbox.message(pattern(98));
    outbox.message(pattern(98));
    outflow.command(bytes(4, 1, 0));
    expect([outflow.waiting, outflow.unsent, outflow.handedOver]).toEqual([203, 200, false]);
    outflow.flush();
    expect([outflow.waiting, outflow.unsent, outflow.handedOver]).toEqual([203, 203, true]);
    expect(transport.octets).toBe(203);
    outflow.sent(103);
    expect([outflow.waiting, outflow.unsent, moves()]).toEqual([100, 100, 1]);
    outflow.sent(100);
    expect([outflow.waiting, outflow.unsent, moves()]).toEqual([0, 0, 2]);
  });

  it("leaves commands first, in one chunk", () => {
    const { outflow, outbox, transport } = begun();
    outbox.message("a");
    outflow.command(bytes(4, 1, 0));
    outflow.command(bytes(4, 1, 1));
    outflow.flush();
    expect(transport.chunks).toEqual([bytes(4, 1, 0, 4, 1, 1), encodeFrame("a")]);
  });

  it("costs more than its octets where it is objects, and less and less while these leave", () => {
    const { outflow, outbox, transport } = begun(new ZwsOutbox());
    for (let i = 0; i < 10; i++) outbox.message(pattern(99));
    const { waiting } = outflow;
    expect(waiting).toBeGreaterThan(2000);
    outflow.flush();
    expect([outflow.waiting, transport.octets]).toEqual([waiting, 1000]);
    outflow.sent(500);
    expect(outflow.waiting).toBe(waiting / 2);
    outflow.sent(500);
    expect(outflow.waiting).toBe(0);
    outflow.sent(0);
    expect(outflow.waiting).toBe(0);
  });

  it("is sealed when it leaves, and counted as it is then", () => {
    const { outflow, outbox, transport } = begun();
    outflow.open((chunks) => chunks.map((chunk) => concat(bytes(7, 7), chunk)));
    outbox.message(pattern(98));
    outflow.flush();
    expect(transport.chunks).toEqual([concat(bytes(7, 7), encodeFrame(pattern(98)))]);
    expect(outflow.waiting).toBe(102);
    outflow.sent(102);
    expect(outflow.waiting).toBe(0);
  });
});

describe("a system that takes no more", () => {
  it("is given nothing before it has taken everything", () => {
    const { outflow, outbox, transport } = begun();
    transport.roomy = false;
    outbox.message(pattern(98));
    outflow.flush();
    outbox.message("next");
    outflow.command(bytes(4, 1, 0));
    outflow.flush();
    outflow.sent(99);
    expect(transport.octets).toBe(100);
    outflow.sent(1);
    expect(transport.chunks.slice(1)).toEqual([bytes(4, 1, 0), encodeFrame("next")]);
  });

  it("is not offered more than it has taken even if that is a great deal", () => {
    const { outflow, outbox, transport } = begun();
    transport.roomy = false;
    outbox.message(pattern(200_000));
    outflow.accepted();
    const { length } = transport.asked;
    outbox.message(pattern(200_000));
    outflow.accepted();
    expect(transport.asked.length).toBe(length);
  });
});

describe("messages and commands", () => {
  it.each([
    ["before the handshake is complete", false],
    ["once nothing can be sealed any more", true],
  ])("part %s: commands leave, messages stay", (_, sealed) => {
    const outbox = new ZmtpOutbox(defaultCodec());
    const outflow = new Outflow(outbox, MARK, { moved() {} });
    const transport = new NotedTransport();
    outflow.attach(transport);
    if (sealed) {
      outflow.open(() => expect.unreachable("nothing is sealed"));
      outflow.withhold();
    }
    outbox.message("a");
    outflow.command(bytes(4, 1, 0));
    outflow.flush();
    expect(transport.chunks).toEqual([bytes(4, 1, 0)]);
    // A busy poll is for answers to messages alone.
    expect(transport.asked).toEqual(["write"]);
    outflow.open(undefined);
    outflow.withhold();
    outflow.flush();
    expect(transport.asked).toEqual(["write", "write", "awaitAnswer"]);
    outflow.command(bytes(4, 1, 0));
    outflow.flush();
    expect(transport.asked).toEqual(["write", "write", "awaitAnswer", "write"]);
  });

  it("leave without waiting for the end of the tick once 128 KiB are gathered, not before", () => {
    for (const [octets, writes] of [
      [128 * 1024 - 10, 0],
      [128 * 1024, 1],
    ]) {
      const { outflow, outbox, transport } = begun();
      outbox.message(pattern(octets - 9));
      outflow.accepted();
      expect(transport.asked.filter((call) => call === "write").length).toBe(writes);
    }
  });

  it("are nothing to write where there are none", () => {
    const { outflow, transport } = begun();
    outflow.flush();
    expect(transport.asked).toEqual([]);
  });
});

describe("whoever waits", () => {
  it("for room goes on below half of the mark, and for all of it when nothing waits", async () => {
    const { outflow, outbox } = begun();
    outbox.message(pattern(991));
    expect([outflow.roomy, outflow.accepted()]).toEqual([false, false]);
    const { drained, empty } = outflow;
    outflow.flush();
    outflow.sent(500);
    expect([outflow.waiting, outflow.roomy, await settled(drained)]).toEqual([500, false, false]);
    outflow.sent(1);
    expect([outflow.roomy, await settled(drained), await settled(empty)]).toEqual([true, true, false]);
    expect([await settled(outflow.drained), await settled(outflow.empty)]).toEqual([true, false]);
    outflow.sent(499);
    expect([await settled(empty), await settled(outflow.empty)]).toEqual([true, true]);
  });

  it("goes on when it ends, and nothing is written any more", async () => {
    const { outflow, outbox, transport } = begun();
    outbox.message(pattern(991));
    const { drained, empty } = outflow;
    outflow.end();
    await Promise.all([drained, empty]);
    outflow.flush();
    expect(transport.asked).toEqual([]);
  });

  it("has room while nothing waits, were the mark 0", () => {
    const outbox = new ZmtpOutbox(defaultCodec());
    const outflow = new Outflow(outbox, 0, { moved() {} });
    expect(outflow.roomy).toBe(true);
    outbox.message("");
    expect(outflow.roomy).toBe(false);
  });
});

describe("an outbox that holds as many messages as it may", () => {
  it.each([
    ["is relieved of what is small without a write: it goes on gathering", 100, 0, 0],
    ["is handed over if that is worth a write", 128 * 1024, 1, 0],
  ])("%s", (_, octets, writes, messages) => {
    const { outflow, outbox, transport } = begun();
    outbox.message(pattern(octets));
    outflow.relieve();
    expect(transport.asked.filter((call) => call === "write").length).toBe(writes);
    expect(outbox.messages).toBe(messages);
    expect(outflow.waiting).toBeGreaterThan(octets);
  });

  it("waits for a system that takes no more, and for one that is not there", () => {
    const { outflow, outbox, transport } = begun();
    transport.roomy = false;
    outbox.message("a");
    outflow.flush();
    outbox.message("b");
    outflow.relieve();
    expect([outbox.messages, transport.asked.filter((call) => call === "write").length]).toEqual([1, 1]);
    const alone = new Outflow(new ZmtpOutbox(defaultCodec(), true), MARK, { moved() {} });
    alone.outbox.message("a");
    alone.relieve();
    expect(alone.outbox.messages).toBe(1);
  });
});

it("memory that has left is used again", () => {
  const { outflow, outbox, transport } = begun();
  const given: Uint8Array[] = [];
  transport.write = (chunks) => {
    given.push(...chunks);
    return true;
  };
  for (let i = 0; i < 3; i++) {
    outbox.message("again");
    outflow.flush();
    outflow.sent(given[i].length, given[i]);
  }
  expect(new Set(given.map(({ buffer }) => buffer)).size).toBeLessThan(3);
});

/** What lies between two threads when one of them is slow, or gone, or not there yet; both are in this one. */
import { describe, expect, it } from "vitest";
import { encodeCommand, encodeFrame, encodeMessage, ZmtpError } from "../../src/index.js";
import { ends, turn, until, type Way } from "../support/both-threads.js";
import { ascii, bytes, concat, pattern, same } from "../support/pieces.js";
import { hello } from "../support/raw.js";

const REASON = new Error("enough");
const KiB = 1024;
const WAYS: readonly Way[] = ["shared", "posted"];

/** Messages of one frame, each with octets of its own. */
const messages = (count: number, size: number) => Array.from({ length: count }, (_, i) => pattern(size, i + 1));

describe.each(WAYS)("by %s memory, a connection in another thread", (way) => {
  it("says how it gets across", async () => {
    const both = ends({ socketType: "PAIR" }, { peer: "PAIR", way });
    await both.met();
    expect(both.remote.thread).toBe(way === "shared" ? "shared" : "transferred");
  });

  it.each([
    ["many chunks", 300, 10_000],
    ["messages too large for a chunk, more of them than there are slots", 70, 140 * KiB],
  ])("keeps what the ring has no room for, in order: %s", async (_, count, size) => {
    const both = ends({ socketType: "PULL" }, { peer: "PUSH", way });
    await both.met();
    const sent = messages(count, size);
    both.link.reception.received(concat(...sent.map((payload) => encodeFrame(payload))));
    await turn();
    for (const payload of sent) {
      const { value } = await both.remote.inbox.nextMessage();
      expect(same((value as Uint8Array[])[0], payload)).toBe(true);
    }
  });

  it("tells of a fault behind all that came before it, whenever that is read; what is sent meanwhile is lost", async () => {
    const both = ends({ socketType: "PAIR" }, { peer: "PAIR", way });
    await both.met();
    const sent = messages(300, 10_000);
    both.link.reception.received(concat(...sent.map((payload) => encodeFrame(payload)), bytes(0xff)));
    expect(both.link.over).toBe(true);
    both.remote.sender.send("late");
    for (let i = 0; i < 10; i++) await turn();
    expect(both.endings).toEqual([]);
    expect(both.said().length).toBe(0);
    for (const payload of sent) {
      const { value } = await both.remote.inbox.nextMessage();
      expect(same((value as Uint8Array[])[0], payload)).toBe(true);
    }
    expect((await both.remote.inbox.nextMessage()).done).toBe(true);
    await until(() => both.endings.length > 0);
    expect(both.endings).toMatchObject([{ by: "fault", error: { code: "RESERVED_FLAGS" } }]);
  });

  it("closes behind what no ring has had room for, once the peer takes it", async () => {
    const both = ends({ socketType: "PUSH" }, { peer: "PULL", way });
    await both.met();
    both.transport.taking = false;
    const sent = messages(100, 50_000);
    for (const payload of sent) both.remote.sender.send(payload);
    const closing = both.remote.close();
    for (let i = 0; i < 10; i++) await turn();
    both.guests.obey({ type: "closing", id: 7 });
    expect(both.transport.asked).not.toContain("finish");
    both.transport.taking = true;
    await until(() => both.transport.asked.includes("finish"));
    expect(same(both.said(), concat(...sent.map((payload) => encodeFrame(payload))))).toBe(true);
    both.link.reception.gone();
    await closing;
    expect(both.endings).toEqual([{ by: "close", error: undefined, unsent: 0 }]);
  });

  it("that closes gives up on a peer that takes nothing, and says how much was lost", async () => {
    const both = ends({ socketType: "PUSH", linger: 20 }, { peer: "PULL", way });
    await both.met();
    both.transport.taking = false;
    const payload = pattern(3_000_000);
    both.remote.sender.send(payload);
    await both.remote.close();
    expect(both.endings).toMatchObject([{ by: "timeout", error: { code: "LINGER_EXPIRED" } }]);
    expect(both.endings[0].unsent).toBeGreaterThan(payload.length - 1);
  });

  it("ends as the one there does, whoever destroyed that, for a reason of any kind", async () => {
    for (const [reason, words] of [
      [REASON, "enough"],
      ["because", "because"],
    ] as const) {
      const both = ends({ socketType: "PAIR" }, { peer: "PAIR", way });
      await both.met();
      both.link.destroy(reason);
      await until(() => both.endings.length > 0);
      expect(both.endings).toMatchObject([{ by: "destroy", error: { message: words, blame: "network" } }]);
    }
  });

  it("throws away what still comes once it is destroyed", async () => {
    const both = ends({ socketType: "PULL" }, { peer: "PUSH", way });
    await both.met();
    both.link.reception.received(concat(...messages(300, 10_000).map((payload) => encodeFrame(payload))));
    both.remote.destroy();
    await until(() => both.link.over);
    both.remote.woken();
    expect(both.passage.inbound.filled).toBe(0);
    expect((await both.remote.inbox.nextMessage()).done).toBe(true);
  });

  it("that is asked for two runs at once gives one, and the other when the first has been consumed", async () => {
    const both = ends({ socketType: "PULL" }, { peer: "PUSH", way });
    await both.met();
    const first = both.remote.inbox.nextRun();
    const second = both.remote.inbox.nextRun();
    both.link.reception.received(encodeFrame("one"));
    const { value: one } = await first;
    expect(one?.length).toBe(1);
    both.link.reception.received(encodeFrame("two"));
    await until(() => both.passage.inbound.filled > 1);
    both.remote.woken();
    void both.remote.inbox.nextRun();
    const { value: two } = await second;
    expect(Buffer.from(two?.payload(0) ?? "").toString()).toBe("two");
    expect(() => one?.length).toThrow("later decode");
  });
});

describe("an order", () => {
  it("to a connection that is not dialled yet waits for that, and one to none is for nobody", async () => {
    let dialled!: () => void;
    const dialling = new Promise<void>((resolve) => {
      dialled = resolve;
    });
    const both = ends({ socketType: "SUB" }, { dialling });
    await turn();
    both.guests.obey(7);
    both.guests.obey(8);
    for (const type of ["exhausted", "closing", "flushed", "destroy"] as const) both.guests.obey({ type, id: 8 });
    both.guests.obey({ type: "subscribe", id: 7, prefix: bytes() });
    both.remote.destroy();
    await turn();
    expect(both.link).toBeUndefined();
    dialled();
    // Destroyed while it was dialled: it is over as soon as it is there.
    await until(() => both.link?.over === true);
  });

  it("to close is waited for as long as the application's thread has not handed over the rest", async () => {
    const both = ends({ socketType: "PUSH", linger: 5 }, { peer: "PULL" });
    await both.met();
    both.guests.obey({ type: "closing", id: 7 });
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect([both.link.over, both.transport.asked.includes("finish")]).toEqual([false, false]);
    both.guests.obey({ type: "flushed", id: 7 });
    await until(() => both.transport.asked.includes("finish"));
  });
});

it("a refusal that has its code keeps it", async () => {
  const refusal = new ZmtpError("NO_MECHANISM", "nobody makes it");
  const both = ends({ socketType: "PAIR" }, { refusal });
  await until(() => both.endings.length > 0);
  expect(both.endings).toMatchObject([{ by: "lost", error: { code: "NO_MECHANISM" } }]);
});

it("a message too large for a slot is waited for where its slot is seen before it", async () => {
  const both = ends({ socketType: "PULL" }, { peer: "PUSH" });
  await both.met();
  const large = pattern(200 * KiB);
  const next = both.remote.inbox.nextMessage();
  both.link.reception.received(encodeFrame(large));
  expect(both.passage.inbound.filled).toBe(1);
  both.remote.woken();
  const { value } = await next;
  expect(same((value as Uint8Array[])[0], large)).toBe(true);
});

describe("octets that land in the ring itself", () => {
  /** A socket reads so much, as one does. */
  function landed(both: ReturnType<typeof ends>, octets: Uint8Array): void {
    (both.link.reception.landing as () => Uint8Array)().set(octets);
    both.link.reception.landed(octets.length);
  }

  const straight = (both: ReturnType<typeof ends>) =>
    (both.link.reception.landing as () => Uint8Array)().buffer instanceof SharedArrayBuffer;

  it("do not while no chunk is free: what had begun goes on where it was", async () => {
    const both = ends({ socketType: "PULL" }, { peer: "PUSH" });
    await both.met();
    const sent = messages(8, 100_000);
    // A chunk each: all there are.
    for (const payload of sent) both.link.reception.received(encodeFrame(payload));
    const last = encodeFrame("last");
    both.link.reception.received(last.subarray(0, 3));
    expect(straight(both)).toBe(false);
    both.link.reception.received(last.subarray(3));
    for (const payload of sent) {
      const { value } = await both.remote.inbox.nextMessage();
      expect(same((value as Uint8Array[])[0], payload)).toBe(true);
    }
    const { value } = await both.remote.inbox.nextMessage();
    expect(Buffer.from((value as Uint8Array[])[0]).toString()).toBe("last");
  });

  it("are whole messages behind all slots that there are, and a command behind those", async () => {
    const both = ends({ socketType: "PULL" }, { peer: "PUSH" });
    await both.met();
    const { inbound } = both.passage;
    let count = 0;
    let octets = hello("PUSH").length;
    const land = (...parts: readonly Uint8Array[]) => {
      const stream = concat(...parts);
      octets += stream.length;
      landed(both, stream);
    };
    while (inbound.filled < inbound.shape.slots) {
      const { filled } = inbound;
      land(encodeFrame(`${count++}`));
      await until(() => inbound.filled > filled);
    }
    expect(straight(both)).toBe(true);
    land(encodeFrame(`${count++}`), encodeCommand("PING", concat(bytes(0, 0), ascii("x"))));
    land(encodeFrame(`${count++}`));
    for (let i = 0; i < count; i++) {
      const { value } = await both.remote.inbox.nextMessage();
      expect(Buffer.from((value as Uint8Array[])[0]).toString()).toBe(`${i}`);
    }
    await until(() => Buffer.from(both.said()).includes("PONG"));
    landed(both, bytes(0xff));
    await until(() => both.endings.length > 0);
    expect(both.endings).toMatchObject([{ by: "fault", error: { code: "RESERVED_FLAGS", offset: octets } }]);
  });

  it("end as any do: inside a frame, and behind the last one", async () => {
    for (const [rest, code] of [
      [bytes(0, 9, 1), "TRUNCATED"],
      [bytes(), undefined],
    ] as const) {
      const both = ends({ socketType: "PULL" }, { peer: "PUSH" });
      await both.met();
      landed(both, concat(encodeFrame("one"), rest));
      both.link.reception.ended();
      const { value } = await both.remote.inbox.nextMessage();
      expect(Buffer.from((value as Uint8Array[])[0]).toString()).toBe("one");
      void both.remote.inbox.nextMessage();
      if (code === undefined) await until(() => both.transport.asked.includes("finish"));
      else {
        await until(() => both.endings.length > 0);
        expect(both.endings).toMatchObject([{ error: { code } }]);
      }
    }
  });

  it("are nothing once the connection is over", async () => {
    const both = ends({ socketType: "PULL" }, { peer: "PUSH" });
    await both.met();
    landed(both, encodeFrame("one"));
    const place = (both.link.reception.landing as () => Uint8Array)();
    both.link.destroy();
    place.set(encodeMessage("two"));
    both.link.reception.landed(5);
    await until(() => both.endings.length > 0);
    expect(both.endings).toMatchObject([{ by: "destroy", error: undefined }]);
  });
});

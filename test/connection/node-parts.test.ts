/** Small parts of the Node half, each by itself: whose an address is, makers of mechanisms, what a thread refuses. */
import { performance } from "node:perf_hooks";
import { describe, expect, it, vi } from "vitest";
import { busyPoll } from "../../src/connection/node/busy-poll.js";
import { madeFrom, provideMechanism } from "../../src/connection/node/makers.js";
import { networkOf } from "../../src/connection/node/network.js";
import { jsCodec } from "../../src/index.js";
import { connect, listen } from "../../src/node.js";

describe("an address belongs to", () => {
  it.each([
    [undefined, ""],
    ["10.0.0.1:5555", "10.0.0.1"],
    ["[::ffff:10.0.0.1]:5555", "10.0.0.1"],
    ["[1:2:3:4:5:6:7:8]:5555", "1:2:3:4"],
    ["[1:2::8]:5555", "1:2:0:0"],
    ["[1::6:7:8]:5555", "1:0:0:0"],
    ["[1:2:3::5:6:7:8]:5555", "1:2:3:0"],
    ["[::1]:5555", "0:0:0:0"],
  ])("%s: %s", (address, network) => expect(networkOf(address)).toBe(network));
});

describe("the maker of a mechanism", () => {
  const mechanism = { name: "TOY", start: () => [], receive: () => [] };

  it.each([
    [7, () => mechanism],
    ["toy", "no function"],
  ])("is a name and a function: %s, %s", (name, make) => {
    expect(() => provideMechanism(name as never, make as never)).toThrow("takes a name and a function");
  });

  it("is named once, is asked with what the recipe hands over, and says why it fails", async () => {
    provideMechanism("node-parts", (words: string) => {
      throw new Error(words);
    });
    expect(() => provideMechanism("node-parts", () => mechanism as never)).toThrow("has its maker already");
    const failed = madeFrom({ maker: "node-parts", from: "these words" });
    await expect(failed).rejects.toMatchObject({ cause: { message: "these words" } });
    await expect(madeFrom({ maker: "nobody's", from: 1 })).rejects.toMatchObject({ code: "NO_MECHANISM" });
  });
});

it("busy polling keeps the loop from sleeping for as long as it is asked to, and no longer", async () => {
  /** Milliseconds that the loop sleeps while a timer runs. */
  const asleep = async (milliseconds: number) => {
    const before = performance.eventLoopUtilization();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return performance.eventLoopUtilization(before).idle;
  };
  busyPoll(10_000_000);
  expect(await asleep(30)).toBeLessThan(5);
  vi.spyOn(performance, "now").mockReturnValue(Number.POSITIVE_INFINITY);
  await new Promise((resolve) => setImmediate(resolve));
  vi.restoreAllMocks();
  expect(await asleep(30)).toBeGreaterThan(5);
});

describe("connect with a thread", () => {
  it.each([
    ["a WebSocket", "ws://127.0.0.1:1/", { thread: true }, "is for tcp:// and ipc://"],
    ["a codec", "tcp://127.0.0.1:1", { thread: true, codec: jsCodec() }, "codec cannot be handed"],
    ["what is no thread", "tcp://127.0.0.1:1", { thread: {} }, "thread is true, a Worker"],
  ])("refuses %s", async (_, url, options, words) => {
    await expect(connect(url, { socketType: "PUSH", ...options } as never)).rejects.toThrow(words);
  });
});

it("a listener has no certificate to show", async () => {
  await expect(listen("wss://127.0.0.1:0/", { socketType: "PULL" })).rejects.toThrow("holds the certificate");
});

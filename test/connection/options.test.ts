/**
 * Each option is looked at once, at the call: what will not do is refused by its name, with its unit and what would do.
 */
import { describe, expect, it } from "vitest";
import { connect, type ListenOptions, listen, overStreams } from "../../src/node.js";
import { listening, pair, untilTestEnds } from "../support/connections.js";
import { everything, hello, rawDial } from "../support/raw.js";
import { transforms } from "../support/streams.js";

type Wrong = readonly [name: string, value: unknown, type: typeof TypeError | typeof RangeError];

/** What will not do wherever a connection is opened. `name` is what the error has to say. */
const WRONG: readonly Wrong[] = [
  ["heartbeat", 1000, TypeError],
  ["heartbeat", true, TypeError],
  ["heartbeat", {}, TypeError],
  ["heartbeat", null, TypeError],
  ["heartbeat.interval", { interval: "1s" }, TypeError],
  ["heartbeat.interval", { interval: Number.NaN }, RangeError],
  ["heartbeat.interval", { interval: -1 }, RangeError],
  ["heartbeat.interval", { interval: Number.POSITIVE_INFINITY }, RangeError],
  ["heartbeat.timeout", { interval: 10, timeout: 0 }, RangeError],
  ["heartbeat.timeout", { interval: 10, timeout: true }, TypeError],
  ["heartbeat.ttl", { interval: 10, ttl: 6_553_600 }, RangeError],
  ["heartbeat.ttl", { interval: 10, ttl: Number.POSITIVE_INFINITY }, RangeError],
  ["heartbeat.ttl", { interval: 10, ttl: Number.NaN }, RangeError],
  ["heartbeat.ttl", { interval: 10, ttl: -100 }, RangeError],
  ["highWaterMark", "1mb", TypeError],
  ["highWaterMark", Number.NaN, RangeError],
  ["highWaterMark", -1, RangeError],
  ["receiveHighWaterMark", null, TypeError],
  ["receiveHighWaterMark", Number.NaN, RangeError],
  ["maxFrameSize", 1e12, RangeError],
  ["maxFrameSize", "64", TypeError],
  ["maxFrameSize", -1, RangeError],
  ["maxFrameSize", 1.5, RangeError],
  ["maxMessageSize", "64", TypeError],
  ["maxMessageSize", Number.NaN, RangeError],
  ["maxMessageFrames", 0, RangeError],
  ["maxMessageFrames", {}, TypeError],
  ["handshakeTimeout", "30s", TypeError],
  ["handshakeTimeout", Number.NaN, RangeError],
  ["handshakeTimeout", -1, RangeError],
  ["connectTimeout", false, TypeError],
  ["linger", Number.NaN, RangeError],
  ["linger", null, TypeError],
  ["signal", {}, TypeError],
  ["signal", true, TypeError],
  ["mechanism", "PLAIN", TypeError],
  ["mechanism", {}, TypeError],
  ["mechanism", null, TypeError],
  ["codec", "wasm", TypeError],
  ["identity", 5, TypeError],
  ["identity", "x".repeat(256), TypeError],
  ["identity", "\0a", TypeError],
  ["metadata.x-weight", { "X-Weight": 5 }, TypeError],
  ["metadata.no spaces", { "no spaces": "x" }, TypeError],
  ["metadata", { "Socket-Type": "SUB" }, TypeError],
  ["metadata", { Identity: "x" }, TypeError],
  ["metadata", null, TypeError],
  ["metadata", "X-Weight: 5", TypeError],
  ["socketType", "STREAM", TypeError],
  ["socketType", undefined, TypeError],
  ["socketType", "push", TypeError],
];

/** What sockets add. */
const WRONG_IN_NODE: readonly Wrong[] = [
  ["noDelay", 1, TypeError],
  ["busyPoll", true, TypeError],
  ["busyPoll", 1e9, RangeError],
];

/** What listeners add. */
const WRONG_AT_LISTENERS: readonly Wrong[] = [
  ["onRefused", {}, TypeError],
  ["maxHandshakes", 0, RangeError],
  ["maxHandshakes", "10", TypeError],
  ["maxHandshakesPerAddress", Number.NaN, RangeError],
  ["failureDelay", -1, RangeError],
  ["failureDelay", 10_001, RangeError],
  ["failureDelay", "500", TypeError],
  ["maxConnections", 0, RangeError],
  ["maxHeld", null, TypeError],
  ["backlog", 1.5, RangeError],
];

const shown = (value: unknown) =>
  (typeof value === "object" && value !== null ? JSON.stringify(value) : String(value)).slice(0, 30);
const cases = (all: readonly Wrong[]) =>
  all.map(([name, value, type]) => ({ name, value, type, what: `${name}: ${shown(value)}` }));

/** What an error says in place of the option's name. */
const SAID: Readonly<Record<string, string>> = { socketType: "socket type" };

/** An option's own name, where `heartbeat.ttl` is part of one. */
function optionsWith(name: string, value: unknown): ListenOptions {
  const [own] = name.split(".");
  return { socketType: "DEALER", [own as string]: value } as never;
}

async function refuses(opening: Promise<unknown>, { name, type }: { name: string; type: typeof TypeError }) {
  const error = (await opening.then(
    () => undefined,
    (error) => error,
  )) as Error;
  expect(error).toBeInstanceOf(type);
  expect(error.name).toBe(type.name);
  expect(error.message.toLowerCase()).toContain(SAID[name] ?? name.split(".").at(-1)?.toLowerCase());
}

describe("connect()", () => {
  it.each(cases([...WRONG, ...WRONG_IN_NODE]))("refuses $what", async ({ name, value, type }) => {
    // Nobody is there: an option that was looked at only later would be NOT_REACHED.
    const options = { ...optionsWith(name, value) };
    await refuses(connect("tcp://127.0.0.1:1", options), { name, type });
  });
});

describe("overStreams()", () => {
  it.each(cases(WRONG))("refuses $what", async ({ name, value, type }) => {
    await refuses(overStreams(transforms()[0], optionsWith(name, value)), { name, type });
  });
});

describe("listen()", () => {
  it.each(cases([...WRONG, ...WRONG_IN_NODE, ...WRONG_AT_LISTENERS]))(
    "refuses $what",
    async ({ name, value, type }) => {
      await refuses(listen("tcp://127.0.0.1:0", optionsWith(name, value)), { name, type });
    },
  );
});

describe("what is no options object", () => {
  it.each([undefined, null, "PUSH", 5])("%s", async (options) => {
    await expect(connect("tcp://127.0.0.1:1", options as never)).rejects.toThrow(TypeError);
    await expect(listen("tcp://127.0.0.1:0", options as never)).rejects.toThrow(TypeError);
    await expect(overStreams(transforms()[0], options as never)).rejects.toThrow(TypeError);
  });

  it.each([undefined, null, 5, {}])("endpoint %s", async (url) => {
    await expect(connect(url as never, { socketType: "PUSH" })).rejects.toThrow(/endpoint/);
    await expect(listen(url as never, { socketType: "PUSH" })).rejects.toThrow(/endpoint/);
  });
});

describe("what does", () => {
  it("Infinity waits for ever: no handshake ends after the two milliseconds that a platform makes of it", async () => {
    const listener = await listening("tcp://127.0.0.1:0", {
      socketType: "PULL",
      handshakeTimeout: Number.POSITIVE_INFINITY,
      connectTimeout: Number.POSITIVE_INFINITY,
      linger: Number.POSITIVE_INFINITY,
    });
    const peer = await rawDial(listener.endpoint);
    let gone = false;
    everything(peer).then(() => {
      gone = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(gone).toBe(false);
    peer.write(hello("PUSH"));
    for await (const connection of listener) {
      expect(connection.peer.socketType).toBe("PUSH");
      break;
    }
  });

  it("the largest TTL that libzmq takes", async () => {
    const heartbeat = { interval: 20, timeout: 10_000, ttl: 6_553_599 };
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", { socketType: "PAIR", heartbeat });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([ours.ending, theirs.ending]).toEqual([undefined, undefined]);
  });

  it("an interval of 0 sends no PING", async () => {
    const signal = untilTestEnds();
    const listener = await listening("tcp://127.0.0.1:0", { socketType: "PAIR", heartbeat: { interval: 0 }, signal });
    const peer = await rawDial(listener.endpoint);
    let said = Buffer.alloc(0);
    peer.on("data", (chunk) => {
      said = Buffer.concat([said, chunk]);
    });
    peer.write(hello("PAIR"));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(said.length).toBe(hello("PAIR").length);
  });

  it.each([
    ["an ArrayBuffer", Uint8Array.from([1, 2, 3]).buffer],
    ["a view into more", new DataView(Uint8Array.from([0, 0, 1, 2, 3, 0]).buffer, 2, 3)],
    ["a Buffer", Buffer.from([1, 2, 3])],
    ["text", "\x01\x02\x03"],
  ])("%s as identity and as metadata", async (_, identity) => {
    const options = { socketType: "DEALER", identity, metadata: { "X-Weight": identity } } as const;
    const [, theirs] = await pair("tcp://127.0.0.1:0", options as never, { socketType: "ROUTER" });
    expect([...theirs.peer.identity]).toEqual([1, 2, 3]);
    expect([...(theirs.peer.metadata.get("x-weight") as Uint8Array)]).toEqual([1, 2, 3]);
  });
});

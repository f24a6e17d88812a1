/** Monocoque to Monocoque, over everything that carries it. */
import { describe, expect, it } from "vitest";
import type { ByteStreams, Connection, ConnectionOptions, FrameBatch } from "../../src/index.js";
import { overStreams } from "../../src/node.js";
import {
  accepted,
  anyEndpoint,
  connected,
  ipcPath,
  listening,
  nextMessage,
  nextText,
  pair,
  sendAll,
  texts,
  untilTestEnds,
} from "../support/connections.js";
import { pattern, same } from "../support/pieces.js";
import { byteSockets, transforms, webSockets } from "../support/streams.js";

const MiB = 1024 * 1024;
const ends: ConnectionOptions = { socketType: "PAIR" };

async function over(streams: readonly [ByteStreams, ByteStreams]) {
  const options = { ...ends, signal: untilTestEnds() };
  return Promise.all([overStreams(streams[0], options), overStreams(streams[1], options)]);
}

let abstract = 0;
const transports: Record<string, () => Promise<readonly [Connection, Connection]>> = {
  "tcp://127.0.0.1:0": () => pair("tcp://127.0.0.1:0", ends),
  "tcp://[::1]:0": () => pair("tcp://[::1]:0", ends),
  "tcp://*:0": () => pair("tcp://*:0", ends),
  "tcp://localhost:*": () => pair("tcp://localhost:*", ends),
  ipc: async () => pair(`ipc://${await ipcPath()}`, ends),
  "ipc://@abstract": () => pair(`ipc://@monocoque-${process.pid}-${abstract++}`, ends),
  "tcp, in another thread": () => pair("tcp://127.0.0.1:0", { ...ends, thread: true }, ends),
  "ipc, in another thread": async () => pair(`ipc://${await ipcPath()}`, { ...ends, thread: true }, ends),
  ws: () => pair("ws://127.0.0.1:0/", ends),
  "ws with a path": () => pair("ws://127.0.0.1:0/a/b", ends),
  "streams of sockets": async () => over(await webSockets()),
  "streams that let us bring the buffer": async () => over(await byteSockets()),
  "identity TransformStreams": async () => over(transforms()),
};

describe.each(Object.keys(transports))("%s", (name) => {
  const meet = transports[name];

  it("messages of one frame and of many, empty and not", async () => {
    const [a, b] = await meet();
    const said = [["one"], [""], ["a", "b", "c"], ["", ""], ["Grüße", "x".repeat(300)], Array(1000).fill("many")];
    for (const [from, to] of [
      [a, b],
      [b, a],
    ]) {
      for (const message of said) from.send(message.length === 1 ? message[0] : message);
      for (const message of said) expect(await nextText(to)).toEqual(message);
    }
  });

  it.each([255, 256, 65_535, 65_536, 70_000, MiB, 5 * MiB])("a payload of %i octets each way", async (size) => {
    const [a, b] = await meet();
    const payload = pattern(size);
    a.send(["before", payload, "after"]);
    b.send(payload);
    const [before, there, after] = await nextMessage(b);
    expect([...texts([before, after]), same(there, payload)]).toEqual(["before", "after", true]);
    expect(same((await nextMessage(a))[0], payload)).toBe(true);
  });

  it("batches, forwarded with sendBatch and back again", async () => {
    const [a, relay] = await meet();
    const [back, b] = await meet();
    const said = Array.from({ length: 5000 }, (_, i) => [`${i}`, "x".repeat(i % 700)]);
    const sent = sendAll(a, said).then(() => a.close());
    const forwarded = (async () => {
      for await (const batch of relay.batches()) if (!back.sendBatch(batch)) await back.drained;
      await back.close();
    })();
    let i = 0;
    for await (const message of b) {
      if (texts(message).join() !== said[i].join()) expect(texts(message)).toEqual(said[i]);
      i++;
    }
    expect(i).toBe(said.length);
    await Promise.all([sent, forwarded, a.closed, b.closed, relay.closed, back.closed]);
  });

  it("an iteration that is broken off loses nothing", async () => {
    const [a, b] = await meet();
    const count = 3000;
    const sent = sendAll(
      a,
      Array.from({ length: count }, (_, i) => [`${i}`, "-".repeat(i % 300)]),
    ).then(() => a.close());
    const heard: string[] = [];
    let frames: string[] = [];
    const take = (message: string[]) => {
      expect(message[1].length).toBe(Number(message[0]) % 300);
      heard.push(message[0]);
    };
    for (let turn = 0; heard.length < count; turn++) {
      if (turn % 2 === 0) {
        for await (const message of b) {
          take(texts(message));
          if (heard.length % 7 === 0) break;
        }
        continue;
      }
      for await (const batch of b.batches()) {
        for (const { payload, more } of batch) {
          frames.push(Buffer.from(payload).toString());
          if (more) continue;
          take(frames);
          frames = [];
        }
        // Back to messages between two of them.
        if (frames.length === 0) break;
      }
    }
    expect(heard).toEqual(Array.from({ length: count }, (_, i) => `${i}`));
    expect(await b[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
    await sent;
  });
});

describe("endpoints", () => {
  it.each(["tcp://127.0.0.1:0", "tcp://[::1]:0", "tcp://*:0", "tcp://*:*", "ws://127.0.0.1:0/", "ws://[::1]:0/x"])(
    "%s: the listener tells the port that the system chose",
    async (url) => {
      const { endpoint } = await listening(url, ends);
      expect(endpoint).toMatch(/^(tcp|ws):\/\/(127\.0\.0\.1|\[::1\]):[1-9]\d*(\/x?)?$/);
      expect(endpoint.startsWith(url.slice(0, url.indexOf(":")))).toBe(true);
    },
  );

  it("tcp://*:0 is reached over IPv4 and IPv6", async () => {
    const listener = await listening("tcp://*:0", ends);
    const port = listener.endpoint.split(":").at(-1);
    for (const host of ["127.0.0.1", "[::1]", "localhost"]) {
      const [a, b] = await Promise.all([connected(`tcp://${host}:${port}`, ends), accepted(listener)]);
      a.send(host);
      expect(await nextText(b)).toEqual([host]);
    }
  });
});

describe("one tick", () => {
  it("all that it sends leaves in few writes", async () => {
    const [ours, theirs] = transforms();
    const writes: number[] = [];
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        writes.push(chunk.length);
        controller.enqueue(chunk);
      },
    });
    counted.readable.pipeTo(ours.writable).catch(() => {});
    const [a, b] = await over([{ readable: ours.readable, writable: counted.writable }, theirs]);
    writes.length = 0;
    for (let i = 0; i < 1000; i++) a.send(["topic", `${i}`]);
    for (let i = 0; i < 1000; i++) expect(await nextText(b)).toEqual(["topic", `${i}`]);
    expect(writes.length).toBe(1);
  });
});

describe("several connections of a thread", () => {
  it.each(["tcp", "ipc", "ws"] as const)("%s: interleaved, each gets its own", async (scheme) => {
    const listener = await listening(await anyEndpoint(scheme), ends);
    const count = 20;
    const each = 300;
    const pairs: (readonly [Connection, Connection])[] = [];
    for (let i = 0; i < count; i++)
      pairs.push(await Promise.all([connected(listener.endpoint, ends), accepted(listener)]));
    const text = (from: number, i: number) => [`${from}`, `${i}`, "x".repeat((from * i) % 2000)];
    const all = pairs.flatMap(([a, b], from) =>
      [a, b].map(async (end) => {
        for (let i = 0; i < each; i++) {
          end.send(text(from, i));
          // Elsewhere others send.
          if (i % 10 === from % 10) await undefined;
        }
        for (let i = 0; i < each; i++) {
          const heard = await nextText(end);
          if (heard.join() !== text(from, i).join()) expect(heard).toEqual(text(from, i));
        }
      }),
    );
    await Promise.all(all);
  });

  it("a batch stays whole across awaits while others receive, until the next is asked for", async () => {
    const [a, b] = await pair("tcp://127.0.0.1:0", ends);
    const [c, d] = await pair("tcp://127.0.0.1:0", ends);
    a.send(["kept", "whole"]);
    const batches = b.batches();
    const { value } = await batches.next();
    const batch = value as FrameBatch;
    for (let i = 0; i < 100; i++) {
      c.send("x".repeat(50_000));
      a.send(`later ${i}`);
      await nextMessage(d);
    }
    expect(texts(Array.from(batch, ({ payload }) => payload))).toEqual(["kept", "whole"]);
    const owned = batch.toOwned();
    const view = batch.payload(0);
    await batches.next();
    expect(() => batch.payload(0)).toThrow(expect.objectContaining({ code: "STALE_BATCH" }));
    expect(() => batch.length).toThrow(expect.objectContaining({ code: "STALE_BATCH" }));
    expect(() => c.sendBatch(batch)).toThrow(expect.objectContaining({ code: "STALE_BATCH" }));
    expect(texts([view])).toEqual(["kept"]);
    expect(owned.length).toBe(2);
  });

  it("messages keep their octets for good", async () => {
    const [a, b] = await pair("tcp://127.0.0.1:0", ends);
    const kept: Uint8Array[] = [];
    for (let i = 0; i < 50; i++) {
      a.send(pattern(1000 + i, i + 1));
      kept.push((await nextMessage(b))[0]);
    }
    kept.forEach((payload, i) => {
      expect(same(payload, pattern(1000 + i, i + 1))).toBe(true);
    });
  });
});

describe("what cannot be sent", () => {
  it("a message without a frame throws, and what follows is whole", async () => {
    const [a, b] = await pair("tcp://127.0.0.1:0", ends);
    expect(() => a.send([])).toThrow(TypeError);
    a.send("next");
    expect(await nextText(b)).toEqual(["next"]);
  });

  it("a message with a frame that is none throws, and leaves no half of it", async () => {
    const [a, b] = await pair("tcp://127.0.0.1:0", ends);
    for (const wrong of [["a", 5], ["a", undefined], ["a", {}], 5, null]) {
      expect(() => a.send(wrong as never)).toThrow(TypeError);
    }
    a.send("next");
    expect(await nextText(b)).toEqual(["next"]);
  });

  it("a subscription of a PAIR", async () => {
    const [a] = await pair("tcp://127.0.0.1:0", ends);
    expect(() => a.subscribe("x")).toThrow(expect.objectContaining({ code: "NOT_A_SUBSCRIBER" }));
    expect(() => a.cancel("x")).toThrow(expect.objectContaining({ code: "NOT_A_SUBSCRIBER" }));
  });
});

describe("subscriptions", () => {
  it.each(["tcp", "ipc", "ws"] as const)("%s: count, and are undone one by one", async (scheme) => {
    const [sub, pub] = await pair(await anyEndpoint(scheme), { socketType: "SUB" }, { socketType: "PUB" });
    const settled = async () => {
      sub.subscribe("ping");
      while (!pub.wants("ping")) await new Promise((resolve) => setTimeout(resolve, 1));
      sub.cancel("ping");
      while (pub.wants("ping")) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    expect(pub.wants("a")).toBe(false);
    sub.subscribe("a");
    sub.subscribe("a");
    sub.cancel("a");
    await settled();
    expect(["a", "ab", "b", ""].map((topic) => pub.wants(topic))).toEqual([true, true, false, false]);
    sub.cancel("a");
    await settled();
    expect(pub.wants("a")).toBe(false);
    sub.subscribe();
    while (!pub.wants("")) await new Promise((resolve) => setTimeout(resolve, 1));
  });
});

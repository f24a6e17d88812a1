/**
 * Connections whose work is done in another thread: what is different about them. The rest of this folder holds for
 * both (THREAD=1).
 */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished } from "vitest";
import { jsCodec } from "../../src/index.js";
import { until } from "../socket/support.js";
import { connected, listening, nextText, pair, sendAll } from "../support/connections.js";

const PAIR = { socketType: "PAIR" } as const;
const THREAD = createRequire(import.meta.url).resolve("monocoque/thread");
/** How many messages the stress sends; `RING=10000000` for a longer one. */
const MESSAGES = Number(process.env.RING ?? 100_000);

function worker(): Worker {
  const made = new Worker(THREAD);
  onTestFinished(async () => void (await made.terminate()));
  return made;
}

/** Numbers that look like chance and come again. */
function* numbers(seed: number): Generator<number> {
  for (let x = seed; ; ) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    yield x;
  }
}

describe("a stream through the rings", () => {
  it.each(["runs", "messages"] as const)("%s: each octet of it arrives, with stalls on both sides", async (how) => {
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", { ...PAIR, thread: true }, PAIR);
    const count = how === "runs" ? MESSAGES : MESSAGES / 10;
    const length = (i: number) => (i % 1000 === 999 ? 200_000 : (i * 7) % 90);
    const stalls = numbers(7);
    const stall = () => new Promise((resolve) => setTimeout(resolve, stalls.next().value % 4));
    const sent = (async () => {
      for (let i = 0; i < count; i++) {
        if (!theirs.send(new Uint8Array(length(i)).fill(i))) await theirs.drained;
        if (i % 20_000 === 0) await stall();
      }
    })();
    let at = 0;
    const check = (octets: Uint8Array) => {
      const right = octets.length === length(at) && octets.every((octet) => octet === (at & 0xff));
      if (!right) throw new Error(`message ${at}: ${octets.length} octets, the first ${octets[0]}`);
      at++;
    };
    if (how === "messages") {
      for await (const [payload] of ours) {
        check(payload);
        if (at % 1000 === 0) await stall();
        if (at === count) break;
      }
    } else {
      for await (const batch of ours.batches()) {
        for (let i = 0; i < batch.length; i++) check(batch.payload(i));
        if (at % 50 === 0) await stall();
        if (at === count) break;
      }
    }
    await sent;
    // And back, by the other ring.
    const back = sendAll(
      ours,
      Array.from({ length: 1000 }, (_, i) => `${i}`.repeat(i % 300)),
    );
    for (let i = 0; i < 1000; i++) expect(await nextText(theirs)).toEqual([`${i}`.repeat(i % 300)]);
    await back;
  });

  it("a consumer that never takes holds the sender back", async () => {
    const [, theirs] = await pair("tcp://127.0.0.1:0", { ...PAIR, thread: true }, PAIR);
    const payload = new Uint8Array(16 * 1024);
    await until(() => !theirs.send(payload) && theirs.bufferedAmount > 1024 * 1024);
    // Until no more of it leaves, however slowly that comes about.
    let before = 0;
    do {
      before = theirs.bufferedAmount;
      await new Promise((resolve) => setTimeout(resolve, 100));
    } while (theirs.bufferedAmount < before);
    expect(before).toBeGreaterThan(0);
  });
});

it("a consumer that works on each run gives the turn back between two of them", async () => {
  const [ours, theirs] = await pair("tcp://127.0.0.1:0", { ...PAIR, thread: true }, PAIR);
  // As many runs as the ring holds lie there, and whoever asks for the next has it at once.
  await until(() => !theirs.send(new Uint8Array(16 * 1024)) && theirs.bufferedAmount > 1024 * 1024);
  let turn = 0;
  let over = false;
  const count = () => {
    turn++;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  const turns: number[] = [];
  for await (const _ of ours.batches()) {
    for (const end = performance.now() + 1; performance.now() < end; );
    if (turns.push(turn) === 8) break;
  }
  over = true;
  expect(new Set(turns).size).toBe(8);
});

describe("what is given to the consumer", () => {
  it("runs lie in shared memory and go stale; messages and owned runs do not", async () => {
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", { ...PAIR, thread: true }, PAIR);
    expect([ours.thread, theirs.thread]).toEqual(["shared", undefined]);
    theirs.send(["a", "bc"]);
    const runs = ours.batches();
    const { value: run } = await runs.next();
    const owned = run.toOwned();
    expect(run.bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(owned.bytes.buffer).toBeInstanceOf(ArrayBuffer);
    theirs.send("later");
    const { value: second } = await runs.next();
    expect(() => run.length).toThrow(expect.objectContaining({ code: "STALE_BATCH" }));
    expect(Buffer.from(second.payload(0)).toString()).toBe("later");
    expect(Array.from(owned, ({ payload }) => Buffer.from(payload).toString())).toEqual(["a", "bc"]);
    theirs.send("message");
    for await (const [payload] of ours) {
      expect(payload.buffer).toBeInstanceOf(ArrayBuffer);
      break;
    }
  });
});

describe("a worker of one's own", () => {
  it("serves several connections, and when it ends they end, each with the reason", async () => {
    const mine = worker();
    const listener = await listening("tcp://127.0.0.1:0", PAIR);
    const both = [
      await connected(listener.endpoint, { ...PAIR, thread: mine }),
      await connected(listener.endpoint, { ...PAIR, thread: mine }),
    ];
    const reading = both.map(async (connection) => {
      for await (const _ of connection) expect.unreachable();
    });
    await mine.terminate();
    await Promise.all(reading);
    for (const connection of both) {
      expect(await connection.closed).toMatchObject({ by: "lost", error: { code: "THREAD_ENDED", blame: "caller" } });
      expect(connection.send("nobody")).toBe(false);
      await connection.close();
    }
    const again = await connected(listener.endpoint, { ...PAIR, thread: true });
    expect(again.peer.socketType).toBe("PAIR");
  });

  it("that ends before the connection is open refuses it", async () => {
    const mine = worker();
    await mine.terminate();
    await expect(connected("tcp://127.0.0.1:9", { ...PAIR, thread: mine })).rejects.toMatchObject({
      code: "THREAD_ENDED",
    });
  });
});

describe("the call", () => {
  it.each([
    ["ws://127.0.0.1:9/", {}, /ws:\/\/.*without it/],
    ["tcp://127.0.0.1:9", { codec: jsCodec() }, /codec cannot be handed/],
    ["tcp://127.0.0.1:9", { thread: "yes" as never }, /thread is true, a Worker .* or what threadPort\(\) gave/],
  ])("%s refuses what another thread cannot do", async (url, options, message) => {
    await expect(connected(url, { ...PAIR, thread: true, ...options })).rejects.toThrow(message);
    await expect(connected(url, { ...PAIR, thread: true, ...options })).rejects.toBeInstanceOf(TypeError);
  });

  it("tells why nobody was reached as without a thread", async () => {
    const refused = connected("tcp://127.0.0.1:9", { ...PAIR, thread: true });
    await expect(refused).rejects.toMatchObject({
      code: "NOT_REACHED",
      blame: "network",
      cause: { code: "ECONNREFUSED" },
      message: expect.not.stringMatching(/(Nobody answers.*){2}/),
    });
  });
});

it("the process ends by itself once its connections have", async () => {
  const program = `
    import { connect, listen } from "monocoque/node";
    const listener = await listen("tcp://127.0.0.1:0", { socketType: "PAIR" });
    const connection = await connect(listener.endpoint, { socketType: "PAIR", thread: true });
    connection.send("said");
    for await (const peer of listener) {
      for await (const [text] of peer) { console.log(String(text)); break; }
      break;
    }
    await connection.close();
    await listener.close();
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
    timeout: 60_000,
  });
  expect(stdout).toBe("said\n");
});

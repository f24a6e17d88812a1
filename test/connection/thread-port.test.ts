/** One worker that does the work of connections for several threads of the program, each of which has a port to it. */
import { once } from "node:events";
import { createRequire } from "node:module";
import { type MessagePort, Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Connection } from "../../src/index.js";
import { type ThreadPort, threadPort } from "../../src/node.js";
import { until } from "../socket/support.js";
import { accepted, connected, listening } from "../support/connections.js";

const PUSH = { socketType: "PUSH" } as const;
const PULL = { socketType: "PULL" } as const;
const THREAD = createRequire(import.meta.url).resolve("monocoque/thread");
/** `RING=10000000` for a longer run. */
const MESSAGES = Number(process.env.RING ?? 60_000);

/** What a consumer has told. */
class Consumer {
  readonly numbers: number[] = [];
  end: { by: string; code: string | undefined } | undefined;
  error: unknown;
  readonly worker: Worker;
  readonly open: Promise<unknown[]>;

  constructor(url: string, port: ThreadPort) {
    const script = new URL("../support/consumer.js", import.meta.url);
    this.worker = new Worker(script, { workerData: { url, port }, transferList: [port as MessagePort], execArgv: [] });
    onTestFinished(async () => void (await this.worker.terminate()));
    this.open = once(this.worker, "message");
    this.worker.on("message", (told) => {
      if (told.numbers) for (const number of told.numbers) this.numbers.push(number);
      else if (told.by) this.end = told;
    });
    this.worker.on("error", (error) => {
      this.error = error;
    });
  }
}

function ioWorker(): Worker {
  const made = new Worker(THREAD, { execArgv: [] });
  onTestFinished(async () => void (await made.terminate()));
  return made;
}

function message(number: number): Uint8Array {
  const octets = Uint8Array.from({ length: 4 + (number % 90) }, (_, at) => (number + at) & 0xff);
  new DataView(octets.buffer).setUint32(0, number);
  return octets;
}

/** So many consumers by one worker, and the peer of each. */
async function consumers(count: number, worker?: Worker): Promise<readonly [Consumer[], Connection[]]> {
  const listener = await listening("tcp://127.0.0.1:0", PUSH);
  const all: Consumer[] = [];
  const peers: Connection[] = [];
  for (let i = 0; i < count; i++) {
    const consumer = new Consumer(listener.endpoint, await threadPort(worker));
    all.push(consumer);
    peers.push(await accepted(listener));
    await consumer.open;
  }
  return [all, peers];
}

describe.each([
  ["the worker that all share", (): undefined => undefined],
  ["a worker of one's own", ioWorker],
] as const)("by %s", (_, way) => {
  it("several threads take what comes, each octet of it once", async () => {
    const [all, peers] = await consumers(3, way());
    for (let number = 0; number < MESSAGES; number++) {
      const peer = peers[number % peers.length] as Connection;
      if (!peer.send(message(number))) await peer.drained;
    }
    await until(() => {
      for (const { error } of all) if (error !== undefined) throw error;
      return all.every(({ numbers }) => numbers.length === MESSAGES / all.length);
    });
    for (const [i, { numbers }] of all.entries()) {
      expect(numbers.every((number, at) => number === at * all.length + i)).toBe(true);
    }
    for (const peer of peers) await peer.close();
    await until(() => all.every(({ end }) => end !== undefined));
    expect(all.map(({ end }) => end?.by)).toEqual(["peer", "peer", "peer"]);
  });
});

describe("an end", () => {
  it("of a consumer's thread ends its connection, and nobody else's", async () => {
    const [[first, second], [gone, stays]] = await consumers(2, ioWorker());
    await first?.worker.terminate();
    await gone?.closed;
    stays?.send(message(7));
    await until(() => second?.numbers[0] === 7);
  });

  it("of the worker ends the connections of all threads, each with the reason", async () => {
    const worker = ioWorker();
    const [all] = await consumers(2, worker);
    await worker.terminate();
    await until(() => all.every(({ end }) => end !== undefined));
    expect(all.map(({ end }) => end)).toMatchObject([
      { by: "lost", code: "THREAD_ENDED" },
      { by: "lost", code: "THREAD_ENDED" },
    ]);
  });

  it("of the port ends the connection, and refuses the next at once", async () => {
    const listener = await listening("tcp://127.0.0.1:0", PUSH);
    const port = await threadPort(ioWorker());
    const ours = await connected(listener.endpoint, { ...PULL, thread: port });
    const theirs = await accepted(listener);
    port.close();
    expect(await ours.closed).toMatchObject({ by: "lost", error: { code: "THREAD_ENDED" } });
    await theirs.closed;
    const next = connected(listener.endpoint, { ...PULL, thread: port });
    await expect(next).rejects.toMatchObject({ code: "THREAD_ENDED" });
  });
});

describe("a port", () => {
  it("gives ports of its own", async () => {
    const listener = await listening("tcp://127.0.0.1:0", PUSH);
    const port = await threadPort(await threadPort(ioWorker()));
    onTestFinished(() => port.close());
    const ours = await connected(listener.endpoint, { ...PULL, thread: port });
    expect(ours.peer.socketType).toBe("PUSH");
    await ours.close();
  });

  it.each(["yes", {}, 7, new (class Worker {})()])("is not given for %s", async (worker) => {
    await expect(threadPort(worker as never)).rejects.toThrow(/a Worker that runs monocoque\/thread/);
  });
});

it("a worker that runs something else is told apart, and nothing hangs", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: false });
  onTestFinished(() => void vi.useRealTimers());
  const worker = new Worker("setInterval(() => {}, 1000)", { eval: true });
  onTestFinished(async () => void (await worker.terminate()));
  const connecting = connected("tcp://127.0.0.1:9", { ...PULL, thread: worker });
  const refused = expect(connecting).rejects.toMatchObject({
    code: "THREAD_SILENT",
    blame: "caller",
    hint: expect.stringContaining("monocoque/thread"),
  });
  await vi.advanceTimersByTimeAsync(60_000);
  await refused;
});

it("a listener refuses `thread` by name", async () => {
  const options = { ...PUSH, thread: true };
  await expect(listening("tcp://127.0.0.1:0", options)).rejects.toThrow(/thread is for connect.*worker of your own/);
});

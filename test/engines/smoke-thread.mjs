// The smoke suite of connections whose work is done in another thread: the same in every engine.
//
//   <engine> smoke-thread.mjs <endpoint of a libzmq PULL> <endpoint of a libzmq PUSH that gives back what the PULL took>
import process from "node:process";
import { Worker } from "node:worker_threads";
import { connect, listen, plainClient, plainServer, threadPort } from "monocoque/node";
import { codeOf, pattern, runChecks, same, text } from "./checks.js";
import { throughLibzmq } from "./through-libzmq.js";

const [pull, push] = process.argv.slice(2);
const PAIR = { socketType: "PAIR" };
const CONSUMER = new URL("thread-consumer.mjs", import.meta.url);

function ioWorker() {
  return new Worker(new URL(import.meta.resolve("monocoque/thread")));
}

/** Two ends of one connection: ours, whose work another thread does, and theirs. */
async function met(act, { ours = {}, theirs = {}, thread = true } = {}) {
  const listener = await listen("tcp://127.0.0.1:0", { ...PAIR, ...theirs });
  const connecting = connect(listener.endpoint, { ...PAIR, thread, ...ours });
  const [[peer], connection] = await Promise.all([first(listener), connecting]);
  try {
    await act(connection, peer);
  } finally {
    connection.destroy();
    peer.destroy();
    await listener.close();
  }
}

async function first(iterable) {
  for await (const value of iterable) return [value];
  throw new Error("it has ended");
}

/** Until `look` is true. */
async function until(look) {
  while (!look()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const lengthOf = (i) => (i % 500 === 499 ? 150_000 : (i * 7) % 300);

async function sendNumbered(connection, count) {
  for (let i = 0; i < count; i++) {
    if (!connection.send(new Uint8Array(lengthOf(i)).fill(i))) await connection.drained;
  }
}

function check(payload, i) {
  same(payload.length, lengthOf(i));
  for (const octet of payload) if (octet !== (i & 0xff)) throw new Error(`message ${i} holds ${octet}`);
}

const COUNT = 5000;

const checks = {
  "messages both ways, each octet": () =>
    met(async (ours, theirs) => {
      for (const [from, to] of [
        [ours, theirs],
        [theirs, ours],
      ]) {
        const sending = sendNumbered(from, COUNT);
        let at = 0;
        for await (const [payload] of to) {
          check(payload, at);
          if (++at === COUNT) break;
        }
        await sending;
      }
    }),

  "batches lie in shared memory, and go stale": () =>
    met(async (ours, theirs) => {
      const sending = sendNumbered(theirs, COUNT);
      let at = 0;
      let shared = 0;
      let before;
      for await (const batch of ours.batches()) {
        if (before !== undefined)
          same(
            codeOf(() => before.length),
            "STALE_BATCH",
          );
        before = batch;
        if (batch.bytes.buffer instanceof SharedArrayBuffer) shared++;
        for (let i = 0; i < batch.length; i++) check(batch.payload(i), at++);
        if (at === COUNT) break;
      }
      same(shared > 0, true);
      await sending;
    }),

  "a consumer that never takes holds the sender back": () =>
    met(async (ours, theirs) => {
      const payload = new Uint8Array(64 * 1024);
      await until(() => !theirs.send(payload) && theirs.bufferedAmount > 2 * 1024 * 1024);
      same(ours.ending, undefined);
    }),

  "an error of the peer has its code": async () => {
    const listener = await listen("tcp://127.0.0.1:0", {
      ...PAIR,
      mechanism: plainServer(() => false),
      failureDelay: 0,
    });
    const mechanism = plainClient({ username: "a", password: "b" });
    const error = await connect(listener.endpoint, { ...PAIR, mechanism, thread: true }).catch((reason) => reason);
    same(error.code, "PEER_ERROR");
    await listener.close();
  },

  "a mechanism is made there": () =>
    met(
      async (ours, theirs) => {
        ours.send(["in", pattern(100_000)]);
        const [[head, body]] = await first(theirs);
        same(`${text(head)} ${text(body)}`, `in ${text(pattern(100_000))}`);
        theirs.send("out");
        same(text((await first(ours))[0][0]), "out");
      },
      {
        ours: { mechanism: plainClient({ username: "a", password: "b" }) },
        theirs: { mechanism: plainServer(() => true) },
      },
    ),

  "nobody there is told with the system's reason": async () => {
    const error = await connect("tcp://127.0.0.1:9", { ...PAIR, thread: true }).catch((reason) => reason);
    same(`${error.code} ${error.cause.code}`, "NOT_REACHED ECONNREFUSED");
  },

  "what was sent before close() arrives": () =>
    met(async (ours, theirs) => {
      for (let i = 0; i < 100; i++) ours.send(`last words ${i}`);
      const closed = ours.close();
      let heard = 0;
      for await (const [words] of theirs) same(text(words), `last words ${heard++}`);
      same(heard, 100);
      await closed;
      same((await ours.closed).by, "close");
    }),

  "a signal ends it with its reason": async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    await met(
      async (ours) => {
        controller.abort(reason);
        const { by, error } = await ours.closed;
        same(by, "destroy");
        same(error, reason);
      },
      { ours: { signal: controller.signal } },
    );
  },

  "a worker of one's own that dies ends its connections": async () => {
    const worker = ioWorker();
    await met(
      async (ours, theirs) => {
        const reading = first(ours).catch(({ message }) => message);
        await worker.terminate();
        same(await reading, "it has ended");
        same(`${(await ours.closed).by} ${(await ours.closed).error.code}`, "lost THREAD_ENDED");
        await theirs.closed;
      },
      { thread: worker },
    );
  },

  "two threads take from connections of one worker": async () => {
    const listener = await listen("tcp://127.0.0.1:0", { socketType: "PUSH" });
    const consumers = [];
    for (let i = 0; i < 2; i++) {
      const port = await threadPort();
      const worker = new Worker(CONSUMER, {
        workerData: { url: listener.endpoint, port, count: 2000 },
        transferList: [port],
      });
      const told = new Promise((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      });
      consumers.push({ worker, told });
    }
    const peers = [];
    for await (const peer of listener) if (peers.push(peer) === consumers.length) break;
    for (let i = 0; i < 2000; i++) for (const peer of peers) if (!peer.send(`message ${i}`)) await peer.drained;
    for (const { told } of consumers) same(await told, "2000 in order");
    for (const { worker } of consumers) await worker.terminate();
    // A thread that is gone leaves no connection behind.
    for (const peer of peers) await peer.closed;
    await listener.close();
  },
};
if (pull) checks["messages through libzmq"] = () => throughLibzmq(pull, push, { thread: true });

// Not process.exit(): that no thread keeps the process alive is one of the things to show.
if (!(await runChecks(checks, console.log))) process.exitCode = 1;

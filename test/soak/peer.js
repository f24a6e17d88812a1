/**
 * One process of a soak, told by its parent what to be: a server, or a client of some servers; ours or libzmq. It reports
 * what it has seen, and how it fares, a few times a second.
 */
import { readdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Asking, answering, forever, pulling, reading, sending } from "./traffic.js";

const REPORT = 250;
const ledgers = new Map();
const state = { stopped: false };
const done = [];
const askers = [];
const sent = new Map();

const fail = (error) => {
  console.error(`${process.argv.slice(2).join(" ")}: ${error.stack}`);
  process.exit(1);
};
process
  .on("uncaughtException", fail)
  .on("unhandledRejection", fail)
  .on("disconnect", () => process.exit(0));

const [library] = process.argv.slice(2);
const zmq = await import(library === "ours" ? "monocoque/zeromq" : "zeromq");
zmq.context.blocky = false;
/** Nobody gives up for want of room, and links come back at once. */
const OPTIONS = { reconnectInterval: 30, linger: 0 };

async function serve({ keys }) {
  const curve = { curveServer: true, curveSecretKey: keys.secretKey };
  const sockets = {
    questions: new zmq.Router({ ...OPTIONS, sendTimeout: 10_000 }),
    secrets: new zmq.Router({ ...OPTIONS, ...curve }),
    work: new zmq.Pull(OPTIONS),
    news: new zmq.Publisher({ ...OPTIONS, sendHighWaterMark: 0 }),
  };
  const ports = {};
  for (const [name, socket] of Object.entries(sockets)) {
    await socket.bind("tcp://127.0.0.1:*");
    ports[name] = Number(socket.lastEndpoint.split(":").at(-1));
  }
  forever(() => answering(sockets.questions, ledgers, done), fail);
  forever(() => answering(sockets.secrets, ledgers, done), fail);
  forever(() => pulling(sockets.work, ledgers), fail);
  forever(() => sending(sockets.news, 0, state), fail);
  return ports;
}

const CLIENTS = {
  questions: ask,
  secrets: ask,
  work(stream, url) {
    const push = new zmq.Push(OPTIONS);
    push.connect(url);
    const own = {
      sent: 0,
      get stopped() {
        return state.stopped;
      },
    };
    sent.set(stream, own);
    forever(() => sending(push, stream, own), fail);
  },
  news(stream, url) {
    const subscriber = new zmq.Subscriber({ ...OPTIONS, receiveHighWaterMark: 0 });
    subscriber.connect(url);
    subscriber.subscribe("soak");
    forever(() => reading(subscriber, ledgers, stream), fail);
  },
};

function ask(stream, url, kind, { keys }) {
  const pair = zmq.curveKeyPair();
  const curve = { curveServerKey: keys.publicKey, curvePublicKey: pair.publicKey, curveSecretKey: pair.secretKey };
  const dealer = new zmq.Dealer({ ...OPTIONS, ...(kind === "secrets" && curve) });
  dealer.connect(url);
  const asker = new Asking(dealer, stream);
  askers.push(asker);
  forever(() => asker.run(state), fail);
  forever(() => asker.hear(), fail);
}

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();

function sample() {
  const { rss, heapUsed, external } = process.memoryUsage();
  const [p99, most] = [delay.percentile(99) / 1e6, delay.max / 1e6];
  delay.reset();
  return { rss, heap: heapUsed + external, handles: readdirSync("/proc/self/fd").length, p99, most };
}

/** What was seen of some streams. */
const totals = (entries) =>
  [...entries].map(([stream, { count, doubled, gaps, missing }]) => ({ stream, count, doubled, gaps, missing }));

/** No more will come of these streams: what is missing now is missing for good. */
function close(streams) {
  const entries = streams
    .filter((stream) => ledgers.has(stream))
    .map((stream) => [stream, ledgers.get(stream).close()]);
  for (const [stream] of entries) ledgers.delete(stream);
  process.send({ closed: totals(entries) });
}

let turns = 0;
function report() {
  process.send({
    done: done.splice(0),
    acknowledged: askers.flatMap((asker) => asker.acknowledged.splice(0)),
    open: askers.reduce((sum, { open }) => sum + open, 0),
    again: askers.reduce((sum, { again }) => sum + again, 0),
    doubled: askers.reduce((sum, { doubled }) => sum + doubled, 0),
    sent: [...sent].map(([stream, own]) => [stream, own.sent]),
    totals: totals(ledgers),
    sample: turns++ % 4 === 0 ? sample() : undefined,
  });
}

process.on("message", async (order) => {
  if (order.serve) process.send({ ports: await serve(order.serve) });
  if (order.streams) for (const { stream, url, kind } of order.streams) CLIENTS[kind](stream, url, kind, order);
  if (order.stop) state.stopped = true;
  if (order.close) close(order.close);
  if (order.serve || order.streams) setInterval(report, REPORT);
});
process.send({ ready: true });

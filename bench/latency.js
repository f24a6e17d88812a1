/** `npm run bench:latency [-- --json FILE]`: round trips of 64 octets over TCP on the loopback, each side a process of its own. */
import { node, pair } from "./lib/children.js";
import { median, ratio } from "./lib/compare.js";
import { libzmq } from "./lib/libzmq.js";
import { main } from "./lib/program.js";
import { times } from "./lib/table.js";

const SIZE = 64;
const TRIPS = 2500;
const WARM_UP = 15_000;
const ROUNDS = 11;

const ours = node("ours");
const addon = node("addon");
const raw = node("raw");
const c = libzmq();
/** Both peers, and what their roles are called beside "ask" and "echo". */
const contenders = {
  ours: [ours],
  "ours, `busyPoll`": [ours, "-polling"],
  "raw Node sockets": [raw],
  ...(c && { "libzmq, C": [c.start] }),
  "zeromq addon": [addon],
};

async function trips([echo, asker], count) {
  echo.tell(`go ${SIZE} ${count}`);
  await echo.next("armed");
  asker.tell(`go ${SIZE} ${count}`);
  const figures = await asker.next("done");
  return figures.map(Number);
}

/**
 * Every round has processes of its own: whether the system lets two that take turns share a core or wakes the other core for each
 * trip decides half of the time, and it stays with what it has chosen.
 */
async function roundTrips({ progress }) {
  const names = Object.keys(contenders);
  const half = Object.fromEntries(names.map((name) => [name, []]));
  const most = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, [start, how = ""]] of Object.entries(contenders)) {
      progress(`${name}, round ${round + 1}`);
      const peers = await pair(start, `echo${how}`, start, `ask${how}`);
      await drained(name, peers, WARM_UP);
      const [p50, p99] = await drained(name, peers, TRIPS);
      half[name].push(p50);
      most[name].push(p99);
      for (const peer of peers) peer.close();
    }
  }
  const rows = names.map((name) => ({
    peers: name,
    "ours / it": times(1 / ratio(half, "ours", name)),
    "busyPoll / it": times(1 / ratio(half, "ours, `busyPoll`", name)),
    "p50 µs": median(half[name]) / 1e3,
    "fastest round": Math.min(...half[name]) / 1e3,
    "slowest round": Math.max(...half[name]) / 1e3,
    "p99 µs": median(most[name]) / 1e3,
  }));
  return {
    title: "Round trip",
    note: `${SIZE} B there and back, one at a time, two processes, medians of ${ROUNDS} rounds that alternate, each with processes of its own. The raw sockets, which have no protocol at all, are the floor for whoever sleeps between trips, which the option busyPoll does not. ${c ? `C: libzmq ${c.version}.` : "No C compiler with libzmq here."}`,
    columns: Object.keys(rows[0]),
    rows,
  };
}

/** The program in C says when it has echoed them all. */
async function drained(name, peers, count) {
  const figures = await trips(peers, count);
  if (contenders[name][0] === c?.start) await peers[0].next("done");
  return figures;
}

await main(
  "Latency",
  { roundTrips },
  { on: c ? [`libzmq ${c.version}`] : [] },
  Object.keys(contenders).length * ROUNDS,
);
process.exit(0);

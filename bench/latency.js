/** `npm run bench:latency [-- --json FILE]`: round trips of 64 octets over TCP on the loopback, each side a process of its own. */
import { node, pair } from "./lib/children.js";
import { median, ratio } from "./lib/compare.js";
import { libzmq } from "./lib/libzmq.js";
import { main } from "./lib/program.js";
import { times } from "./lib/table.js";

const SIZE = 64;
const TRIPS = 2500;
const ROUNDS = 11;

const ours = node("ours");
const addon = node("addon");
const raw = node("raw");
const c = libzmq();
const contenders = {
  ours,
  "raw Node sockets": raw,
  ...(c && { "libzmq, C": c.start }),
  "zeromq addon": addon,
};

async function trips([echo, asker], count) {
  echo.tell(`go ${SIZE} ${count}`);
  await echo.next("armed");
  asker.tell(`go ${SIZE} ${count}`);
  const figures = await asker.next("done");
  return figures.map(Number);
}

async function roundTrips({ progress }) {
  const pairs = {};
  for (const [name, start] of Object.entries(contenders)) pairs[name] = await pair(start, "echo", start, "ask");
  const half = {};
  const most = {};
  for (const [name, peers] of Object.entries(pairs)) {
    progress(`warming up ${name}`);
    half[name] = [];
    most[name] = [];
    await drained(name, peers, 4 * TRIPS);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, peers] of Object.entries(pairs)) {
      progress(`${name}, round ${round + 1}`);
      const [p50, p99] = await drained(name, peers, TRIPS);
      half[name].push(p50);
      most[name].push(p99);
    }
  }
  for (const peers of Object.values(pairs)) for (const peer of peers) peer.close();
  const rows = Object.keys(contenders).map((name) => ({
    peers: name,
    "ours / it, p50": times(1 / ratio(half, "ours", name)),
    "p50 µs": median(half[name]) / 1e3,
    "p99 µs": median(most[name]) / 1e3,
  }));
  return {
    title: "Round trip",
    note: `${SIZE} B there and back, one at a time, two processes, medians of ${ROUNDS} rounds that alternate. The raw sockets, which have no protocol at all, are the floor. ${c ? `C: libzmq ${c.version}.` : "No C compiler with libzmq here."}`,
    columns: Object.keys(rows[0]),
    rows,
  };
}

/** The program in C says when it has echoed them all. */
async function drained(name, peers, count) {
  const figures = await trips(peers, count);
  if (contenders[name] === c?.start) await peers[0].next("done");
  return figures;
}

await main(
  "Latency",
  { roundTrips },
  { on: c ? [`libzmq ${c.version}`] : [] },
  Object.keys(contenders).length * (ROUNDS + 1),
);
process.exit(0);

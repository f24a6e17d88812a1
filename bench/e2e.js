/** `npm run bench:e2e [-- throughput cpu loop] [--json FILE]`: PUSH to PULL over TCP on the loopback, each side a process of its own. */
import { node, pair } from "./lib/children.js";
import { median, ratio } from "./lib/compare.js";
import { libzmq } from "./lib/libzmq.js";
import { loop } from "./lib/loop.js";
import { alternating } from "./lib/measured.js";
import { main } from "./lib/program.js";
import { times } from "./lib/table.js";

const SIZES = { "16 B": 16, "64 B": 64, "256 B": 256, "1 KiB": 1024, "16 KiB": 16_384, "64 KiB": 65_536 };
const ROUNDS = 5;
/**
 * Nanoseconds that one measurement takes, about: less than a second would measure the warm-up too. And the first, which
 * warms up and says how many messages that is.
 */
const TIME = 1e9;
const FIRST = 100e6;
/** Nanoseconds a message and an octet, for the first guess. */
const GUESS = { message: 300, octet: 0.5 };

const ours = node("ours");
const addon = node("addon");
const bare = node("bare");
const raw = node("raw");
const c = libzmq();

/** Sender, receiver, and the receiver's role. */
const contenders = {
  "ours → ours": [ours, ours],
  "ours → ours, for await": [ours, ours, "receive-messages"],
  "addon → addon": [addon, addon],
  "raw → raw": [raw, raw],
  ...(c && {
    "C → C": [c.start, c.start],
    "C → ours": [c.start, ours],
    "ours → C": [ours, c.start],
    "C → addon": [c.start, addon],
    "C → bare socket": [c.start, bare],
  }),
};

/** All contenders in turn, round by round; by size, by what is measured, by contender: one figure a round. */
async function measureAll(progress) {
  const pairs = {};
  for (const [name, [sender, receiver, role = "receive"]] of Object.entries(contenders)) {
    pairs[name] = await pair(sender, "send", receiver, role);
  }
  const found = {};
  for (const [title, size] of Object.entries(SIZES)) {
    found[title] = await alternating(pairs, size, {
      rounds: ROUNDS,
      time: TIME,
      first: Math.ceil(FIRST / (GUESS.message + GUESS.octet * size)),
      again: (time) => Math.ceil(FIRST / time) + 2,
      progress,
      title,
    });
  }
  for (const peers of Object.values(pairs)) for (const peer of peers) peer.close();
  return found;
}

let results;
const all = (progress) => {
  results ??= measureAll(progress);
  return results;
};

const against = (of, name, other) => of[other] && times(ratio(of, name, other));

async function throughput({ progress }) {
  const found = await all(progress);
  const rows = Object.entries(found).map(([size, { time }]) => ({
    messages: size,
    "ours vs C": against(time, "ours → ours", "C → C"),
    "ours vs addon": against(time, "ours → ours", "addon → addon"),
    "ours vs raw": against(time, "ours → ours", "raw → raw"),
    "for await vs addon": against(time, "ours → ours, for await", "addon → addon"),
    ...Object.fromEntries(Object.keys(contenders).map((name) => [name, 1e3 / median(time[name])])),
  }));
  return {
    title: "Throughput",
    note: `Million messages a second, PUSH to PULL over TCP on the loopback, two processes; ours read from \`batches()\` by index, or message by message with \`for await\`. \`raw\`: two Node sockets that move the same octets and look at none. A measurement takes a second; the marks of all peers are their defaults. ${versions()}`,
    columns: Object.keys(rows[0]),
    rows,
  };
}

async function cpu({ progress }) {
  const found = await all(progress);
  const rows = Object.entries(found).map(([size, { send, receive }]) => ({
    messages: size,
    "receiving from C, ours vs addon": against(receive, "C → ours", "C → addon"),
    "receiving from C, bare socket vs addon": against(receive, "C → bare socket", "C → addon"),
    "receive, ours": median(receive["ours → ours"]),
    "receive, ours, for await": median(receive["ours → ours, for await"]),
    "receive, ours from C": receive["C → ours"] && median(receive["C → ours"]),
    "receive, bare socket from C": receive["C → bare socket"] && median(receive["C → bare socket"]),
    "receive, addon from C": receive["C → addon"] && median(receive["C → addon"]),
    "receive, addon": median(receive["addon → addon"]),
    "receive, C": receive["C → C"] && median(receive["C → C"]),
    "send, ours": median(send["ours → ours"]),
    "send, addon": median(send["addon → addon"]),
    "send, C": send["C → C"] && median(send["C → C"]),
  }));
  return {
    title: "CPU",
    note: "Nanoseconds of CPU a message in the process of each side, kernel included. The bare socket shakes hands and then only counts octets: the floor.",
    columns: Object.keys(rows[0]),
    rows,
  };
}

/** What the language takes for a loop, before any octet has moved. */
async function floor({ progress }) {
  progress("the loop alone");
  const found = await loop(ROUNDS);
  const rows = Object.entries(found).map(([name, times]) => ({
    "a loop of `for await` that": name,
    "ns a message": median(times),
    "M/s": 1e3 / median(times),
  }));
  return {
    title: "The loop alone",
    note: "No socket and no protocol: an iterator whose promises are resolved already. No receiver of messages one by one can be faster.",
    columns: Object.keys(rows[0]),
    rows,
  };
}

const versions = () =>
  c ? `C: libzmq ${c.version}, \`cc -O3\`.` : "No C compiler with libzmq here: its rows are missing.";

await main(
  "End to end",
  { throughput, cpu, loop: floor },
  { on: c ? [`libzmq ${c.version}`] : [] },
  Object.keys(SIZES).length * Object.keys(contenders).length * (ROUNDS + 1) + 1,
);
process.exit(0);

/**
 * `npm run bench:sockets [-- pipeline withPython roundTrip fanOut] [--json FILE]`: sockets by the API of the `zeromq` package, ours against the addon, the same
 * program for both, TCP on the loopback, each side a process of its own.
 */
import { node, pair } from "./lib/children.js";
import { median, ratio } from "./lib/compare.js";
import { libzmq } from "./lib/libzmq.js";
import { alternating, measured } from "./lib/measured.js";
import { main } from "./lib/program.js";
import { pyzmq } from "./lib/pyzmq.js";
import { times } from "./lib/table.js";

const SIZES = { "16 B": 16, "64 B": 64, "256 B": 256, "1 KiB": 1024, "64 KiB": 65_536 };
const ROUNDS = 5;
/** Nanoseconds that one measurement takes, about: long enough for the collector and the compiler to have their part. */
const TIME = 1000e6;
/** Messages that warm up, and say how many that is. */
const FIRST = { small: 50_000, large: 2000 };
const TRIPS = 5000;
const SUBSCRIBERS = 100;
const TOPIC_SIZE = 64;

const sockets = node("sockets");
const c = libzmq();
const python = pyzmq();

/** Two peers of one package. */
const both = (name) => [
  (role, endpoint) => sockets(name, role, endpoint),
  (role, endpoint) => sockets(name, role, endpoint),
];
const contenders = {
  ours: both("ours"),
  addon: both("zeromq"),
};
const floor = node("floor");
/** Not a contender: what the program itself and Node's sockets cost. */
const bare = { bare: [floor, floor] };
const withC = c && {
  "ours → C": [both("ours")[0], c.start],
  "addon → C": [both("zeromq")[0], c.start],
  "C → ours": [c.start, both("ours")[0]],
  "C → addon": [c.start, both("zeromq")[0]],
};

async function started(list, first, second) {
  const pairs = {};
  for (const [name, [one, other]] of Object.entries(list)) pairs[name] = await pair(one, first, other, second);
  return pairs;
}

function closeAll(pairs) {
  for (const peer of Object.values(pairs).flat()) peer.close();
}

/** All contenders in turn: what is measured, by contender, one figure a round. */
const inTurns = (pairs, size, progress, title) =>
  alternating(pairs, size, {
    rounds: ROUNDS,
    time: TIME,
    first: size > 16_384 ? FIRST.large : FIRST.small,
    progress,
    title,
  });

/** Each payload is made for its message: from some 100 B on, that is most of what the sender does. */
const pipeline = (how) => piped("send", how);

/** What the package itself costs. */
const pipelineKept = (how) => piped("send-kept", how);

const PAYLOADS = {
  send: { title: "Pipeline", what: "each payload made for its message" },
  "send-kept": { title: "Pipeline, one payload", what: "one payload, made before, sent again and again" },
};

async function piped(role, { progress }) {
  const { title: table, what } = PAYLOADS[role];
  const rows = [];
  // In C a payload that is sent is gone: it has to be made each time.
  const native = role === "send" ? withC : undefined;
  for (const [title, size] of Object.entries(SIZES)) {
    // Processes of its own for each size: what one leaves behind in the memory of a process is not the next one's.
    const pairs = await started({ ...contenders, ...bare, ...native }, role, "receive");
    const { time, send, receive } = await inTurns(pairs, size, progress, title);
    const cpu = (name) => median(send[name]) + median(receive[name]);
    rows.push({
      messages: title,
      "ours / addon": times(ratio(time, "ours", "addon")),
      "CPU, ours / addon": times(cpu("ours") / cpu("addon")),
      ...(native && {
        "to C, ours / addon": times(ratio(time, "ours → C", "addon → C")),
        "from C, ours / addon": times(ratio(time, "C → ours", "C → addon")),
      }),
      "ours M/s": 1e3 / median(time.ours),
      "addon M/s": 1e3 / median(time.addon),
      "CPU ns, ours": cpu("ours"),
      "CPU ns, addon": cpu("addon"),
      "bare / addon": times(ratio(time, "bare", "addon")),
      "CPU ns, bare sockets": cpu("bare"),
      "CPU, bare / addon": times(cpu("bare") / cpu("addon")),
    });
    closeAll(pairs);
  }
  return {
    title: table,
    note: `PUSH to PULL, ${what}: \`await socket.send(payload)\`, \`for await (const [payload] of socket)\`, default marks, some ${TIME / 1e9} s each round, medians of ${ROUNDS} rounds that alternate. Bare sockets: Node's own and the same program, without a protocol: payloads are awaited, copied into chunks, and come out of \`for await\` as Buffers.${native ? ` C: libzmq ${c.version}.` : ""}`,
    columns: Object.keys(rows[0]),
    rows,
  };
}

/** What Python sends and receives bounds both packages: CPU on our side tells them apart. */
async function withPython({ progress }) {
  const rows = [];
  const pairs = await started(
    {
      "ours → Python": [both("ours")[0], python.start],
      "addon → Python": [both("zeromq")[0], python.start],
      "Python → ours": [python.start, both("ours")[0]],
      "Python → addon": [python.start, both("zeromq")[0]],
    },
    "send",
    "receive",
  );
  for (const [title, size] of Object.entries(SIZES)) {
    const { time, send, receive } = await inTurns(pairs, size, progress, title);
    const sides = { to: ["ours → Python", "addon → Python", send], from: ["Python → ours", "Python → addon", receive] };
    const row = { messages: title };
    for (const [way, [ours, addon, cpu]] of Object.entries(sides)) {
      row[`${way} pyzmq, ours / addon`] = times(ratio(time, ours, addon));
      row[`CPU ${way === "to" ? "sending" : "receiving"}, ours / addon`] = times(
        median(cpu[ours]) / median(cpu[addon]),
      );
      row[`${way} pyzmq, ours M/s`] = 1e3 / median(time[ours]);
    }
    rows.push(row);
  }
  closeAll(pairs);
  return {
    title: "With pyzmq",
    note: `As the pipeline; pyzmq ${python.version} on the other side. CPU is that of our side alone.`,
    columns: Object.keys(rows[0]),
    rows,
  };
}

async function roundTrip({ progress }) {
  const half = { ours: [], addon: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, [one, other]] of Object.entries(contenders)) {
      progress(`round trip, ${name}, round ${round + 1}`);
      const peers = await pair(one, "answer", other, "ask");
      const [answer, ask] = peers;
      for (const count of [TRIPS, TRIPS]) {
        answer.tell(`go 64 ${count}`);
        await answer.next("armed");
        ask.tell(`go 64 ${count}`);
        const [p50] = await ask.next("done");
        if (half[name].length === round) half[name].push(Number(p50));
        else half[name][round] = Number(p50);
      }
      for (const peer of peers) peer.close();
    }
  }
  const row = {
    peers: "REQ, REP",
    "ours / addon": times(1 / ratio(half, "ours", "addon")),
    "ours p50 µs": median(half.ours) / 1e3,
    "addon p50 µs": median(half.addon) / 1e3,
  };
  return {
    title: "Questions and answers",
    note: `64 B there and back, one at a time, medians of ${ROUNDS} rounds that alternate, each with processes of its own.`,
    columns: Object.keys(row),
    rows: [row],
  };
}

async function fanOut({ progress }) {
  const pairs = await started(contenders, "publish", "subscribe");
  // What is published before they have subscribed nobody gets.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const found = { ours: [], addon: [] };
  const count = { ours: 5000, addon: 1000 };
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, peers] of Object.entries(pairs)) {
      progress(`fan-out, ${name}, round ${round + 1}`);
      const { time } = await measured(peers, TOPIC_SIZE, count[name]);
      if (round >= 0) found[name].push(time);
      else count[name] = Math.max(500, Math.ceil(TIME / (time * SUBSCRIBERS)));
    }
  }
  closeAll(pairs);
  const row = {
    peers: `PUB, ${SUBSCRIBERS} SUBs`,
    "ours / addon": times(ratio(found, "ours", "addon")),
    "ours M/s": 1e3 / median(found.ours),
    "addon M/s": 1e3 / median(found.addon),
  };
  return {
    title: "Fan-out",
    note: `One PUB to ${SUBSCRIBERS} SUBs of one process, ${TOPIC_SIZE} B, marks off, deliveries counted; medians of ${ROUNDS} rounds that alternate.`,
    columns: Object.keys(row),
    rows: [row],
  };
}

const suites = { pipeline, pipelineKept, ...(python && { withPython }), roundTrip, fanOut };
const on = [c && `libzmq ${c.version}`, python && `pyzmq ${python.version}`].filter(Boolean);
await main("Sockets", suites, { on }, 100);
process.exit(0);

/** `npm run bench:threads`: what a stream costs the thread that reads it, and the process, with and without `thread`. */
import { node, pair } from "./lib/children.js";
import { median, ratio } from "./lib/compare.js";
import { libzmq } from "./lib/libzmq.js";
import { alternating } from "./lib/measured.js";
import { main } from "./lib/program.js";
import { times } from "./lib/table.js";

const SIZES = { "16 B": 16, "64 B": 64, "1 KiB": 1024 };
const ROUNDS = 7;
/** Nanoseconds that one measurement takes, about, and messages that warm up and say how many that is. */
const TIME = 1500e6;
const FIRST = 300_000;

const c = libzmq();
const sender = c?.start ?? node("ours");
const receiver = node("thread");
const WHERE = ["here", "there"];

/** One measurement: nanoseconds a message, by what they are of, and the delay of the loop in nanoseconds. */
async function measured([from, to], size, count) {
  const before = await to.cpu();
  to.tell(`go ${size} ${count}`);
  await to.next("armed");
  from.tell(`go ${size} ${count}`);
  const [time, inMain, delay] = await to.next("done");
  await from.next("done");
  const all = ((await to.cpu()) - before) / count;
  return { time: Number(time), main: Number(inMain), all, delay: Number(delay) };
}

async function threads({ progress }) {
  const pairs = {};
  for (const where of WHERE) pairs[where] = await pair(sender, "send", (_, at) => receiver(where, at), "receive");
  const rows = [];
  for (const [title, size] of Object.entries(SIZES)) {
    const found = await alternating(pairs, size, {
      measure: measured,
      rounds: ROUNDS,
      time: TIME,
      first: FIRST,
      progress,
      title,
    });
    rows.push(row(title, found));
  }
  for (const peer of Object.values(pairs).flat()) peer.close();
  return {
    title: "Another thread",
    note: [
      c ? `libzmq ${c.version}, C API,` : "No C compiler with libzmq here: Monocoque",
      "sends as fast as it can; the receiver reads `batches()` by index, here in the main thread, there with `thread: true`.",
      "Nanoseconds of CPU a message, kernel included; delay: p99 of the main thread's loop.",
      `Some ${TIME / 1e9} s each, medians of ${ROUNDS} rounds that alternate.`,
    ].join(" "),
    columns: Object.keys(rows[0]),
    rows,
  };
}

function row(title, { time, main: inMain, all, delay }) {
  const against = (kind) => times(1 / ratio(kind, "there", "here"));
  return {
    messages: title,
    "main thread, here": median(inMain.here),
    there: median(inMain.there),
    "main thread, there / here": against(inMain),
    "process, there / here": against(all),
    "throughput, there / here": times(ratio(time, "there", "here")),
    "delay µs, here": median(delay.here) / 1e3,
    "delay µs, there": median(delay.there) / 1e3,
    "delay, there / here": times(median(delay.there) / median(delay.here)),
    "M/s here": 1e3 / median(time.here),
    "M/s there": 1e3 / median(time.there),
  };
}

await main(
  "Threads",
  { threads },
  { on: c ? [`libzmq ${c.version}`] : [] },
  Object.keys(SIZES).length * WHERE.length * (ROUNDS + 1),
);
process.exit(0);

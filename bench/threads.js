/** `npm run bench:threads`: what a stream costs the thread that reads it, and the process, with and without `thread`. */
import { node } from "./lib/children.js";
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
/** Milliseconds for which an idle loop is watched. */
const IDLE = 300;

const c = libzmq();
const sender = c?.start ?? node("ours");
const receiver = node("thread");
const WHERE = ["here", "there"];
/** How many send at once: one, and as many as one thread that reads cannot follow. */
const SENDERS = [1, 2];

/** Senders, and who reads from all of them. */
async function meeting(where, count) {
  const senders = Array.from({ length: count }, () => sender("send"));
  const endpoints = [];
  for (const peer of senders) endpoints.push(...(await peer.next("at")));
  const to = receiver(where, ...endpoints);
  await to.next("ready");
  return [senders, to];
}

/** One measurement: nanoseconds a message, by what they are of, and the delay of the loop in nanoseconds. */
async function measured([senders, to], size, atLeast) {
  const each = Math.ceil(atLeast / senders.length);
  const count = each * senders.length;
  const idle = await idleDelay(to);
  const before = await to.cpu();
  to.tell(`go ${size} ${count}`);
  await to.next("armed");
  for (const from of senders) from.tell(`go ${size} ${each}`);
  const [time, inMain, delay, most] = await to.next("done");
  for (const from of senders) await from.next("done");
  const all = ((await to.cpu()) - before) / count;
  return { time: Number(time), main: Number(inMain), all, delay: Number(delay), idle, turn: most * inMain };
}

/** The delay of the same loop while nothing comes: less than this nobody can measure. */
async function idleDelay(to) {
  to.tell(`go 0 ${IDLE}`);
  await to.next("armed");
  const [, , delay] = await to.next("done");
  return Number(delay);
}

async function threads({ progress }) {
  const rows = [];
  for (const senders of SENDERS) rows.push(...(await streamsOf(senders, progress)));
  return {
    title: "Another thread",
    note: [
      c ? `libzmq ${c.version}, C API,` : "No C compiler with libzmq here: Monocoque",
      "sends as fast as it can; the receiver reads `batches()` by index, here in the main thread, there with `thread: true`.",
      "Nanoseconds of CPU a message, kernel included; delay: p99 of the main thread's loop, and of the same loop idle;",
      "turn: CPU of the main thread for the messages that one turn of its loop takes, p99.",
      `Some ${TIME / 1e9} s each, medians of ${ROUNDS} rounds that alternate.`,
    ].join(" "),
    columns: Object.keys(rows[0]),
    rows,
  };
}

async function streamsOf(senders, progress) {
  const pairs = {};
  for (const where of WHERE) pairs[where] = await meeting(where, senders);
  const rows = [];
  for (const [size, octets] of Object.entries(SIZES)) {
    const title = senders === 1 ? size : `${size}, ${senders} senders`;
    const found = await alternating(pairs, octets, {
      measure: measured,
      rounds: ROUNDS,
      time: TIME,
      first: FIRST,
      progress,
      title,
    });
    rows.push(row(title, found));
  }
  for (const peer of Object.values(pairs).flat(2)) peer.close();
  return rows;
}

function row(title, { time, main: inMain, all, delay, idle, turn }) {
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
    "delay µs, idle": median([...idle.here, ...idle.there]) / 1e3,
    "delay, there / here": times(median(delay.there) / median(delay.here)),
    "turn µs, here": median(turn.here) / 1e3,
    "turn µs, there": median(turn.there) / 1e3,
    "M/s here": 1e3 / median(time.here),
    "M/s there": 1e3 / median(time.there),
  };
}

await main(
  "Threads",
  { threads },
  { on: c ? [`libzmq ${c.version}`] : [] },
  SENDERS.length * Object.keys(SIZES).length * WHERE.length * (ROUNDS + 1),
);
process.exit(0);

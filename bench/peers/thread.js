/**
 * A receiver that counts what its main thread does, and what the whole process: `thread.js here|there ENDPOINT…`. It
 * answers as lib/peer.js says, but "done NANOSECONDS MAIN DELAY TURN": nanoseconds of the main thread's CPU a message,
 * the p99 of its loop's delay, and of the messages that one turn of the loop takes. `go 0 MILLISECONDS`: the same while nothing comes, which is the floor of the measure.
 */
import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { connect } from "monocoque/node";
import { die, obey, say } from "../lib/peer.js";

const [where, ...endpoints] = process.argv.slice(2);
const options = { socketType: "PULL", thread: where === "there" };
const connections = await Promise.all(endpoints.map((endpoint) => connect(endpoint, options)));
/** Milliseconds between two looks at the loop; what is beyond them is its delay. */
const LOOK = 1;
const delay = monitorEventLoopDelay({ resolution: LOOK });
/** Where results go, so that no engine leaves the work out. */
const sink = { octets: 0 };
/** What is under way. */
let size = -1;
let missing = 0;
let first = 0;
let start = 0;
let before = 0;
/** Messages of this turn of the loop, and of those before. */
let turn = 0;
let turns = [];

/** Nanoseconds of CPU that the main thread has used; NaN where nobody can say. */
function mainThread() {
  if (process.threadCpuUsage) {
    const { user, system } = process.threadCpuUsage();
    return (user + system) * 1000;
  }
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]);
  } catch {
    return Number.NaN;
  }
}

function begin(length) {
  before = mainThread();
  start = performance.now();
  first = length;
  turns = [];
  delay.reset();
  delay.enable();
}

function done(count) {
  delay.disable();
  const time = ((performance.now() - start) * 1e6) / (count - first);
  const main = (mainThread() - before) / (count - first);
  turns.sort((a, b) => a - b);
  const most = turns[Math.floor(turns.length * 0.99)] ?? 0;
  say("done", time, main, Math.max(0, delay.percentile(99) - LOOK * 1e6), most);
}

let count = 0;
obey(async (wanted, messages) => {
  if (wanted === 0) {
    say("armed");
    begin(0);
    await new Promise((resolve) => setTimeout(resolve, messages));
    done(messages);
    return;
  }
  size = wanted;
  missing = messages;
  count = messages;
  say("armed");
});
say("ready");

function endTurn() {
  turns.push(turn);
  turn = 0;
}

async function receive(connection) {
  for await (const batch of connection.batches()) {
    const { bytes, length } = batch;
    if (missing === count) begin(length);
    for (let i = 0; i < length; i++) {
      const at = batch.start(i);
      if (batch.end(i) - at !== size) throw new Error("a message of another size");
      sink.octets += bytes[at];
    }
    if (turn === 0) setImmediate(endTurn);
    turn += length;
    missing -= length;
    if (missing === 0) done(count);
  }
}
for (const connection of connections) receive(connection).catch(die);

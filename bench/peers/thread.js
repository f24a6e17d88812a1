/**
 * A receiver that counts what its main thread does, and what the whole process: `thread.js here|there ENDPOINT`. It
 * answers as lib/peer.js says, but "done NANOSECONDS MAIN DELAY": nanoseconds of the main thread's CPU a message, and
 * the p99 of its loop's delay.
 */
import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { connect } from "monocoque/node";
import { die, obey, say } from "../lib/peer.js";

const [where, endpoint] = process.argv.slice(2);
const connection = await connect(endpoint, { socketType: "PULL", thread: where === "there" });
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
  delay.reset();
  delay.enable();
}

function done(count) {
  delay.disable();
  const time = ((performance.now() - start) * 1e6) / (count - first);
  const main = (mainThread() - before) / (count - first);
  say("done", time, main, Math.max(0, delay.percentile(99) - LOOK * 1e6));
}

let count = 0;
obey((wanted, messages) => {
  size = wanted;
  missing = messages;
  count = messages;
  say("armed");
});
say("ready");

async function receive() {
  for await (const batch of connection.batches()) {
    const { bytes, length } = batch;
    if (missing === count) begin(length);
    for (let i = 0; i < length; i++) {
      const at = batch.start(i);
      if (batch.end(i) - at !== size) throw new Error("a message of another size");
      sink.octets += bytes[at];
    }
    missing -= length;
    if (missing === 0) done(count);
  }
}
receive().catch(die);

/** What runs inside the page: the codec's suites, and the receivers of ws://. */
import { connect, jsCodec, wasmCodec } from "monocoque/page";
import { consume, owned, session } from "../codec/consume.js";
import { batches, encode, greeting } from "../codec/encode.js";
import { scan } from "../codec/scan.js";
import { effort } from "../lib/compare.js";

const suites = { scan, consume, owned, session, encode, batches, greeting };
const sink = { octets: 0 };

// The whole codec is measured in Node; here it is enough to see how the engines differ.
Object.assign(effort, { rounds: 5, time: 12 });

const progress = (step) => post("progress", step);

/** What the program asks for, by name. */
const jobs = {
  suite: (name) => suites[name]({ codecs: [wasmCodec(), jsCodec()], progress }),
  receive: (name, ...rest) => receivers[name](...rest),
  frames: (thread, ...rest) => smoothness(thread, ...rest),
  /** What stands in the way of the bundle that leans on Node, if anything does. */
  jszmq: () => jszmq().then(() => "", String),
};

/**
 * As `batches()` below, with an eye on the frames that the page draws meanwhile: nanoseconds a message, and milliseconds
 * between frames.
 */
async function smoothness(thread, url, size, count) {
  const connection = await connect(url, { socketType: "PULL", thread });
  const clock = clockFor(count);
  const gaps = [];
  let last;
  let watching = true;
  const frame = (now) => {
    if (last !== undefined) gaps.push(now - last);
    last = now;
    if (watching) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  await readRuns(connection, size, clock);
  gaps.push(performance.now() - (last ?? performance.now()));
  watching = false;
  await connection.close();
  gaps.sort((a, b) => a - b);
  return {
    by: connection.thread ?? "main",
    time: clock.result,
    longest: gaps.at(-1),
    p99: gaps[Math.floor(gaps.length * 0.99)],
    frames: gaps.length,
    seconds: (clock.result * count) / 1e9,
  };
}

/** Takes runs until the clock has counted all, one octet of each message. */
async function readRuns(connection, size, clock) {
  for await (const batch of connection.batches()) {
    const { bytes, length } = batch;
    for (let i = 0; i < length; i++) {
      const start = batch.start(i);
      check(batch.end(i) - start === size);
      sink.octets += bytes[start];
    }
    if (clock.count(length)) return;
  }
}

/** Receives `count` messages of `size` octets; resolves to nanoseconds a message between the first and the last. */
const receivers = {
  async "ours, batches()"(url, size, count) {
    const connection = await connect(url, { socketType: "PULL" });
    const clock = clockFor(count);
    await readRuns(connection, size, clock);
    await connection.close();
    return clock.result;
  },

  async "ours, for await"(url, size, count) {
    const connection = await connect(url, { socketType: "PULL" });
    const clock = clockFor(count);
    for await (const [payload] of connection) {
      check(payload.length === size);
      sink.octets += payload[0];
      if (clock.count(1)) break;
    }
    await connection.close();
    return clock.result;
  },

  /** The floor: no library, no message, only a count. */
  "bare WebSocket": (url, size, count) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url, "ZWS2.0");
      const clock = clockFor(count);
      socket.binaryType = "arraybuffer";
      socket.onopen = () => socket.send(new Uint8Array(1));
      socket.onerror = () => reject(new Error("no connection"));
      let identity = true;
      socket.onmessage = ({ data }) => {
        if (identity) {
          identity = false;
          return;
        }
        check(data.byteLength === size + 1);
        if (!clock.count(1)) return;
        socket.close();
        resolve(clock.result);
      };
    }),

  async jszmq(url, size, count) {
    const { Pull } = await jszmq();
    const socket = new Pull();
    const clock = clockFor(count);
    await new Promise((resolve) => {
      socket.on("message", (payload) => {
        check(payload.length === size);
        sink.octets += payload[0];
        if (clock.count(1)) resolve();
      });
      socket.connect(url);
    });
    socket.close();
    return clock.result;
  },
};

/** A bundle of its own, which may be missing. */
async function jszmq() {
  const module = await import(`${globalThis.location.origin}/jszmq.js`);
  return module.default ?? module;
}

function check(fine) {
  if (!fine) throw new Error("a message of another size");
}

function clockFor(count) {
  let missing = count;
  let timed = 0;
  let start;
  return {
    result: 0,
    /** Whether these were the last. */
    count(more) {
      if (start === undefined) {
        start = performance.now();
        timed = missing - more;
      }
      missing -= more;
      if (missing > 0) return false;
      this.result = ((performance.now() - start) * 1e6) / timed;
      return true;
    },
  };
}

function post(where, what) {
  return fetch(where, { method: "POST", body: JSON.stringify(what) });
}

for (;;) {
  const [job, ...rest] = await (await fetch("job")).json();
  try {
    await post("result", { value: await jobs[job](...rest) });
  } catch (error) {
    await post("result", { error: String(error.stack ?? error) });
  }
}

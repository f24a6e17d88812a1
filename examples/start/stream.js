// Numbered messages through one connection, as fast as both sides go: first ours to libzmq, then libzmq's to us.
import { Checker, FRAME_SIZE, framesOf, writeFrame } from "./messages.js";
import { startBar } from "./progress.js";
import { streamLine } from "./report.js";

/** Encoded messages go to the socket in pieces of this size: enough to make a system call worth its price. */
const PIECE = 64 * 1024;

const WAYS = [
  { way: "ours → libzmq", run: toPeer },
  { way: "libzmq → ours", run: fromPeer },
];

/** What is being encoded; the encoder copies it. */
const payload = new Uint8Array(FRAME_SIZE);

// Numbers go on from stream to stream, so that a leftover of one is never right in another.
let nextNumber = 0;

/** One result for each way: how many were right, how long it took, and what either side's CPU spent on it. */
export async function streamBothWays(connection, count, timed) {
  const results = [];
  for (const { way, run } of WAYS) {
    const outcome = await stream(connection, way, run, count, timed);
    const result = { codec: connection.codec.name, way, count, timed, ...outcome };
    streamLine(result);
    results.push(result);
  }
  return results;
}

async function stream(connection, way, run, count, timed) {
  const { codec, peer, watchdog } = connection;
  const first = nextNumber;
  nextNumber += count;
  const bar = startBar(`${codec.name.padEnd(4)}  ${way}${timed ? "" : ", warm-up"}`, count);
  const onProgress = (seen) => {
    watchdog.saw(`${way} with the ${codec.name} codec, ${seen} of ${count} messages arrived`);
    bar.update(seen);
  };

  const reads = connection.reads;
  const before = await cpuOfBoth(peer);
  const start = performance.now();
  const { right, wrong, complaint } = await run(connection, first, count, onProgress);
  const seconds = (performance.now() - start) / 1000;
  const after = await cpuOfBoth(peer);
  bar.stop();
  return {
    right,
    wrong,
    complaint,
    seconds,
    reads: connection.reads - reads,
    ours: after.ours - before.ours,
    libzmq: after.libzmq - before.libzmq,
  };
}

/** The peer checks what arrives and tells us. */
async function toPeer(connection, first, count, onProgress) {
  const verdict = connection.peer.ask("receive", { first, count }, onProgress);
  const encoder = connection.encoder();
  let number = first;
  while (number < first + count) {
    number = encodePiece(encoder, number, first + count);
    await connection.write(encoder.flush());
  }
  return verdict;
}

/** Encodes messages from `number` on, until there is enough for one write or `end` is reached; returns the next number. */
function encodePiece(encoder, number, end) {
  while (number < end && encoder.length < PIECE) {
    const last = framesOf(number) - 1;
    for (let part = 0; part <= last; part++) {
      writeFrame(payload, number, part);
      encoder.frame(payload, part < last);
    }
    number++;
  }
  return number;
}

/** We check, straight in the batches: no object is made for a frame. */
async function fromPeer(connection, first, count, onProgress) {
  const { onBatch } = connection;
  const checker = new Checker(first, count);
  const allSeen = new Promise((resolve) => {
    connection.onBatch = (batch) => {
      const { bytes, length } = batch;
      for (let i = 0; i < length; i++) checker.frame(bytes, batch.start(i), batch.end(i), batch.more(i));
      onProgress(checker.seen);
      if (checker.seen >= count) resolve();
    };
  });
  await connection.peer.ask("send", { first, count });
  await allSeen;
  connection.onBatch = onBatch;
  return checker;
}

async function cpuOfBoth(peer) {
  const { cpu } = await peer.ask("cpu");
  const { user, system } = process.cpuUsage();
  return { ours: user + system, libzmq: cpu };
}

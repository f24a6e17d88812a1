/** `npm run bench:memory [-- SUITE …] [--json FILE]`: what waits, and what is left behind. */
import { once } from "node:events";
import { connect as connectSocket, createServer } from "node:net";
import { encodeFrame, FrameDecoder, ZmtpSession } from "monocoque";
import { connect, listen } from "monocoque/node";
import { activeSession } from "./codec/consume.js";
import { each, garbage, held, withCollector } from "./lib/memory.js";
import { NaiveDecoder } from "./lib/naive.js";
import { main } from "./lib/program.js";
import { named } from "./lib/workloads.js";

withCollector();

const SESSIONS = 10_000;
const CONNECTIONS = 1000;

const sink = { octets: 0 };

/** A session that has the first `count` octets of a frame. */
function waiting(size, count) {
  const octets = encodeFrame(new Uint8Array(size)).subarray(0, count);
  return () => {
    const session = activeSession();
    for (const event of session.receiveBatches(octets)) throw new Error(`unexpected ${event.type}`);
    return session;
  };
}

async function waitingSessions({ progress }) {
  progress("idle sessions");
  const fresh = each(SESSIONS, () => new ZmtpSession({ socketType: "PULL" }));
  const idle = each(SESSIONS, () => activeSession());
  progress("half a frame of 64 B");
  const small = each(SESSIONS, waiting(64, 32));
  progress("1 KiB of a frame of 1 MiB");
  const large = each(SESSIONS, waiting(1024 * 1024, 1024));
  const rows = [
    { "a session that": "has not begun", octets: fresh, "above idle": undefined },
    { "a session that": "is idle behind its handshake", octets: idle, "above idle": undefined },
    { "a session that": "has 30 B of a 64 B frame", octets: small, "above idle": small - idle },
    { "a session that": "has 1 KiB of a 1 MiB frame", octets: large, "above idle": large - idle },
  ];
  return {
    title: "Sessions that wait",
    note: `Octets each, heap and ArrayBuffers, of ${SESSIONS.toLocaleString("en")} alive at once. All of a thread share one WebAssembly memory besides.`,
    columns: Object.keys(rows[0]),
    rows,
  };
}

async function garbagePerFrame({ progress }) {
  const rows = [];
  for (const name of ["16 B", "64 B", "1 KiB", "3-part 5/0/64 B"]) {
    progress(`garbage ${name}`);
    const { bytes, frames } = named(name);
    const ways = {
      "FrameDecoder, batches by index": decoding(bytes),
      "session.receiveBatches, by index": batching(bytes),
      "batch.toOwned, a payload each": owning(bytes),
      "session.receive": receiving(bytes),
      "naive decoder": naive(bytes),
    };
    const figures = Object.entries(ways).map(([way, work]) => [way, garbage(work, frames) * 1e6]);
    rows.push({ frames: name, ...Object.fromEntries(figures.map(([way, octets]) => [way, readable(octets)])) });
  }
  return {
    title: "Garbage",
    note: "Octets allocated per million frames, in chunks of 64 KiB. What `receive` and `toOwned` give is the caller's to keep, the payloads themselves included; the naive decoder's payloads are views.",
    columns: Object.keys(rows[0]),
    rows,
  };
}

const readable = (octets) => {
  if (octets < 1e3) return `${Math.round(octets)} B`;
  if (octets < 1e6) return `${(octets / 1e3).toFixed(0)} kB`;
  return `${(octets / 1e6).toFixed(octets < 1e7 ? 1 : 0)} MB`;
};

function touch(batch) {
  let sum = 0;
  for (let i = 0; i < batch.length; i++) if (batch.end(i) > batch.start(i)) sum += batch.bytes[batch.start(i)];
  sink.octets += sum;
}

function decoding(chunk) {
  const decoder = new FrameDecoder();
  return () => {
    for (const batch of decoder.push(chunk)) touch(batch);
  };
}

function owning(chunk) {
  const decoder = new FrameDecoder();
  return () => {
    for (const batch of decoder.push(chunk)) {
      const owned = batch.toOwned();
      for (let i = 0; i < owned.length; i++) sink.octets += owned.payload(i).length;
    }
  };
}

function batching(chunk) {
  const session = activeSession();
  return () => {
    for (const event of session.receiveBatches(chunk)) touch(event.batch);
  };
}

function receiving(chunk) {
  const session = activeSession();
  return () => {
    for (const event of session.receive(chunk)) sink.octets += event.frame.payload.length;
  };
}

function naive(chunk) {
  const decoder = new NaiveDecoder();
  return () => {
    for (const { payload } of decoder.push(chunk)) sink.octets += payload.length;
  };
}

/** Both ends are in this process: half of the difference is one end's. */
async function connections({ progress }) {
  progress("plain sockets");
  const plain = await socketsOf(CONNECTIONS);
  progress("connections");
  const ours = await connectionsOf(CONNECTIONS);
  const rows = [
    { end: "plain Node socket", octets: plain / 2 },
    { end: "Connection, its socket included", octets: ours / 2 },
    { end: "Connection above Node's socket", octets: (ours - plain) / 2 },
  ];
  return {
    title: "Connections that wait",
    note: `Octets each, heap and ArrayBuffers, mean of the listening and the connecting end of ${CONNECTIONS.toLocaleString("en")} idle TCP connections in one process. \`npm run soak\` holds 10,000 between two.`,
    columns: Object.keys(rows[0]),
    rows,
  };
}

async function socketsOf(count) {
  const accepted = [];
  const server = createServer((socket) => accepted.push(socket.on("data", () => {})));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address();
  const open = async () => {
    const socket = connectSocket(port, "127.0.0.1").on("data", () => {});
    await once(socket, "connect");
    return socket;
  };
  const octets = await eachInTurn(count, open, () => accepted.length);
  for (const socket of accepted) socket.destroy();
  server.close();
  return octets;
}

async function connectionsOf(count) {
  const accepted = [];
  const listener = await listen("tcp://127.0.0.1:0", { socketType: "PAIR" });
  const accepting = (async () => {
    for await (const connection of listener) accepted.push(connection);
  })();
  const open = () => connect(listener.endpoint, { socketType: "PAIR" });
  const octets = await eachInTurn(count, open, () => accepted.length);
  await Promise.all(accepted.map((connection) => connection.close()));
  await listener.close();
  await accepting;
  return octets;
}

/** As `each`, with things that take time, the first hundred left out: what they share is made with them. */
async function eachInTurn(count, open, arrived) {
  const WARM = 100;
  const things = new Array(WARM + count).fill(undefined);
  let before = 0;
  for (let i = 0; i < things.length; i++) {
    if (i === WARM) before = await settled(() => arrived() === WARM);
    things[i] = await open();
  }
  return ((await settled(() => arrived() === things.length)) - before) / count;
}

async function settled(there) {
  while (!there()) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 200));
  return held();
}

await main("Memory", { waitingSessions, garbagePerFrame, connections }, {}, 9);
process.exit(0);

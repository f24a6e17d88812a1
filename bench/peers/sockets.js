/**
 * Sockets in a process of their own, by the API of the `zeromq` package: `sockets.js PACKAGE ROLE [ENDPOINT]`. PACKAGE is what is
 * imported, "zeromq" or ours; not a word of the program differs.
 */
import { die, Meter, obey, say, Trips } from "../lib/peer.js";

const [name, role, endpoint] = process.argv.slice(2);
const zmq = await import(name === "ours" ? "../../dist/zeromq.js" : name);

/** Subscribers of one publisher, all in one process. */
const SUBSCRIBERS = 100;

const meter = new Meter();
const trips = new Trips();
/** Where results go, so that no engine leaves the work out. */
const sink = { octets: 0 };

const SOCKETS = {
  send: zmq.Push,
  "send-kept": zmq.Push,
  receive: zmq.Pull,
  ask: zmq.Request,
  answer: zmq.Reply,
  publish: zmq.Publisher,
  subscribe: zmq.Subscriber,
};
// A publisher drops what a slow subscriber does not take; here each message is to arrive.
const UNLIMITED = { publish: { sendHighWaterMark: 0 }, subscribe: { receiveHighWaterMark: 0 } };
const sockets = Array.from(
  { length: role === "subscribe" ? SUBSCRIBERS : 1 },
  () => new SOCKETS[role](UNLIMITED[role]),
);
const [socket] = sockets;

/** Each payload is made for its message. */
async function sendFresh(size, count) {
  for (let i = 0; i < count; i++) await socket.send(Buffer.alloc(size, i));
  say("done");
}

/** One payload, made before, is sent again and again: what the program's own memory costs is left out. */
async function sendKept(size, count) {
  const payload = Buffer.alloc(size, 1);
  for (let i = 0; i < count; i++) await socket.send(payload);
  say("done");
}

async function ask(size) {
  await socket.send(Buffer.alloc(size));
  await socket.receive();
  trips.end();
}

const ROLES = {
  send: sendFresh,
  "send-kept": sendKept,
  publish: sendFresh,
  receive: (size, count) => meter.arm(size, count),
  subscribe: (size, count) => meter.arm(size, count * SUBSCRIBERS),
  ask: (size, count) => trips.begin(count, () => ask(size)),
  answer: () => say("armed"),
};

async function count(from) {
  for await (const [payload] of from) {
    if (payload.length !== meter.size) throw new Error("a message of another size");
    sink.octets += payload[0];
    meter.add(1);
  }
}

const LOOPS = {
  receive: () => count(socket),
  subscribe: () => Promise.all(sockets.map(count)),
  async answer() {
    for await (const message of socket) await socket.send(message);
  },
};

obey(ROLES[role]);
if (endpoint === undefined) {
  await socket.bind("tcp://127.0.0.1:*");
  say("at", socket.lastEndpoint);
} else {
  for (const each of sockets) each.connect(endpoint);
  if (role === "subscribe") for (const each of sockets) each.subscribe();
  say("ready");
}
await LOOPS[role]?.().catch(die);

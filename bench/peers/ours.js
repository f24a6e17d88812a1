/** Monocoque in a process of its own: `ours.js ROLE[-polling] [ENDPOINT]`. */
import { connect, listen } from "monocoque/node";
import { die, Meter, obey, say, Trips } from "../lib/peer.js";

const [task, endpoint] = process.argv.slice(2);
const role = task.replace("-polling", "");
const SOCKET_TYPES = { send: "PUSH", receive: "PULL", "receive-messages": "PULL", ask: "PAIR", echo: "PAIR" };
/** Microseconds, several times what an answer takes. */
const BUSY_POLL = 200;
const meter = new Meter();
const trips = new Trips();
/** Where results go, so that no engine leaves the work out. */
const sink = { octets: 0 };

/** The connection, once there is one. */
const connection = opened();

async function opened() {
  const options = { socketType: SOCKET_TYPES[role], busyPoll: task === role ? 0 : BUSY_POLL };
  if (endpoint !== undefined) {
    const connected = await connect(endpoint, options);
    say("ready");
    return connected;
  }
  const listener = await listen("tcp://127.0.0.1:0", options);
  say("at", listener.endpoint);
  for await (const accepted of listener) return accepted;
}

const ROLES = {
  async send(size, count) {
    const to = await connection;
    const payload = new Uint8Array(size);
    for (let i = 0; i < count; i++) if (!to.send(payload)) await to.drained;
    say("done");
  },
  receive: (size, count) => meter.arm(size, count),
  "receive-messages": (size, count) => meter.arm(size, count),
  async ask(size, count) {
    const to = await connection;
    const payload = new Uint8Array(size);
    trips.begin(count, () => to.send(payload));
  },
  echo: () => say("armed"),
};

/** What a role does with what comes. */
const LOOPS = {
  async receive(from) {
    for await (const batch of from.batches()) {
      const { bytes, length } = batch;
      const { size } = meter;
      for (let i = 0; i < length; i++) {
        const start = batch.start(i);
        if (batch.end(i) - start !== size) throw new Error("a message of another size");
        sink.octets += bytes[start];
      }
      meter.add(length);
    }
  },
  async "receive-messages"(from) {
    for await (const [payload] of from) {
      if (payload.length !== meter.size) throw new Error("a message of another size");
      sink.octets += payload[0];
      meter.add(1);
    }
  },
  async ask(from) {
    for await (const _ of from) trips.end();
  },
  async echo(from) {
    for await (const message of from) from.send(message);
  },
};

obey(ROLES[role]);
connection.then((from) => LOOPS[role]?.(from)).catch(die);

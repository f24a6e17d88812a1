/** Two Node sockets and no protocol at all, the floor of whoever stands on them: `raw.js ROLE [PORT]`. */
import { connect, createServer } from "node:net";
import { Meter, obey, say, Trips } from "../lib/peer.js";

const [role, port] = process.argv.slice(2);
/** Octets of one write, as large as ours. */
const WRITE = 128 * 1024;
const trips = new Trips();
const meter = new Meter();
let arrive;
const arrived = new Promise((resolve) => {
  arrive = resolve;
});
let socket;
/** Octets of an answer that are still to come; octets that are not yet counted as messages. */
let missing = 0;
let uncounted = 0;

/** As many octets as the frames of so many messages have. */
const frame = (size) => size + (size > 255 ? 9 : 2);

const ROLES = {
  echo: () => say("armed"),
  ask(size, count) {
    const payload = new Uint8Array(size);
    trips.begin(count, () => {
      missing = size;
      socket.write(payload);
    });
  },
  async send(size, count) {
    const to = await arrived;
    const octets = new Uint8Array(WRITE);
    for (let left = frame(size) * count; left > 0; left -= WRITE) {
      if (to.write(left < WRITE ? octets.subarray(0, left) : octets)) continue;
      await new Promise((resolve) => to.once("drain", resolve));
    }
    say("done");
  },
  receive: (size, count) => meter.arm(size, count),
};

/** What the side that listens does with its peer. */
const SERVES = {
  echo: (peer) => peer.on("data", (chunk) => peer.write(chunk)),
  send: (peer) => arrive(peer),
};

function answered(length) {
  missing -= length;
  if (missing === 0) trips.end();
}

function counted(length) {
  uncounted += length;
  const messages = Math.floor(uncounted / frame(meter.size));
  if (messages === 0) return;
  uncounted -= messages * frame(meter.size);
  meter.add(messages);
}

obey(ROLES[role]);
if (SERVES[role]) {
  const server = createServer({ noDelay: true }, SERVES[role]);
  server.listen(0, "127.0.0.1", () => say("at", server.address().port));
} else {
  const take = role === "ask" ? answered : counted;
  const callback = (length) => {
    take(length);
    return true;
  };
  const onread = { buffer: new Uint8Array(256 * 1024), callback };
  socket = connect({ port: Number(port), host: "127.0.0.1", noDelay: true, onread }, () => say("ready"));
}

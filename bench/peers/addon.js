/** The `zeromq` addon in a process of its own: `addon.js ROLE [ENDPOINT]`. */
import { Pair, Pull, Push } from "zeromq";
import { die, Meter, obey, open, say, Trips } from "../lib/peer.js";

const [role, endpoint] = process.argv.slice(2);
const SOCKETS = { send: Push, receive: Pull, ask: Pair, echo: Pair };
const socket = new SOCKETS[role]();
const meter = new Meter();
const trips = new Trips();
/** Where results go, so that no engine leaves the work out. */
const sink = { octets: 0 };

const ROLES = {
  async send(size, count) {
    const payload = Buffer.alloc(size);
    for (let i = 0; i < count; i++) await socket.send(payload);
    say("done");
  },
  receive: (size, count) => meter.arm(size, count),
  ask(size, count) {
    const payload = Buffer.alloc(size);
    trips.begin(count, () => socket.send(payload));
  },
  echo: () => say("armed"),
};

/** What a role does with what comes. */
const LOOPS = {
  async receive() {
    for await (const [payload] of socket) {
      if (payload.length !== meter.size) throw new Error("a message of another size");
      sink.octets += payload[0];
      meter.add(1);
    }
  },
  async ask() {
    for await (const _ of socket) trips.end();
  },
  async echo() {
    for await (const message of socket) await socket.send(message);
  },
};

obey(ROLES[role]);
await open(socket, endpoint);
await LOOPS[role]?.().catch(die);

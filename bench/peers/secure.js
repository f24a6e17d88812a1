/**
 * CURVE in a process of its own: `secure.js PACKAGE ROLE [ENDPOINT]`. PACKAGE is "ours" or "zeromq", by the same API and not a word
 * of the program different, or "connections" for ours without sockets, read in runs. Whoever sends is the server.
 */
import { connect, listen } from "monocoque/node";
import { die, Meter, obey, open, say } from "../lib/peer.js";

const [name, role, endpoint] = process.argv.slice(2);

/** The pairs of RFC 26's reference code: nobody else may use them. */
const SERVER = {
  publicKey: "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7",
  secretKey: "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6",
};
const CLIENT = {
  publicKey: "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
  secretKey: "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs",
};

const meter = new Meter();
/** Where results go, so that no engine leaves the work out. */
const sink = { octets: 0 };

/** What a contender does: opens an end, sends all, counts all, and shakes hands again and again. */
const CONTENDERS = { ours: () => sockets("../../dist/zeromq.js"), zeromq: () => sockets("zeromq"), connections };

async function sockets(from) {
  const zmq = await import(from);
  const serves = { curveServer: true, curveSecretKey: SERVER.secretKey };
  const joins = {
    curveServerKey: SERVER.publicKey,
    curvePublicKey: CLIENT.publicKey,
    curveSecretKey: CLIENT.secretKey,
  };
  const socket = new (role === "receive" ? zmq.Pull : zmq.Push)(role === "receive" ? joins : serves);
  await open(socket, endpoint);
  return {
    async send(size, count) {
      for (let i = 0; i < count; i++) await socket.send(Buffer.alloc(size, i));
    },
    async receive() {
      for await (const [payload] of socket) {
        if (payload.length !== meter.size) throw new Error("a message of another size");
        sink.octets += payload[0];
        meter.add(1);
      }
    },
  };
}

async function connections() {
  const { curveClient, curveServer } = await import("monocoque/curve");
  const joins = { socketType: "PULL", mechanism: curveClient({ serverKey: SERVER.publicKey, ...CLIENT }) };
  if (role === "shake") {
    say("ready");
    return { shake: () => connect(endpoint, joins).then((connection) => connection.close()) };
  }
  const opened = endpoint === undefined ? accept(curveServer(SERVER)) : connect(endpoint, joins);
  if (endpoint !== undefined) await opened.then(() => say("ready"));
  return {
    async send(size, count) {
      const to = await opened;
      for (let i = 0; i < count; i++) if (!to.send(Buffer.alloc(size, i))) await to.drained;
    },
    async receive() {
      for await (const batch of (await opened).batches()) {
        for (let i = 0; i < batch.length; i++) {
          if (batch.end(i) - batch.start(i) !== meter.size) throw new Error("a message of another size");
          sink.octets += batch.bytes[batch.start(i)];
        }
        meter.add(batch.length);
      }
    },
  };
}

/** The first peer; those that come after it are let in and not looked at. */
async function accept(mechanism) {
  const listener = await listen("tcp://127.0.0.1:0", { socketType: "PUSH", mechanism });
  say("at", listener.endpoint);
  for await (const connection of listener) return connection;
}

const contender = await CONTENDERS[name]();

/** How many clients shake hands at once: the server is never without work. */
const AT_ONCE = 8;

const ROLES = {
  async send(size, count) {
    await contender.send(size, count);
    say("done");
  },
  receive: (size, count) => meter.arm(size, count),
  async shake(_, count) {
    let left = count;
    const begun = performance.now();
    const again = async () => {
      while (left-- > 0) await contender.shake();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, again));
    say("done", ((performance.now() - begun) * 1e6) / count);
  },
};

obey(ROLES[role]);
if (role === "receive") await contender.receive().catch(die);

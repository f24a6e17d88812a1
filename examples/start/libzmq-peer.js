// The other side, in a process of its own: a libzmq DEALER behind the `zeromq` addon. It does what index.js asks by IPC, one
// request at a time, and knows nothing of Monocoque.
import { Dealer, version } from "zeromq";
import { Checker, FRAME_SIZE, framesOf, writeFrame } from "./messages.js";

const REPORT_MS = 50;

let socket;

const requests = {
  version() {
    return { version };
  },

  /** A socket of its own for every connection, so that nothing of the last one is left in a queue. */
  async open() {
    socket = new Dealer({ linger: 0, routingId: "libzmq" });
    await socket.bind("tcp://127.0.0.1:*");
    return { port: Number(new URL(socket.lastEndpoint).port) };
  },

  async send({ first, count }) {
    for (let number = first; number < first + count; number++) await socket.send(message(number));
    return {};
  },

  async receive({ first, count }) {
    const checker = new Checker(first, count);
    const reports = setInterval(() => process.send({ progress: checker.seen }), REPORT_MS);
    while (checker.seen < count) {
      const frames = await socket.receive();
      const last = frames.length - 1;
      for (let i = 0; i <= last; i++) checker.frame(frames[i], 0, frames[i].length, i < last);
    }
    clearInterval(reports);
    const { right, wrong, complaint } = checker;
    return { right, wrong, complaint };
  },

  /** CPU time of this whole process, libzmq's own thread included, in microseconds. */
  cpu() {
    const { user, system } = process.cpuUsage();
    return { cpu: user + system };
  },

  /** Closes the socket and says how many messages nobody had asked for. */
  async close() {
    let extra = 0;
    socket.receiveTimeout = 0;
    try {
      for (; ; extra++) await socket.receive();
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
    socket.close();
    return { extra };
  },
};

function message(number) {
  const frames = [];
  for (let part = 0; part < framesOf(number); part++) {
    const frame = Buffer.allocUnsafe(FRAME_SIZE);
    writeFrame(frame, number, part);
    frames.push(frame);
  }
  return frames;
}

process.on("message", async ({ request, ...options }) => {
  try {
    process.send({ answer: await requests[request](options) });
  } catch (error) {
    process.send({ error: error.message });
  }
});

// Ctrl-C reaches the whole process group; index.js decides what it means. Without index.js there is nothing left to do.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());

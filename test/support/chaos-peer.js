// A libzmq peer in a process of its own, to be killed or stopped: `chaos-peer.js ask ENDPOINT` asks an echo and says how many answers have
// come; `chaos-peer.js publish` publishes, and says where.
import { Dealer, Publisher } from "zeromq";

const [, , role, endpoint] = process.argv;

async function ask() {
  const socket = new Dealer({ sendHighWaterMark: 100 });
  socket.connect(endpoint);
  send(socket);
  for (let answers = 1; ; answers++) {
    await socket.receive();
    if (answers % 50 === 1) console.log("answers", answers);
  }
}

async function send(socket) {
  for (let i = 0; ; i++) await socket.send([`${i}`, Buffer.alloc(i % 5000, i), "end"]);
}

async function publish() {
  const socket = new Publisher();
  await socket.bind("tcp://127.0.0.1:*");
  console.log("at", socket.lastEndpoint);
  for (let i = 0; ; i++) {
    await socket.send([`weather.${i}`, Buffer.alloc(i % 1000, "x")]);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

if (role === "ask") await ask();
else await publish();

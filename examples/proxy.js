// A proxy: every client that comes to the front gets a connection to the back, and batches of frames go both ways as they came.
// No frame is looked at, none becomes an object.
//
//   node examples/proxy.js [front] [back]
import { connect, listen } from "monocoque/node";

const [front = "tcp://127.0.0.1:5559", back = "tcp://127.0.0.1:5555"] = process.argv.slice(2);

/** A batch is borrowed until the next one is asked for: `sendBatch` has copied it by then, in one piece. */
async function forward(from, to) {
  for await (const batch of from.batches()) if (!to.sendBatch(batch)) await to.drained;
  await to.close();
}

async function join(client) {
  // The server sees the client's own identity, as if there were nothing in between.
  const server = await connect(back, { socketType: "DEALER", identity: client.peer.identity });
  console.log(`a ${client.peer.socketType} goes to a ${server.peer.socketType}`);
  await Promise.all([forward(client, server), forward(server, client)]);
}

const listener = await listen(front, { socketType: "ROUTER" });
console.log(`forwarding from ${listener.endpoint} to ${back}`);
for await (const client of listener) {
  join(client).catch((error) => {
    console.log(`a ${client.peer.socketType} was dropped: ${error.message}`);
    client.close();
  });
}

// A proxy: every client that comes to the front gets a connection to the back, and batches of frames go both ways as they came.
// No frame is looked at, none becomes an object.
//
//   node examples/proxy.js [front] [back]
import { connect, listen } from "monocoque/node";

const [front = "tcp://127.0.0.1:5559", back = "tcp://127.0.0.1:5555"] = process.argv.slice(2);

const listener = await listen(front, { socketType: "ROUTER" });
console.log(`forwarding from ${listener.endpoint} to ${back}`);
for await (const client of listener) join(client);

async function join(client) {
  // The server sees the client's own identity, as if there were nothing in between.
  const { socketType, identity } = client.peer;
  try {
    const server = await connect(back, { socketType: "DEALER", identity });
    console.log(`a ${socketType} goes to a ${server.peer.socketType}`);
    await Promise.all([forward(client, server), forward(server, client)]);
    console.log(`a ${socketType} has gone`);
  } catch (error) {
    console.log(`a ${socketType} was dropped: ${error.message}`);
    client.destroy(error);
  }
}

/** However one side ends, the iteration over it ends, and then the other side is closed behind what came before. */
async function forward(from, to) {
  // A batch is borrowed until the next one is asked for: `sendBatch` has copied it by then, in one piece.
  for await (const batch of from.batches()) if (!to.sendBatch(batch)) await to.drained;
  await to.close();
}

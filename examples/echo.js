// An echo: a ROUTER that sends everything back, and a DEALER that asks it. Either end may be libzmq's.
//
//   node examples/echo.js serve [endpoint]
//   node examples/echo.js ask [endpoint] [word …]
import { connect, listen } from "monocoque/node";

const [mode = "serve", endpoint = "tcp://127.0.0.1:5555", ...words] = process.argv.slice(2);

async function serve() {
  const listener = await listen(endpoint, { socketType: "ROUTER" });
  console.log(`listening on ${listener.endpoint}`);
  for await (const connection of listener) echo(connection);
}

/** One connection is one peer: there is no identity frame to take off and put on again. */
async function echo(connection) {
  console.log(`a ${connection.peer.socketType} has come`);
  for await (const message of connection) {
    // Too much waits to leave: read no more until the peer has taken it.
    if (!connection.send(message)) await connection.drained;
  }
  const { by, error } = await connection.closed; // however it ended: the loop over it just ends
  console.log(`a ${connection.peer.socketType} has gone (${by})${error ? `: ${error.message}` : ""}`);
}

async function ask() {
  const connection = await connect(endpoint, { socketType: "DEALER" });
  const questions = words.length > 0 ? words : ["hello", "world"];
  for (const question of questions) connection.send(question); // one write for all of them

  for await (const [answer] of connection) {
    console.log(String(answer));
    questions.pop();
    if (questions.length === 0) break;
  }
  await connection.close();
}

if (mode === "serve") await serve();
else await ask();

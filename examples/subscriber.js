// Subscribes to a publisher, libzmq's or any other, and prints what it publishes.
//
//   node examples/subscriber.js [endpoint] [prefix …]
import { connect } from "monocoque/node";

const [endpoint = "tcp://127.0.0.1:5556", ...prefixes] = process.argv.slice(2);
if (prefixes.length === 0) prefixes.push(""); // every message begins with nothing

const connection = await connect(endpoint, { socketType: "SUB" });
for (const prefix of prefixes) connection.subscribe(prefix);
console.log(`subscribed to a ${connection.peer.socketType} at ${endpoint}`);

// Ctrl-C: the loop below ends when everything that came has been printed.
process.once("SIGINT", () => connection.close());

for await (const frames of connection) console.log(frames.join(" | "));

const { by, error } = await connection.closed;
console.log(by === "close" ? "we have gone" : `the publisher has gone${error ? `: ${error.message}` : ""}`);

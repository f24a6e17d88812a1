// The other side of the smoke suite, in a process of its own: libzmq, which gives back through PUSH what it takes by PULL, over
// each transport named. Says where it listens, by IPC, and ends with whoever started it.
import process from "node:process";
import { Pull, Push } from "zeromq";

async function echo(endpoint) {
  const pull = new Pull();
  const push = new Push({ linger: 0 });
  await pull.bind(endpoint);
  await push.bind(endpoint);
  forward(pull, push);
  return [pull.lastEndpoint, push.lastEndpoint];
}

async function forward(pull, push) {
  for await (const message of pull) await push.send(message);
}

const endpoints = await Promise.all(process.argv.slice(2).map((transport) => echo(`${transport}://127.0.0.1:*`)));
process.send(endpoints.flat());
process.on("disconnect", () => process.exit());

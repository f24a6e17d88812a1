/**
 * One end of many connections, a process of its own: `soak.js ours|plain listen`, or `soak.js ours|plain connect ENDPOINT`.
 *
 * - `open COUNT` connects so many and answers "opened COUNT"; `there COUNT` answers so when that many have been accepted.
 * - `exchange` sends a message on every connection and answers "exchanged COUNT" when the right answer has come on each.
 * - `memory` answers "memory OCTETS", heap and ArrayBuffers after a collection, and the resident set; `cpu` as every peer.
 */
import { once } from "node:events";
import { connect as connectSocket, createServer } from "node:net";
import { createInterface } from "node:readline";
import { connect, listen } from "monocoque/node";
import { held } from "../lib/memory.js";
import { die, say } from "../lib/peer.js";

const [kind, , endpoint] = process.argv.slice(2);

/** Connections dialled at once. */
const AT_ONCE = 100;

/** All ends of this process. */
const ends = [];
const text = new TextDecoder();

const plain = {
  async listen() {
    const server = createServer((socket) => ends.push(socket.on("data", (chunk) => socket.write(chunk))));
    await once(server.listen({ port: 0, host: "127.0.0.1", backlog: 511 }), "listening");
    return server.address().port;
  },
  async open() {
    const socket = connectSocket(Number(endpoint), "127.0.0.1");
    await once(socket, "connect");
    // Reading, as any end in use does.
    socket.on("data", (chunk) => socket.answer?.(text.decode(chunk)));
    return socket;
  },
  ask: (socket, question) =>
    new Promise((resolve) => {
      socket.answer = resolve;
      socket.write(question);
    }),
};

const ours = {
  async listen() {
    const listener = await listen("tcp://127.0.0.1:0", { socketType: "PAIR" });
    accept(listener).catch(die);
    return listener.endpoint;
  },
  open: () => connect(endpoint, { socketType: "PAIR" }),
  async ask(connection, question) {
    connection.send(question);
    // An iteration that is broken off leaves the connection as it is.
    for await (const [answer] of connection) return text.decode(answer);
  },
};

async function accept(listener) {
  for await (const connection of listener) {
    ends.push(connection);
    echo(connection).catch(die);
  }
}

async function echo(connection) {
  for await (const message of connection) connection.send(message);
}

const shell = kind === "ours" ? ours : plain;

async function open(count) {
  let missing = count;
  let refused;
  const dial = async () => {
    while (missing-- > 0 && refused === undefined) {
      try {
        ends.push(await shell.open());
      } catch (error) {
        refused = error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, dial));
  if (refused) console.error(`${ends.length} connections, then ${refused.message}`);
  say("opened", ends.length);
}

async function exchange() {
  const answers = await Promise.all(ends.map((end, i) => shell.ask(end, `question ${i}`)));
  say("exchanged", answers.filter((answer, i) => answer === `question ${i}`).length);
}

async function there(count) {
  while (ends.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
  say("there", ends.length);
}

function memory() {
  say("memory", held(), process.memoryUsage().rss);
}

function cpu() {
  const { user, system } = process.cpuUsage();
  say("cpu", (user + system) * 1000);
}

const COMMANDS = { open, there, exchange, memory, cpu };
createInterface(process.stdin)
  .on("line", (line) => {
    const [command, number] = line.split(" ");
    Promise.resolve(COMMANDS[command](Number(number))).catch(die);
  })
  .on("close", () => process.exit(0));

if (endpoint === undefined) say("at", await shell.listen());
else say("ready");

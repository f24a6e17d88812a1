// What a tap costs: two libzmq peers at 64 octets, direct, and through `monocoque tap --record`, which shows each frame,
// or with --rates octets a second; in turn. `npm run bench:tap -- [MESSAGES] [ROUNDS]` prints the
// rates of each round, and the medians as a line of Markdown.
import { fork, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as zmq from "zeromq";

const SIZE = 64;
const self = fileURLToPath(import.meta.url);
const [role, ...rest] = process.argv.slice(2);

/** Collects, and says how long it took from the first message to the last. */
async function pull(count) {
  const socket = new zmq.Pull({ receiveHighWaterMark: 0 });
  await socket.bind("tcp://127.0.0.1:*");
  process.send({ endpoint: socket.lastEndpoint });
  await socket.receive();
  const start = performance.now();
  for (let i = 1; i < count; i++) await socket.receive();
  process.send({ milliseconds: performance.now() - start });
  socket.close();
}

async function push(endpoint, count) {
  const socket = new zmq.Push({ sendHighWaterMark: 10_000 });
  socket.connect(endpoint);
  const message = Buffer.alloc(SIZE, 0x61);
  for (let i = 0; i < count; i++) await socket.send(message);
  socket.close();
}

const said = (child) => new Promise((resolve) => child.once("message", resolve));

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a tap in front of an endpoint. */
async function tap(endpoint, file, options) {
  const listen = `tcp://127.0.0.1:${await freePort()}`;
  const program = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
  const args = [program, "tap", "--listen", listen, "--to", endpoint, "--record", file, ...options];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  await new Promise((resolve, reject) => {
    child.stderr.once("data", resolve);
    child.once("exit", (code) => reject(new Error(`the tap ended with ${code}`)));
  });
  return { child, listen };
}

/** Options of the tap in between; undefined: there is none. */
const WAYS = { direct: undefined, "each frame": [], rates: ["--rates"] };

/** Messages a second. */
async function measure(count, options) {
  const puller = fork(self, ["pull", count]);
  const { endpoint } = await said(puller);
  const file = join(tmpdir(), `monocoque-bench-${process.pid}.tap`);
  const between = options && (await tap(endpoint, file, options));
  const ended = said(puller);
  fork(self, ["push", between?.listen ?? endpoint, count]);
  const { milliseconds } = await ended;
  if (between !== undefined) {
    between.child.removeAllListeners("exit").kill("SIGINT");
    await new Promise((resolve) => between.child.once("exit", resolve));
    rmSync(file);
  }
  return (count / milliseconds) * 1000;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function compare(count, rounds) {
  const names = Object.keys(WAYS);
  const rates = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Who begins changes, so that none always follows the same other.
    const order = names.map((_, i) => names[(i + round) % names.length]);
    for (const name of order) rates[name].push(await measure(count, WAYS[name]));
    console.log(`round ${round + 1}: ${names.map((name) => `${name} ${Math.round(rates[name].at(-1))}/s`).join(", ")}`);
  }
  const [direct, ...tapped] = names.map((name) => median(rates[name]));
  const million = (rate) => (rate / 1e6).toFixed(3);
  const against = tapped.map((rate) => `${(rate / direct).toFixed(2)}×`);
  console.log(
    "\n| messages of | direct | tap, each frame shown | tap, rates | each frame against direct | rates against direct |",
  );
  console.log("|---|--:|--:|--:|--:|--:|");
  console.log(`| ${SIZE} B | ${[direct, ...tapped].map(million).join(" | ")} | ${against.join(" | ")} |`);
}

if (role === "pull") await pull(Number(rest[0]));
else if (role === "push") await push(rest[0], Number(rest[1]));
else await compare(Number(role ?? 300_000), Number(rest[0] ?? 5));

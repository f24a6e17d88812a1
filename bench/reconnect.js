/**
 * `npm run soak:reconnect [-- --peers 1000 --minutes 10]`: sockets whose peers are killed and come back, over and over. One half of the peers we
 * connect to, the other half connects to us. In each life of the other process every one of them asks and is answered; then it is killed. What this
 * process holds is printed as time goes by, and must not grow.
 */
import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { Dealer, Router } from "monocoque/zeromq";
import { node } from "./lib/children.js";
import { median } from "./lib/compare.js";
import { held, withCollector } from "./lib/memory.js";

withCollector();

const { values } = parseArgs({
  options: { peers: { type: "string", default: "1000" }, minutes: { type: "string", default: "10" } },
});
const HALF = Math.ceil(Number(values.peers) / 2);
const END = performance.now() + Number(values.minutes) * 60_000;
/** Lines that are printed in all, about. */
const LINES = 20;
/** Milliseconds until what is held for some seconds behind the end of a connection is as much as it will be. */
const SETTLING = 8000;
/** Lives behind that, at least, however short the time. */
const LEAST = 6;
/** Octets that the later half of the lives may hold beyond the earlier half: a table of the engine may have grown. */
const SLACK = 512 * 1024;

const reconnect = node("reconnect");
const router = new Router();
await router.bind("tcp://127.0.0.1:*");

async function answer() {
  for await (const message of router) await router.send(message);
}
answer();

const dealers = Array.from({ length: HALF }, () => new Dealer({ reconnectInterval: 20, reconnectMaxInterval: 200 }));

/** Asks by one of ours until this life has answered: what was under way to a life before it may be lost. */
async function ask(dealer, life) {
  await dealer.send(`life ${life}`);
  for (;;) {
    const [payload] = await dealer.receive();
    if (payload.toString() === `life ${life}`) return;
  }
}

/** Listeners of everything that lives as long as the process does. */
function listeners() {
  const emitters = [process, process.stdin, process.stdout, process.stderr];
  return emitters.flatMap((one) => one.eventNames().map((name) => one.listenerCount(name))).reduce((a, b) => a + b, 0);
}

function look() {
  const heap = held();
  return {
    heap,
    resident: process.memoryUsage().rss,
    descriptors: readdirSync("/proc/self/fd").length,
    listeners: listeners(),
  };
}

const MIB = 1024 * 1024;
const print = (...cells) => console.log(`| ${cells.map((cell) => String(cell).padStart(11)).join(" | ")} |`);

/** Behind the settling. */
const looks = [];
let endpoint = "tcp://127.0.0.1:*";
let printed = 0;
const began = performance.now();

async function live(life) {
  const child = reconnect(endpoint, router.lastEndpoint, String(HALF));
  const [at] = await child.next("at");
  if (life === 1) for (const dealer of dealers) dealer.connect(at);
  endpoint = at;
  await Promise.all(dealers.map((dealer) => ask(dealer, life)));
  await child.next("answered");
  const found = look();
  if (performance.now() - began >= SETTLING) looks.push(found);
  await child.kill();
  return found;
}

console.log(`${2 * HALF} peers; octets held after a collection, all peers connected\n`);
print("seconds", "kills", "held, MiB", "RSS, MiB", "descriptors", "listeners");
print(...Array(6).fill("-".repeat(11)));
let life = 0;
while (looks.length < LEAST || performance.now() < END) {
  life++;
  const { heap, resident, descriptors, listeners } = await live(life);
  const now = performance.now();
  const due = life <= 2 || now >= END || now - began >= (printed * (END - began)) / LINES;
  if (!due) continue;
  printed++;
  print(
    ((now - began) / 1000).toFixed(0),
    life,
    (heap / MIB).toFixed(2),
    (resident / MIB).toFixed(0),
    descriptors,
    listeners,
  );
}

const half = looks.length >> 1;
const grown = (what) =>
  median(looks.slice(half).map((one) => one[what])) - median(looks.slice(0, half).map((one) => one[what]));
const growth = { heap: grown("heap"), descriptors: grown("descriptors"), listeners: grown("listeners") };
console.log(
  `\n${life} kills; from the first half of them, behind ${SETTLING / 1000} seconds, to the second: ${(growth.heap / 1024).toFixed(1)} KiB held, ${growth.descriptors} descriptors, ${growth.listeners} listeners more`,
);
const leaks = growth.heap > SLACK || growth.descriptors > 0 || growth.listeners > 0;
if (leaks) console.error("Something leaks");
process.exit(leaks ? 1 : 0);

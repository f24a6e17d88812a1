/**
 * `node bench/subscriptions.js [COUNT]`: what one `send` of a PUB takes while its one SUB holds COUNT prefixes (10⁵), against one prefix. Both
 * publishers take turns; the messages match nothing, so that only the look-up is seen, and then match one prefix.
 */
import { Subscriber, XPublisher } from "../dist/zeromq.js";
import { median } from "./lib/compare.js";

const MANY = Number(process.argv[2] ?? 100_000);
const ROUNDS = 9;
const SENDS = 20_000;

/** An XPUB that has heard `count` subscriptions of one SUB, and both. */
async function publisher(count) {
  const xpub = new XPublisher({ sendHighWaterMark: 0 });
  await xpub.bind(`inproc://subscriptions-${count}`);
  const sub = new Subscriber({ receiveHighWaterMark: 0 });
  sub.connect(`inproc://subscriptions-${count}`);
  for (let i = 0; i < count; i++) sub.subscribe(`topic/${i}/`);
  for (let i = 0; i < count; i++) await xpub.receive();
  return { xpub, sub };
}

/** Nanoseconds of one send. */
async function time({ xpub, sub }, topic, heard) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < SENDS; i++) await xpub.send(topic);
  const taken = Number(process.hrtime.bigint() - start) / SENDS;
  for (let i = 0; i < (heard ? SENDS : 0); i++) await sub.receive();
  return taken;
}

const pairs = { one: await publisher(1), many: await publisher(MANY) };
for (const [title, topic, heard] of [
  ["nobody wants it", "topic/none/", false],
  ["one prefix begins it", "topic/0/x", true],
]) {
  const found = { one: [], many: [] };
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, pair] of Object.entries(pairs)) {
      const taken = await time(pair, topic, heard);
      if (round >= 0) found[name].push(taken);
    }
  }
  const ratio = median(found.many.map((many, i) => many / found.one[i]));
  const figures = `${median(found.one).toFixed(0)} ns with 1, ${median(found.many).toFixed(0)} ns with ${MANY}`;
  console.log(`${title}: ${figures}: ${ratio.toFixed(2)}×`);
}
process.exit(0);

/**
 * `npm run bench:security [-- traffic handshakes] [--json FILE]`: CURVE end to end against libzmq's, by the `zeromq` addon: TCP on
 * the loopback, each side a process of its own. What the cipher takes of it is measured by itself.
 */
import sodium from "libsodium-wrappers";
import { node, pair } from "./lib/children.js";
import { median, ratio } from "./lib/compare.js";
import { alternating } from "./lib/measured.js";
import { main } from "./lib/program.js";
import { figure, times } from "./lib/table.js";

const SIZES = { "64 B": 64, "1 KiB": 1024, "64 KiB": 65_536 };
const ROUNDS = 5;
/** Nanoseconds that one measurement takes, about. */
const TIME = 600e6;
/** Messages that warm up, and say how many that is. */
const FIRST = { small: 10_000, large: 500 };
/** The same of the cipher alone. */
const CIPHER_TIME = 100e6;
/** Handshakes of one round. */
const HANDSHAKES = 300;

const peer = node("secure");
const of = (name) => (role, endpoint) => peer(name, role, endpoint);
const CONTENDERS = { ours: of("ours"), connections: of("connections"), addon: of("zeromq") };

/** Octets of a key, a nonce, and of what a box adds; and the flags that lie in each box in front of a payload. */
const KEY = 32;
const NONCE = 24;
const MAC = 16;
const FLAGS = 1;

/** Nanoseconds of CPU that libsodium takes to seal a payload and to open it again, where it lies. */
async function cipher(size) {
  await sodium.ready;
  const { libsodium } = sodium;
  const length = FLAGS + size;
  const at = libsodium._malloc(KEY + NONCE + 2 * (MAC + length));
  const [nonce, box, clear] = [at + KEY, at + KEY + NONCE, at + KEY + NONCE + MAC + length];
  const seal = () => libsodium._crypto_box_easy_afternm(box, clear, length, 0, nonce, at);
  const open = () => libsodium._crypto_box_open_easy_afternm(clear, box, MAC + length, 0, nonce, at);
  seal();
  if (open() !== 0) throw new Error("what was sealed does not open");
  const both = (count) => {
    const before = process.cpuUsage();
    for (let i = 0; i < count; i++) {
      seal();
      open();
    }
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1000) / count;
  };
  both(1000);
  const count = Math.ceil(CIPHER_TIME / both(100));
  const found = Array.from({ length: ROUNDS }, () => both(count));
  libsodium._free(at);
  return median(found);
}

async function traffic({ progress }) {
  const pairs = {};
  for (const [name, start] of Object.entries(CONTENDERS)) pairs[name] = await pair(start, "send", start, "receive");
  const rows = [];
  for (const [title, size] of Object.entries(SIZES)) {
    const { time, send, receive } = await alternating(pairs, size, {
      rounds: ROUNDS,
      time: TIME,
      first: size > 16_384 ? FIRST.large : FIRST.small,
      progress,
      title,
    });
    const cpu = (name) => median(send[name]) + median(receive[name]);
    const own = await cipher(size);
    rows.push({
      messages: title,
      "ours / addon": times(ratio(time, "ours", "addon")),
      "connections / addon": times(ratio(time, "connections", "addon")),
      "CPU, ours / addon": times(cpu("ours") / cpu("addon")),
      "ours k/s": 1e6 / median(time.ours),
      "connections k/s": 1e6 / median(time.connections),
      "addon k/s": 1e6 / median(time.addon),
      "CPU µs, ours": cpu("ours") / 1e3,
      "CPU µs, connections": cpu("connections") / 1e3,
      "CPU µs, addon": cpu("addon") / 1e3,
      "cipher µs": own / 1e3,
      "cipher of ours": `${figure((100 * own) / cpu("ours"))} %`,
      "cipher of connections": `${figure((100 * own) / cpu("connections"))} %`,
    });
  }
  for (const each of Object.values(pairs).flat()) each.close();
  return {
    title: "CURVE",
    note:
      "Thousand messages a second, PUSH to PULL; CPU of both sides a message. *ours* and *addon* are one program by the API of " +
      "the `zeromq` package, *connections* are ours without sockets, read in runs. *cipher* is libsodium's own work for one " +
      `message, sealed and opened where it lies. Medians of ${ROUNDS} rounds that alternate.`,
    columns: Object.keys(rows[0]),
    rows,
  };
}

/** Servers of each kind, met by the same clients, ours: the time is that of both, the CPU the server's alone. */
async function handshakes({ progress }) {
  const found = { time: {}, cpu: {} };
  const pairs = {};
  for (const [name, start] of Object.entries(CONTENDERS)) {
    pairs[name] = await pair(start, "send", CONTENDERS.connections, "shake");
    for (const kind of Object.keys(found)) found[kind][name] = [];
  }
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, [server, clients]] of Object.entries(pairs)) {
      progress(`handshakes, ${name}, round ${round + 1}`);
      const before = await server.cpu();
      clients.tell(`go 0 ${HANDSHAKES}`);
      const [time] = await clients.next("done");
      const cpu = ((await server.cpu()) - before) / HANDSHAKES;
      if (round < 0) continue;
      found.time[name].push(Number(time));
      found.cpu[name].push(cpu);
    }
  }
  for (const each of Object.values(pairs).flat()) each.close();
  const rows = Object.keys(CONTENDERS).map((name) => ({
    server: name,
    "handshakes a second": 1e9 / median(found.time[name]),
    "CPU of the server, µs each": median(found.cpu[name]) / 1e3,
    "a second of a core": 1e9 / median(found.cpu[name]),
    "CPU, it / addon": times(median(found.cpu[name]) / median(found.cpu.addon)),
  }));
  return {
    title: "Handshakes",
    note: `Connections opened and closed by 8 clients at once, ours, under CURVE; medians of ${ROUNDS} rounds of ${HANDSHAKES} that alternate.`,
    columns: Object.keys(rows[0]),
    rows,
  };
}

await main("Security", { traffic, handshakes }, {}, 60);
process.exit(0);

/**
 * `npm run bench:soak [-- soak|hostile|chaos] [--connections N] [--json FILE]`: many live connections between two processes,
 * what each costs above a socket of Node's own and in silence; an honest peer beside hostile ones; the README's
 * programs among peers that break off, for a minute.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { connect } from "monocoque/node";
import { node, pair } from "./lib/children.js";
import { main } from "./lib/program.js";

const SILENCE = 3000;
/** Milliseconds that the collections asked for may go on in the background. */
const SETTLING = 1000;
const MOST_OCTETS = 20 * 1024;
/** Percent of a core that silence may cost: some of it is Node's own. */
const MOST_IDLE = 2;
/** Descriptors that a process needs for itself. */
const OWN = 100;

const { values } = parseArgs({
  options: { connections: { type: "string", default: "10000" }, json: { type: "string" } },
  allowPositionals: true,
});
const connections = allowed(Number(values.connections));

/** As many as the system lets a process have; fewer are said aloud. */
function allowed(wanted) {
  const { soft } = process.report?.getReport().userLimits?.open_files ?? {};
  const most = Number.isFinite(Number(soft)) ? Number(soft) - OWN : wanted;
  if (most >= wanted) return wanted;
  console.warn(`${most} connections instead of ${wanted}: ulimit -n is ${soft}`);
  return most;
}

/** Opens, exchanges, waits; what one end costs in either process. */
async function soaked(kind, progress) {
  const start = node("soak", ["--expose-gc"]);
  const name = kind === "ours" ? "connections" : "plain sockets";
  const peers = await pair(
    (...rest) => start(kind, ...rest),
    "listen",
    (...rest) => start(kind, ...rest),
    "connect",
  );
  const [listening, dialling] = peers;
  const ask = async (peer, line) => {
    peer.tell(line);
    return (await peer.next(ANSWERS[line.split(" ")[0]])).map(Number);
  };
  const both = (line) => Promise.all(peers.map((peer) => ask(peer, line)));
  // What all share is made with the first few.
  const FEW = 50;
  let opened = await ask(dialling, `open ${FEW}`);
  await ask(listening, `there ${FEW}`);
  await ask(dialling, "exchange");
  const before = await both("memory");
  progress(`${name}: opening ${connections}`);
  const began = performance.now();
  opened = await ask(dialling, `open ${connections - FEW}`);
  const [reached] = opened;
  await ask(listening, `there ${reached}`);
  const seconds = (performance.now() - began) / 1000;
  progress(`${name}: exchanging`);
  const [exchanged] = await ask(dialling, "exchange");
  if (exchanged !== reached) throw new Error(`${exchanged} of ${reached} have exchanged a message`);
  const after = await both("memory");
  progress(`${name}: ${SILENCE / 1000} s of silence`);
  await new Promise((resolve) => setTimeout(resolve, SETTLING));
  const busy = await both("cpu");
  await new Promise((resolve) => setTimeout(resolve, SILENCE));
  const idle = await both("cpu");
  for (const peer of peers) peer.close();
  const per = (end, what) => (after[end][what] - before[end][what]) / (reached - FEW);
  const percent = (end) => ((idle[end][0] - busy[end][0]) / (SILENCE * 1e6)) * 100;
  return {
    reached,
    exchanged,
    rate: (reached - FEW) / seconds,
    ends: [0, 1].map((end) => ({ octets: per(end, 0), resident: per(end, 1), idle: percent(end) })),
  };
}

const ANSWERS = { open: "opened", there: "there", exchange: "exchanged", memory: "memory", cpu: "cpu" };

async function soak({ progress }) {
  const plain = await soaked("plain", progress);
  const ours = await soaked("ours", progress);
  const rows = ["listening", "connecting"].map((process, end) => ({
    process,
    connections: ours.reached,
    "octets each": ours.ends[end].octets,
    "Node's own socket": plain.ends[end].octets,
    above: ours.ends[end].octets - plain.ends[end].octets,
    "resident each": ours.ends[end].resident,
    "resident, Node's own": plain.ends[end].resident,
    "CPU in silence": `${ours.ends[end].idle.toFixed(2)} %`,
    "CPU in silence, plain": `${plain.ends[end].idle.toFixed(2)} %`,
  }));
  for (const [end, { above }] of rows.entries()) {
    if (above <= MOST_OCTETS && ours.ends[end].idle <= MOST_IDLE) continue;
    console.error(
      `Too much: at most ${MOST_OCTETS} octets above Node's own socket and ${MOST_IDLE} % of a core in silence`,
    );
    process.exitCode = 1;
  }
  return {
    title: "Soak",
    note: `${ours.exchanged.toLocaleString("en")} connections alive at once between two processes, a question and its answer on each (${Math.round(ours.rate).toLocaleString("en")} opened a second, handshake included; plain sockets ${Math.round(plain.rate).toLocaleString("en")}). Octets: heap and ArrayBuffers after a collection. CPU: percent of a core over ${SILENCE / 1000} s.`,
    columns: Object.keys(rows[0]),
    rows,
  };
}

/** What each hostile peer does, and at what kind of socket. */
const HOSTILE = {
  "empty-frames": ["a message of a million empty frames, from peer after peer", "PAIR"],
  "half-open": ["1,000 peers that stop in their handshake", "PAIR"],
  pings: ["PINGs without end, from peer after peer", "PAIR"],
  subscriptions: ["SUBSCRIBE without end, each prefix another, from peer after peer", "XPUB"],
  claims: ["100 peers that claim 64 MiB each and send 4", "PAIR"],
  messages: ["one that sends messages as fast as they are taken, for comparison", "PAIR"],
};

/** Milliseconds between two questions of the honest peer, and its questions before the attack. */
const BETWEEN = 2;
const QUESTIONS = 500;

/** The honest peer: asks and waits for the answer, until it is told to stop; milliseconds each. */
async function roundTrips(connection, goOn) {
  const answers = connection[Symbol.asyncIterator]();
  const times = [];
  while (goOn(times.length)) {
    const began = performance.now();
    connection.send(`question ${times.length}`);
    const { value } = await answers.next();
    if (String(value) !== `question ${times.length}`) throw new Error(`the honest peer got ${value}`);
    times.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN));
  }
  return times.sort((a, b) => a - b);
}

const p99 = (times) => times[Math.floor(times.length * 0.99)];

async function beside(name, progress) {
  const [what, socketType] = HOSTILE[name];
  progress(what);
  const hostile = node("hostile");
  const server = hostile("serve", socketType);
  const [endpoint] = await server.next("at");
  const honest = await connect(endpoint, { socketType: socketType === "XPUB" ? "XSUB" : "PAIR" });
  const alone = await roundTrips(honest, (asked) => asked < QUESTIONS);
  const attacker = hostile(name, socketType, endpoint);
  await attacker.next("ready");
  server.tell("height");
  await server.next("height");
  let over = false;
  attacker.tell("go");
  const attacked = attacker.next("done").then((counts) => {
    over = true;
    return counts.map(Number);
  });
  const during = await roundTrips(honest, (asked) => !over || asked < 100);
  server.tell("height");
  const [before, most] = (await server.next("height")).map(Number);
  const [sent, peers] = await attacked;
  honest.destroy();
  attacker.close();
  server.close();
  const MB = 1e6;
  return {
    "beside the honest peer": what,
    peers,
    "sent, MB": sent / MB,
    "resident before, MB": before / MB,
    "at most, MB": most / MB,
    "honest p99 alone, ms": p99(alone),
    "p99 beside, ms": p99(during),
    "longest, ms": during.at(-1),
    answered: during.length,
  };
}

async function hostile({ progress }) {
  const rows = [];
  for (const name of Object.keys(HOSTILE)) rows.push(await beside(name, progress));
  return {
    title: "Hostile peers",
    note: `A server with default options, an honest peer that asks it every ${BETWEEN} ms, and hostile ones in a third process: on few cores they cost the honest one time by their own work alone, as the last row shows.`,
    columns: Object.keys(rows[0]),
    rows,
  };
}

/** The README's server and client, for a minute. */
async function chaos({ progress }) {
  progress("the README's programs among peers that break off");
  const env = { ...process.env, CHAOS: "60" };
  const args = ["vitest", "run", "--project", "node", "test/connection/chaos.test.ts"];
  const [code] = await once(spawn("npx", args, { env, stdio: ["ignore", "inherit", "inherit"] }), "exit");
  if (code !== 0) process.exitCode = 1;
  return { title: "Chaos", note: code === 0 ? "Passed." : "Failed: see above.", columns: [], rows: [] };
}

await main("Soak", { soak, hostile, chaos }, { options: { connections: { type: "string" } } }, 13);
process.exit();

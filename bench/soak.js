/**
 * `npm run soak [-- --connections N] [--json FILE]`: many live connections between two processes, all of which exchange a message; what
 * each costs above a socket of Node's own, and what they cost when nothing happens.
 */
import { parseArgs } from "node:util";
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

await main("Soak", { soak }, { options: { connections: { type: "string" } } }, 6);
process.exit();

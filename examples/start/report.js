// Everything that is printed, in at most 100 columns.
import { styleText } from "node:util";
import Table from "cli-table3";
import { ZmtpError } from "monocoque";

const HEX_WIDTH = 38;
const NEAR_ONE_CORE = 0.8;

const coloured = process.stdout.isTTY && process.env.NO_COLOR === undefined;
const paint = (style, text) => (coloured ? styleText(style, text) : text);
const dim = (text) => paint("dim", text);
const bold = (text) => paint("bold", text);
const print = (text = "") => console.log(text);
const whole = (value) => Math.round(value).toLocaleString("en");

export function section(number, title) {
  print();
  print(bold(`${paint("cyan", String(number))}  ${title}`));
  print();
}

export function handshake(timeline, peer, libzmq) {
  section(1, `Handshake with libzmq ${libzmq}, which runs in another process`);
  for (const entry of timeline.explain()) {
    const time = dim(`${entry.at.toFixed(2).padStart(7)} ms`);
    if (entry.bytes === undefined) {
      print(`${time}  ${paint("cyan", "•")}  ${bold(entry.text)}`);
      continue;
    }
    print(`${time}  ${arrow(entry)}  ${bold(pieceTitle(entry))}`);
    for (const field of entry.fields) print(`            ${arrow(entry)}  ${hex(field.bytes)}  ${field.meaning}`);
  }
  print(`               ${peerLine(peer)}`);
}

function arrow({ arrow }) {
  return paint(arrow === "→" ? "green" : "magenta", arrow);
}

function pieceTitle({ arrow, bytes }) {
  const octets = bytes.length === 1 ? "1 octet" : `${bytes.length} octets`;
  return `${arrow === "→" ? "we send" : "libzmq sends"} ${octets}`;
}

/** At most HEX_WIDTH columns: the middle of a long field is left out. */
function hex(bytes) {
  const octets = Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0"));
  const short = octets.length * 3 - 1 <= HEX_WIDTH ? octets : [...octets.slice(0, 8), "…", ...octets.slice(-2)];
  return paint("yellow", short.join(" ").padEnd(HEX_WIDTH));
}

function peerLine({ socketType, identity, version, mechanism, metadata }) {
  const name = new TextDecoder().decode(identity);
  const properties = [...metadata.keys()].join(", ");
  return `a ${socketType} called "${name}", ZMTP ${version.major}.${version.minor}, ${mechanism}, properties: ${properties}`;
}

export function streamsBegin(count) {
  section(2, `${whole(count)} messages each way through each codec, every one checked`);
  print(dim("   After a warm-up with as many, which are checked as well, but not timed."));
  print();
}

/** One line for each finished stream; for a warm-up, only if something was wrong. */
export function streamLine({ codec, way, timed, right, wrong, complaint, seconds }) {
  if (!timed && wrong === 0) return;
  const mark = wrong === 0 ? paint("green", "✓") : paint("red", "✗");
  const counts = `${whole(right).padStart(7)} right, ${wrong === 0 ? "0 wrong" : paint("red", `${whole(wrong)} wrong`)}`;
  const time = timed ? `${seconds.toFixed(2)} s` : dim("warm-up");
  print(`   ${mark} ${codec.padEnd(4)}  ${way}  ${counts}  ${time}`);
  if (complaint !== undefined) print(`     ${paint("red", complaint)}`);
}

export function codecs({ results, rounds, payloadSize, chunkSize }) {
  const chunk = `${chunkSize / 1024} KiB`;
  print(dim(`   Frames of ${payloadSize} octets in chunks of ${chunk}; the consumer reads one octet of each frame.`));
  print(dim("   Naive: a plain decoder that makes an object for each frame, as most libraries do."));
  print(dim(`   ${rounds} rounds by turns: the median, and in brackets the slowest and the fastest.`));
  print();
  for (const { name, framesPerSecond, slowest, fastest, octetsPerSecond, ratio } of results) {
    const frames = `${millions(framesPerSecond).padStart(6)} M frames/s`;
    const range = dim(`[${millions(slowest)} – ${millions(fastest)}]`.padStart(15));
    const octets = `${(octetsPerSecond / 1e9).toFixed(2).padStart(6)} GB/s`;
    print(`   ${name.padEnd(6)} ${bold(frames)} ${range}  ${octets}  ${ratio.toFixed(1).padStart(5)} × naive`);
  }
}

function millions(value) {
  return (value / 1e6).toFixed(1);
}

export function streams(results) {
  const timed = results.filter(({ timed }) => timed);
  const head = [
    "messages",
    "codec",
    "messages/s",
    "our CPU\nper message",
    "libzmq side's CPU\nper message",
    "bottleneck",
  ];
  const table = new Table({
    head: head.map(bold),
    colAligns: ["left", "left", "right", "right", "right", "left"],
    style: { head: [], border: [], compact: true },
  });
  table.push(...timed.map(streamRow));
  print(table.toString().replace(/^/gm, "   "));
  for (const line of notes(timed)) print(dim(`   ${line}`));
}

function streamRow({ codec, way, count, seconds, ours, libzmq }) {
  const cost = (cpu) => `${(cpu / count).toFixed(2)} µs (${percent(share(cpu, seconds)).padStart(3)} %)`;
  // Whoever waits uses no CPU: the side that is closer to filling its cores holds up the other.
  return [way, codec, whole(count / seconds), cost(ours), cost(libzmq), ours > libzmq ? "ours" : "libzmq side"];
}

function* notes(results) {
  yield "In brackets: share of the time that passed; above 100 % more than one thread was busy.";
  yield "CPU includes making or checking the messages; on the libzmq side its Node.js binding, too.";
  const arrived = results.filter(({ reads }) => reads > 0);
  const perRead = sum(arrived, "count") / sum(arrived, "reads");
  yield `libzmq's messages reached us in pieces of ${perRead.toFixed(0)} on average: each piece is a read to pay for.`;
  if (results.some(({ ours, libzmq, seconds }) => share(Math.max(ours, libzmq), seconds) < NEAR_ONE_CORE)) {
    yield "Where neither comes near 100 %, they also waited: for each other, or for a busy machine.";
  }
}

function share(cpu, seconds) {
  return cpu / (seconds * 1e6);
}

function percent(value) {
  return String(Math.round(100 * value));
}

function sum(results, key) {
  return results.reduce((sum, result) => sum + result[key], 0);
}

/** Says whether every message was right. */
export function verdict(results) {
  const total = sum(results, "count");
  const right = sum(results, "right");
  const wrong = sum(results, "wrong");
  const ok = right === total && wrong === 0;
  print();
  if (ok) print(paint("green", `✓ All ${whole(total)} messages arrived, in order, every octet right.`));
  else print(paint("red", `✗ ${whole(total)} messages were sent; right: ${whole(right)}, wrong: ${whole(wrong)}.`));
  print();
  return ok;
}

export function failure(error) {
  print();
  // A message is enough for what the story foresees; anything else is a fault in it.
  const foreseen = error.name === "Error" || error instanceof ZmtpError;
  print(paint("red", `✗ ${foreseen ? error.message : error.stack}`));
  print();
}

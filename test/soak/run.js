/**
 * `npm run soak -- [--seconds N] [--svg FILE]`: mixed traffic between our sockets and libzmq's, in processes of their
 * own, through proxies that split, delay, stall, cut and kill. No message may change or come twice; none that was acknowledged
 * may be lost; one that is missing has to have been on a connection that was broken; memory and handles come to rest.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as zmq from "zeromq";
import { Child } from "./child.js";
import { Reconciliation } from "./ledger.js";
import { counts, proxy } from "./proxy.js";
import { wrongs } from "./verdict.js";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "600" }, svg: { type: "string" }, json: { type: "string" } },
});
const seconds = Number(values.seconds);
if (!(seconds > 0)) throw new Error("--seconds is a number above 0");

/** What each client does with each server, and whether the way between them breaks connections. */
const STREAMS = [
  ["questions", true],
  ["questions", false],
  ["secrets", true],
  ["work", true],
  ["work", false],
  ["news", true],
  ["news", false],
];
/** Milliseconds that a libzmq client lives before it is killed, and another comes. */
const LIFE = Math.min(20_000, (seconds * 1000) / 2.5);
/** What is under way when a client is killed has arrived by then. */
const SETTLING = 3000;
/** For what waits when all is over. */
const PATIENCE = 120_000;

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const secrets = zmq.curveKeyPair();
let began = performance.now();
const since = () => (performance.now() - began) / 1000;
const answers = new Reconciliation();
/** By number: who sends it, who counts it, its proxy. */
const streams = new Map();
const samples = [];
let clientsKilled = 0;
let next = 1;

const servers = { ours: new Child("ours", "server"), libzmq: new Child("libzmq", "server") };
const clients = new Set();
for (const server of Object.values(servers)) server.ports = await server.serve(secrets);

function heard(report, child) {
  answers.done(report.done ?? []);
  answers.acknowledge(report.acknowledged ?? []);
  for (const total of report.closed ?? [])
    if (streams.has(total.stream)) Object.assign(streams.get(total.stream), total);
  if (report.sample && child.lasting) samples.push({ at: since(), process: child.name, ...report.sample });
}
for (const server of Object.values(servers)) server.heard = heard;

const countOf = ({ counting, stream }) => counting.last.totals?.find((one) => one.stream === stream)?.count ?? 0;

/** A client of some servers, each stream by a proxy of its own. */
async function client(library, of, lasting) {
  const child = new Child(library, "client", lasting);
  child.heard = heard;
  child.streams = [];
  clients.add(child);
  for (const server of of) {
    for (const [kind, wild] of STREAMS) {
      const stream = next++;
      const way = await proxy(server.ports[kind], wild);
      const counting = kind === "news" ? child : server;
      const known = { stream, kind, wild, way, from: library, to: server.library, counting, sender: child };
      streams.set(stream, known);
      child.streams.push(known);
    }
  }
  const told = child.streams.map(({ stream, kind, way }) => ({ stream, kind, url: `tcp://127.0.0.1:${way.port}` }));
  child.tell({ streams: told, keys: secrets });
  return child;
}

/** Kills one client after the other, each without a word. */
async function dying(until) {
  while (since() < until) {
    const child = await client("libzmq", [servers.ours], false);
    await sleep(Math.min(LIFE, Math.max(0, until - since()) * 1000));
    if (since() >= until) return;
    clientsKilled++;
    child.kill();
    for (const total of child.last.totals ?? []) Object.assign(streams.get(total.stream), total);
    clients.delete(child);
    await sleep(SETTLING);
    servers.ours.tell({ close: child.streams.map(({ stream }) => stream) });
    for (const { way } of child.streams) way.close();
  }
}

async function progress() {
  while (since() < seconds) {
    await sleep(Math.min(10_000, Math.max(1, (seconds - since()) * 1000)));
    console.error(`${since().toFixed(0)} s: ${answers.acknowledged} answered, ${counts.killed + counts.cut} broken`);
  }
}

const first = await client("ours", [servers.ours, servers.libzmq], true);
servers.ours.lasting = true;
// The time begins when something has come on every way there is.
const here = performance.now() + PATIENCE;
while (!first.streams.every((one) => countOf(one) > 0) && performance.now() < here) await sleep(50);
began = performance.now();
await Promise.all([dying(seconds), progress()]);

// Nothing is broken any more, and nothing is sent: what is under way arrives.
for (const { way } of streams.values()) way.calm();
for (const child of [...clients, ...Object.values(servers)]) child.tell({ stop: true });
const living = [...streams.values()].filter(({ sender }) => clients.has(sender));
const sentOf = ({ sender, stream }) => sender.last.sent?.find(([one]) => one === stream)?.[1];
const arrived = () =>
  [...clients].every(({ last }) => last.open === 0) &&
  living.every((one) => one.wild || one.kind !== "work" || sentOf(one) === countOf(one));
const end = performance.now() + PATIENCE;
while (!arrived() && performance.now() < end) await sleep(100);
// Reports come four times a second.
await sleep(600);
const all = living.map(({ stream }) => stream);
await Promise.all([...clients, ...Object.values(servers)].map((child) => child.closed(all)));
for (const one of living) one.sent = one.kind === "work" ? sentOf(one) : undefined;

const found = wrongs({ streams: [...streams.values()], answers, clients: [...clients], samples, seconds });
const sum = (key, of = [...streams.values()]) => of.reduce((total, one) => total + (one[key] ?? 0), 0);
const say = (text) => console.log(text);
const many = (number) => number.toLocaleString("en");
const again = [...clients].reduce((total, { last }) => total + last.again, 0);
say(`${many(sum("count"))} messages in ${seconds} s, ${many(Math.round(counts.octets / 1e6))} MB through the proxies`);
say(`${many(answers.acknowledged)} questions answered, ${again} asked again`);
say(
  `${many(counts.connections)} connections: ${many(counts.killed)} killed, ${counts.cut} cut at some octet, ` +
    `${counts.early} in their handshake; ${clientsKilled} clients killed; ${many(counts.pieces)} pieces, ` +
    `${many(counts.delays)} delays, ${many(counts.stalls)} stalls`,
);
const gaps = `${many(sum("missing"))} missing in ${many(sum("gaps"))} gaps`;
say(`${sum("doubled")} came twice, ${answers.lost} acknowledged and lost; ${gaps}, each where a connection was broken`);
if (values.json) writeFileSync(values.json, `${JSON.stringify(samples)}\n`);
if (values.svg) {
  const { plot } = await import("./plot.js");
  writeFileSync(values.svg, await plot(samples));
}
for (const wrong of found) console.error(`WRONG: ${wrong}`);
if (found.length === 0) say("nothing lost or doubled that was acknowledged; memory and handles came to rest");
process.exit(found.length === 0 ? 0 : 1);

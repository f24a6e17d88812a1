/**
 * A server that echoes, and peers that do it harm, in processes of their own: `hostile.js serve TYPE`, or `hostile.js
 * ATTACK TYPE ENDPOINT`.
 *
 * - The server says "at ENDPOINT"; `height` answers "height BEFORE MOST", octets resident when it was asked last and at
 *   most since.
 * - An attacker says "ready"; `go` lets it loose; it answers "done OCTETS PEERS" after some seconds. Whenever it has
 *   been thrown out, or has
 *   sent all it has, another peer begins.
 */
import { connect as connectSocket } from "node:net";
import { createInterface } from "node:readline";
import { buildReady, encodeFrame, encodeGreeting, encodeMessage } from "monocoque";
import { listen } from "monocoque/node";
import { die, say } from "../lib/peer.js";

const [role, socketType, endpoint] = process.argv.slice(2);
const LOOK = 20;

async function serve() {
  const listener = await listen("tcp://127.0.0.1:0", { socketType });
  let before = process.memoryUsage.rss();
  let most = before;
  setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, LOOK);
  say("at", listener.endpoint);
  createInterface(process.stdin)
    .on("line", () => {
      say("height", before, most);
      before = process.memoryUsage.rss();
      most = before;
    })
    .on("close", () => process.exit(0));
  for await (const peer of listener) echo(peer);
}

async function echo(peer) {
  for await (const message of peer) if (!peer.send(message)) await peer.drained;
}

// What attackers say.

const OPPOSITE = { PAIR: "PAIR", XPUB: "XSUB" };
const HELLO = Buffer.concat([encodeGreeting(), buildReady({ socketType: OPPOSITE[socketType] ?? "PAIR" })]);
const MiB = 1024 * 1024;

/** A command of any name. */
const command = (name, data) =>
  encodeFrame(Buffer.concat([Buffer.from([name.length]), Buffer.from(name), data]), { command: true });

/** The header of a frame of 64 MiB. */
const CLAIM = Buffer.from([2, 0, 0, 0, 0, 4, 0, 0, 0]);

/** Milliseconds that an attack lasts: long enough for a percentile of the honest peer's questions. */
const LASTS = 5000;

/**
 * Where loopback has many addresses, strangers come from as many as to be no more than a listener lets in from each.
 */
const ADDRESSES = process.platform === "linux" ? 5 : 1;

let sent = 0;
let peers = 0;
let end = 0;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const rest = () => pause(Math.max(0, end - performance.now()));

function dial() {
  const from = `127.0.0.${1 + (peers++ % ADDRESSES)}`;
  const socket = connectSocket({
    port: Number(endpoint.split(":").at(-1)),
    host: "127.0.0.1",
    ...(ADDRESSES > 1 && { localAddress: from }),
  });
  socket.on("error", () => {}).resume();
  return socket;
}

/** Writes on until so many octets have been taken, it is thrown out, or the attack is over. */
function flood(socket, next, octets = Number.POSITIVE_INFINITY) {
  let left = octets;
  return new Promise((resolve) => {
    const go = () => {
      while (left > 0 && socket.writable && performance.now() < end) {
        const chunk = next();
        left -= chunk.length;
        sent += chunk.length;
        if (!socket.write(chunk)) return;
      }
      socket.off("drain", go);
      resolve();
    };
    socket.once("close", resolve).on("drain", go);
    go();
  });
}

/** Peer after peer. */
async function again(next, octets) {
  while (performance.now() < end) {
    const socket = greeted();
    await flood(socket, next, octets);
    socket.destroy();
  }
}

function greeted() {
  const socket = dial();
  socket.write(HELLO);
  return socket;
}

const many = (chunk, count) => Buffer.concat(Array(count).fill(chunk));

let prefixes = 0;
const subscriptions = () =>
  Buffer.concat(
    Array.from({ length: 1000 }, () => command("SUBSCRIBE", Buffer.from(`a prefix of its own, ${prefixes++}`))),
  );

const ATTACKS = {
  async "empty-frames"() {
    const chunk = many(Buffer.from([1, 0]), 50_000);
    await again(() => chunk, 2_000_000);
  },
  async "half-open"() {
    const sockets = Array.from({ length: 1000 }, dial);
    for (const socket of sockets) socket.write(HELLO.subarray(0, 70));
    sent = sockets.length * 70;
    await rest();
  },
  async pings() {
    const chunk = many(command("PING", Buffer.from([0, 0])), 5000);
    await again(() => chunk);
  },
  async subscriptions() {
    await again(subscriptions);
  },
  async claims() {
    const some = Buffer.alloc(64 * 1024, 7);
    for (let i = 0; i < 100; i++) {
      const socket = greeted();
      socket.write(CLAIM);
      void flood(socket, () => some, 4 * MiB);
    }
    await rest();
  },
  async messages() {
    const chunk = many(encodeMessage("an honest message"), 5000);
    await flood(greeted(), () => chunk);
  },
};

function attack() {
  say("ready");
  createInterface(process.stdin)
    .on("line", () => {
      end = performance.now() + LASTS;
      ATTACKS[role]().then(() => say("done", sent, peers), die);
    })
    .on("close", () => process.exit(0));
}

if (role === "serve") await serve();
else attack();

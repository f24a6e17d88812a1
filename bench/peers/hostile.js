/**
 * A server that echoes, and peers that do it harm, in processes of their own: `hostile.js serve TYPE`, or `hostile.js ATTACK TYPE ENDPOINT`.
 *
 * - The server says "at ENDPOINT"; `height` answers "height BEFORE MOST", octets resident when it was asked last and at most since.
 * - An attacker says "ready"; `go` lets it loose; it answers "done OCTETS" when it has sent all it has, or was thrown out.
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

let sent = 0;

function dial() {
  const socket = connectSocket(Number(endpoint.split(":").at(-1)), "127.0.0.1");
  socket.on("error", () => {}).resume();
  return socket;
}

/** Writes on until so many octets have been taken, or it is thrown out. */
function flood(socket, next, octets) {
  const end = sent + octets;
  return new Promise((resolve) => {
    const go = () => {
      while (sent < end && socket.writable) {
        const chunk = next();
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
    await flood(greeted(), () => chunk, 2_000_000);
  },
  async "half-open"() {
    const sockets = Array.from({ length: 1000 }, dial);
    for (const socket of sockets) socket.write(HELLO.subarray(0, 70));
    sent = sockets.length * 70;
    await new Promise((resolve) => setTimeout(resolve, 3000));
  },
  async pings() {
    const chunk = many(command("PING", Buffer.from([0, 0])), 5000);
    await flood(greeted(), () => chunk, 50 * MiB);
  },
  async subscriptions() {
    await flood(greeted(), subscriptions, 60 * MiB);
  },
  async claims() {
    const some = Buffer.alloc(64 * 1024, 7);
    const peers = Array.from({ length: 100 }, () => {
      const socket = greeted();
      socket.write(CLAIM);
      return flood(socket, () => some, 4 * MiB);
    });
    await Promise.race([Promise.all(peers), new Promise((resolve) => setTimeout(resolve, 20_000))]);
  },
  async messages() {
    const chunk = many(encodeMessage("an honest message"), 5000);
    await flood(greeted(), () => chunk, 20 * MiB);
  },
};

function attack() {
  say("ready");
  createInterface(process.stdin)
    .on("line", () => {
      ATTACKS[role]().then(() => say("done", sent), die);
    })
    .on("close", () => process.exit(0));
}

if (role === "serve") await serve();
else attack();

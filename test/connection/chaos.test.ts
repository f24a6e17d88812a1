/**
 * The README's server, client and subscriber, as they stand there, among peers that are killed, stopped, reset, and say garbage: no
 * error is uncaught, memory has a bound, and descriptors come back. `CHAOS=60` makes it a minute.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import net, { type Socket } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { Dealer } from "zeromq";
import { encodeFrame, encodeGreeting, encodeMessage } from "../../src/node.js";
import { opened } from "../support/libzmq.js";
import { Measured } from "../support/measured.js";
import { concat, pattern } from "../support/pieces.js";
import { hello, rawDial, rawListen, write } from "../support/raw.js";
import { blockWith } from "../support/readme.js";

const MiB = 1024 * 1024;
const SECONDS = Number(process.env.CHAOS ?? 8);
const SERVER = blockWith('listen("tcp://127.0.0.1:0", { socketType: "ROUTER" })');
const SUBSCRIBER = blockWith("const weather = new Subscriber()");
const CLIENT = blockWith('connect("tcp://127.0.0.1:5556", { socketType: "SUB" })');
/** Peers that hang at once: each may make the server hold a mark each way, and its half-done answer. */
const HANGING = 4;

/** How a bare socket behaves. What it says first is up to it. */
type Behaviour = (socket: Socket) => unknown;

const messages = (count: number) =>
  concat(...Array.from({ length: count }, (_, i) => encodeMessage([`${i}`, pattern(i % 300)])));

/** Ends that come at once. */
const BREAKING: Record<string, Behaviour> = {
  "four octets": (socket) => socket.end(Buffer.from("junk")),
  "an HTTP request": (socket) => socket.write("GET / HTTP/1.1\r\n\r\n"),
  "half a greeting and a reset": (socket) =>
    socket.write(encodeGreeting().subarray(0, 30), () => socket.resetAndDestroy()),
  "half a frame": (socket) =>
    socket.end(concat(hello("DEALER"), messages(10), encodeFrame(pattern(500)).subarray(0, 200))),
  "half a message": (socket) => socket.end(concat(hello("DEALER"), messages(10), encodeFrame("half", { more: true }))),
  "garbage in traffic": (socket) => socket.write(concat(hello("DEALER"), messages(100), Buffer.alloc(1000, 0xff))),
  "a reset in traffic": (socket) =>
    socket.write(concat(hello("DEALER"), messages(100)), () => socket.resetAndDestroy()),
  "a goodbye with answers unread": (socket) => socket.pause().end(concat(hello("DEALER"), messages(1000))),
  "everything, and gone": (socket) => socket.write(concat(hello("DEALER"), messages(1000)), () => socket.destroy()),
  "a wrong socket type": (socket) => socket.write(hello("PUB")),
};

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A libzmq peer in a process; resolves when it has said its first line. */
async function libzmqPeer(...args: string[]): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL("../support/chaos-peer.js", import.meta.url)), ...args],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  const [said] = await once(createInterface(child.stdout as NodeJS.ReadableStream), "line");
  return { child, said };
}

/** A peer that asks without end and reads nothing, until it is cut off. */
async function hang(endpoint: string, milliseconds: number): Promise<void> {
  const socket = await rawDial(endpoint);
  socket.pause();
  socket.write(hello("DEALER"));
  const over = pause(milliseconds).then(() => true);
  const some = messages(1000);
  while (!(await Promise.race([over, write(socket, some)])));
  socket.resetAndDestroy();
}

it(
  `the server, for ${SECONDS} s`,
  async () => {
    const program = await Measured.run(SERVER);
    const endpoint = await program.says("listening on");
    const honest = opened(new Dealer());
    honest.connect(endpoint);
    let asked = 0;
    const question = async () => {
      await honest.send([`${++asked}`, "?"]);
      expect((await honest.receive()).map(String)).toEqual([`${asked}`, "?"]);
    };
    for (let i = 0; i < 100; i++) await question();
    const first = await program.octets();
    const descriptors = await program.descriptors();
    const end = performance.now() + SECONDS * 1000;
    let resident = 0;
    let rounds = 0;
    const goOn = () => performance.now() < end;

    const breaking = async () => {
      for (let i = 0; goOn(); i++) {
        const behaviours = Object.values(BREAKING);
        const socket = (await rawDial(endpoint)).resume();
        behaviours[i % behaviours.length](socket);
        rounds++;
        await pause(3);
      }
    };
    const hanging = async () => {
      while (goOn()) await Promise.all(Array.from({ length: HANGING }, () => hang(endpoint, 1000)));
    };
    const killing = async () => {
      for (let i = 0; goOn() || i < 2; i++) {
        const { child } = await libzmqPeer("ask", endpoint);
        if (i % 2 === 0) child.kill("SIGSTOP");
        await pause(i % 2 === 0 ? 700 : 100);
        child.kill("SIGKILL");
      }
    };
    const asking = async () => {
      while (goOn()) {
        await question();
        resident = Math.max(resident, await program.resident());
        await pause(20);
      }
    };
    await Promise.all([breaking(), hanging(), killing(), asking()]);
    await question();
    expect(rounds).toBeGreaterThan(Object.keys(BREAKING).length);
    // Those that were let down go one by one; the test's own timeout ends the waiting.
    while ((await program.descriptors()) > descriptors) await pause(50);
    let grown = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 100 && grown > 6 * MiB; i++) {
      await pause(100);
      grown = (await program.octets()) - first;
    }
    expect(grown).toBeLessThan(6 * MiB);
    expect(resident).toBeLessThan(250 * MiB);
    expect(program.errors).toBe("");
    console.log(
      `${rounds} peers broke off, ${asked} questions answered; ${(grown / MiB).toFixed(1)} MiB more held at the end, ` +
        `${Math.round(resident / MiB)} MiB resident at most, ${descriptors} descriptors before and after`,
    );
  },
  SECONDS * 1000 + 120_000,
);

/** How a publisher leaves its subscriber, and what the client then prints. */
const LEAVING: Record<string, readonly [Behaviour, by: string]> = {
  "says goodbye": [(socket) => socket.end(), "peer"],
  resets: [(socket) => socket.resetAndDestroy(), "lost"],
  "says garbage": [(socket) => socket.write(Buffer.alloc(100, 0xff)), "fault"],
  "breaks off inside a frame": [(socket) => socket.end(encodeFrame(pattern(300)).subarray(0, 100)), "fault"],
  "breaks off inside a message": [(socket) => socket.end(encodeFrame("weather.", { more: true })), "fault"],
};

describe("the client, whose publisher", () => {
  it.each(Object.keys(LEAVING))("%s, ends by itself and says how", async (how) => {
    const [leave, by] = LEAVING[how];
    const url = await rawListen((socket) => {
      socket.write(hello("PUB"));
      // Its greeting, its READY, its subscription.
      let heard = 0;
      socket.on("data", (chunk) => {
        heard += chunk.length;
        if (chunk.includes("weather.") && heard > 64) {
          socket.write(encodeMessage(["weather.berlin", "cloudy"]));
          setTimeout(() => leave(socket), 50);
        }
      });
    });
    const program = await Measured.run(CLIENT.replace("5556", url.split(":").at(-1) as string));
    await program.says("weather.berlin: cloudy");
    expect(await program.says("ended by:")).toMatch(new RegExp(`^${by}`));
    expect(program.errors).toBe("");
  });

  it("is a libzmq that is stopped, goes on, and is killed", async () => {
    const { child, said } = await libzmqPeer("publish");
    const program = await Measured.run(CLIENT.replace("5556", said.split(":").at(-1) as string));
    await program.says("weather.");
    child.kill("SIGSTOP");
    await pause(300);
    child.kill("SIGCONT");
    const { length } = program.lines;
    while (program.lines.length < length + 10) await pause(10);
    child.kill("SIGKILL");
    // A process that is killed with octets of ours unread resets the connection; else its system says goodbye.
    expect(await program.says("ended by:")).toMatch(/^(peer|lost|fault)/);
    expect(program.errors).toBe("");
  });
});

/** A publisher that is one of libzmq, behind a bare socket, until it is stopped or killed. */
async function behind(socket: Socket, how: "killed" | "stopped"): Promise<void> {
  const { child, said } = await libzmqPeer("publish");
  const publisher = net.connect(Number(said.split(":").at(-1)), "127.0.0.1");
  publisher.on("error", () => {});
  socket.pipe(publisher).pipe(socket);
  await pause(300);
  if (how === "stopped") {
    child.kill("SIGSTOP");
    await pause(500);
  }
  child.kill("SIGKILL");
  publisher.once("close", () => socket.destroy());
}

/** How a publisher treats a subscriber that comes back each time. */
const TREATMENTS: Record<string, Behaviour> = {
  ...Object.fromEntries(
    Object.entries(LEAVING).map(([how, [leave]]) => [
      how,
      (socket: Socket) => {
        socket.write(concat(hello("PUB"), encodeMessage(["weather.berlin", how])));
        setTimeout(() => leave(socket), 20);
      },
    ]),
  ),
  "says nothing and resets": (socket) => setTimeout(() => socket.resetAndDestroy(), 50),
  "speaks HTTP": (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
  "is no publisher": (socket) => socket.write(hello("REP")),
  "breaks off inside its greeting": (socket) => socket.end(encodeGreeting().subarray(0, 20)),
  "sends much, and is gone": (socket) =>
    socket.write(
      concat(hello("PUB"), ...Array.from({ length: 2000 }, (_, i) => encodeMessage(["weather.", `${i}`]))),
      () => socket.destroy(),
    ),
  "is a libzmq that is killed": (socket) => behind(socket, "killed"),
  "is a libzmq that is stopped, then killed": (socket) => behind(socket, "stopped"),
};

it(
  `the subscriber, for ${SECONDS} s`,
  async () => {
    const behaviours = Object.values(TREATMENTS);
    const end = performance.now() + SECONDS * 1000;
    let rounds = 0;
    const url = await rawListen((socket) => {
      socket.resume();
      // Each in its turn; the last one is honest.
      const more = performance.now() < end || rounds < 2 * behaviours.length;
      if (more) behaviours[rounds++ % behaviours.length](socket);
      else socket.write(concat(hello("PUB"), encodeMessage(["weather.last", "sunny"])));
    });
    const program = await Measured.run(SUBSCRIBER.replace("5556", url.split(":").at(-1) as string));
    await program.says("weather.berlin: says garbage");
    const first = await program.octets();
    const descriptors = await program.descriptors();
    await program.says("weather.last: sunny");
    expect(program.lines.filter((line) => !line.startsWith("weather."))).toEqual([]);
    expect(program.errors).toBe("");
    let grown = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 100 && grown > 2 * MiB; i++) {
      await pause(100);
      grown = (await program.octets()) - first;
    }
    expect(grown).toBeLessThan(2 * MiB);
    // One may be at work when they are counted first.
    expect(await program.descriptors()).toBeLessThanOrEqual(descriptors + 1);
    console.log(`${rounds} publishers broke off; ${(grown / MiB).toFixed(1)} MiB more held at the end`);
  },
  SECONDS * 1000 + 120_000,
);

it(
  `the client, again and again, for ${SECONDS} s`,
  async () => {
    const ways = Object.entries(LEAVING);
    const end = performance.now() + SECONDS * 1000;
    let rounds = 0;
    const url = await rawListen((socket) => {
      const [, [leave]] = ways[rounds % ways.length];
      socket.write(concat(hello("PUB"), encodeMessage(["weather.berlin", `${rounds}`])));
      // Its subscription is the last that it says: a peer that were gone before would not have been reached at all.
      socket.on("data", (chunk) => chunk.includes("weather.") && setTimeout(() => leave(socket), 20));
    });
    const source = CLIENT.replace("5556", url.split(":").at(-1) as string);
    for (; performance.now() < end; rounds++) {
      const program = await Measured.run(source);
      const [, [, by]] = ways[rounds % ways.length];
      expect(await program.says("ended by:")).toMatch(new RegExp(`^${by}`));
      expect(program.lines).toContain(`weather.berlin: ${rounds}`);
      expect(program.errors).toBe("");
    }
    expect(rounds).toBeGreaterThan(0);
  },
  SECONDS * 1000 + 120_000,
);

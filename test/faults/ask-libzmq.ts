/** Throws the octets of each fault at a real libzmq socket and writes down what it does. `node test/faults/run.js libzmq` */
import { once } from "node:events";
import net from "node:net";
import * as zmq from "zeromq";
import { catalogue, type Fault, LIMIT, TRAFFIC } from "./catalogue.js";

/** What libzmq does with a fault. */
export interface Answer {
  /** It closes, waits for more, or goes on as if nothing were wrong; or nothing can be seen, since the peer itself closes. */
  readonly does: "closes" | "waits" | "accepts" | "forgets";
  /** How many octets it took before it closed. */
  readonly after?: number;
  /** What its monitor tells, in order. */
  readonly monitor: readonly string[];
}

export type Answers = Readonly<Record<string, Answer>>;

/** Milliseconds without anything happening after which nothing more is expected. */
const PATIENCE = 500;
const GREETING_SIZE = 64;

const sockets = { ROUTER: zmq.Router, PUSH: zmq.Push } as const;

const EVENTS = ["handshake", "handshake:error:protocol", "handshake:error:auth", "handshake:error:other"] as const;

function named(error: Error & { code?: unknown }): string {
  return String(error.code ?? error.message);
}

export interface Trial {
  readonly closed: boolean;
  readonly monitor: string[];
}

/** Gives a fresh libzmq socket the first `count` octets of a fault. */
export async function trial({ ours, octets, ending }: Fault, count: number, patience: number): Promise<Trial> {
  const theirs = new sockets[ours as keyof typeof sockets]({ linger: 0, maxMessageSize: LIMIT, sendTimeout: 0 });
  const monitor: string[] = [];
  for (const type of EVENTS) {
    theirs.events.on(type, (event) => monitor.push("error" in event ? `${type} ${named(event.error)}` : type));
  }
  await theirs.bind("tcp://127.0.0.1:*");
  const socket = net.connect(Number(theirs.lastEndpoint?.split(":").at(-1)), "127.0.0.1");
  socket.setNoDelay();
  socket.on("error", () => {});
  let sent = 0;
  const ready = new Promise<void>((resolve) => {
    socket.on("data", (chunk) => {
      sent += chunk.length;
      if (sent > GREETING_SIZE) resolve();
    });
  });
  const closed = new Promise<boolean>((resolve) => {
    socket.once("close", () => resolve(true)).once("end", () => resolve(true));
    setTimeout(resolve, patience, false);
  });
  await Promise.race([once(socket, "connect"), closed]);
  if (count > 0) socket.write(octets.subarray(0, Math.min(count, TRAFFIC)));
  if (count > TRAFFIC) {
    // Whoever sends messages has waited for the other's READY.
    await Promise.race([ready, closed]);
    socket.write(octets.subarray(TRAFFIC, count));
  }
  if (ending === "closes" && count === octets.length) socket.end();
  const over = await closed;
  // The monitor's thread is another.
  await new Promise((resolve) => setTimeout(resolve, 50));
  // What follows from our going is not an answer.
  const told = [...monitor];
  socket.destroy();
  theirs.close();
  return { closed: over, monitor: told };
}

/** The smallest number of octets after which it closes, given that it closes after all. */
async function closesAfter(fault: Fault): Promise<number> {
  let [stays, closes] = [-1, fault.octets.length];
  while (closes - stays > 1) {
    const middle = (stays + closes) >> 1;
    if ((await trial(fault, middle, PATIENCE)).closed) closes = middle;
    else stays = middle;
  }
  return closes;
}

/** What libzmq does with one fault. */
export async function ask(fault: Fault, patience = PATIENCE): Promise<Answer> {
  const { closed, monitor } = await trial(fault, fault.octets.length, patience);
  if (fault.ending === "closes") return { does: "forgets", monitor };
  if (closed) return { does: "closes", after: await closesAfter(fault), monitor };
  return { does: monitor.includes("handshake") ? "accepts" : "waits", monitor };
}

/** What libzmq does with all of them. */
export async function askAll(together = 8): Promise<Answers> {
  const answers = new Map<string, Answer>();
  const waiting = [...catalogue];
  const worker = async () => {
    for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
      answers.set(fault.id, await ask(fault));
    }
  };
  await Promise.all(Array.from({ length: together }, worker));
  return Object.fromEntries(catalogue.map(({ id }) => [id, answers.get(id) as Answer]));
}

/**
 * A peer in a process of its own, seen from inside. It says "at ENDPOINT" or "ready", then answers each line of its parent, and ends
 * with it. native/peer.c speaks the same lines.
 *
 * - `go SIZE COUNT`: a sender answers "done" when all are on their way; a receiver "armed", then "done NANOSECONDS" a message;
 *   one that asks "done P50 P99", nanoseconds a round trip; one that echoes "armed", then "done".
 * - `cpu`: "cpu NANOSECONDS" that this process has used, kernel included.
 */
import { createInterface } from "node:readline";

export const say = (...words) => process.stdout.write(`${words.join(" ")}\n`);

/** Answers the parent's lines; `go(size, count)` does the work. */
export function obey(go) {
  createInterface(process.stdin)
    .on("line", (line) => {
      const [command, ...numbers] = line.split(" ");
      if (command === "go") Promise.resolve(go(...numbers.map(Number))).catch(die);
      else {
        const { user, system } = process.cpuUsage();
        say("cpu", (user + system) * 1000);
      }
    })
    .on("close", () => process.exit(0));
}

/** Binds a socket of the `zeromq` package's API, or connects it, and says so. */
export async function open(socket, endpoint) {
  if (endpoint === undefined) {
    await socket.bind("tcp://127.0.0.1:*");
    say("at", socket.lastEndpoint);
  } else {
    socket.connect(endpoint);
    say("ready");
  }
}

export function die(error) {
  console.error(error);
  process.exit(1);
}

/** Counts what comes, and times it between the first and the last. */
export class Meter {
  size = -1;
  #missing = 0;
  #timed = 0;
  #start;

  arm(size, count) {
    this.size = size;
    this.#missing = count;
    this.#start = undefined;
    say("armed");
  }

  /** `count` messages have come at once, all of them of the right size. */
  add(count) {
    if (this.#start === undefined) {
      this.#start = performance.now();
      this.#timed = this.#missing - count;
    }
    this.#missing -= count;
    if (this.#missing < 0) throw new Error("more messages than were sent");
    if (this.#missing === 0) say("done", ((performance.now() - this.#start) * 1e6) / this.#timed);
  }
}

/** Times round trips, one after another. */
export class Trips {
  #times = new Float64Array(0);
  #done = 0;
  #start = 0;

  /** @param ask - Sends the next question. */
  begin(count, ask) {
    this.#times = new Float64Array(count);
    this.#done = 0;
    this.#ask = ask;
    this.#go();
  }

  #ask = () => {};

  #go() {
    this.#start = performance.now();
    this.#ask();
  }

  /** The answer has come. */
  end() {
    const times = this.#times;
    times[this.#done++] = (performance.now() - this.#start) * 1e6;
    if (this.#done < times.length) {
      this.#go();
      return;
    }
    times.sort();
    say("done", times[times.length >> 1], times[Math.floor(times.length * 0.99)]);
  }
}

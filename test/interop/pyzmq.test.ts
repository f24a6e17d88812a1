/** PLAIN and CURVE with another program than ours and another libzmq than the addon's: Debian's pyzmq, in both roles. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import * as zmq from "../../src/zeromq/index.js";
import { exhaustive, FLOOD } from "../support/amount.js";

const PYTHON = process.env.PYTHON ?? "/usr/bin/python3";

/** Which pyzmq and libzmq there are; undefined if none. */
function versions(): string | undefined {
  try {
    return String(
      execFileSync(PYTHON, ["-c", "import zmq; print('pyzmq', zmq.__version__, zmq.zmq_version())"]),
    ).trim();
  } catch {
    return undefined;
  }
}

const found = versions();
if (found === undefined && process.env.CI === undefined) {
  console.warn(`\nSKIPPED: PLAIN and CURVE with pyzmq. ${PYTHON} has no zmq: apt-get install python3-zmq\n`);
}

const [server, client] = [zmq.curveKeyPair(), zmq.curveKeyPair()];
const SIZES = [0, 1, 222, 223, 255, 256, 65_535, 65_536, 1_000_000];
/** For the pair alone, where there is no time: it is copying's. */
const LARGE = [...SIZES, 16 * 1024 * 1024];

const PATTERN = Buffer.from(Array.from({ length: 251 }, (_, i) => i));
const message = (number: number, size: number) => [Buffer.from("t"), Buffer.alloc(size, PATTERN), `${number}`];

function expectMessage(parts: readonly Buffer[], number: number, size: number): void {
  const [topic, body, count] = parts;
  expect([parts.length, String(topic), body?.length, String(count)]).toEqual([3, "t", size, `${number}`]);
  expect(body?.equals(Buffer.alloc(size, PATTERN))).toBe(true);
}

interface Word {
  readonly id: number;
  readonly at?: string;
  readonly heard?: boolean;
  readonly seen?: unknown;
}

/** One socket of Python's. */
interface Partner {
  readonly at: string;
  /** It has heard that we are there. */
  heard(): Promise<unknown>;
  /** How many messages were as they should be; or what went wrong. */
  seen(): Promise<unknown>;
}

/** The one program in Python, and what it says of each of its sockets. */
class Python {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #words = new Map<number, { heard: Word[]; wake: () => void }>();
  #gone: string | undefined;
  #next = 0;

  constructor() {
    this.#child = spawn(PYTHON, [fileURLToPath(new URL("pyzmq.py", import.meta.url))]);
    let complaints = "";
    this.#child.stderr.on("data", (chunk) => {
      complaints += chunk;
    });
    this.#child.once("exit", (code, signal) => {
      this.#gone = `${PYTHON} ended: ${code ?? signal}\n${complaints}`;
      for (const { wake } of this.#words.values()) wake();
    });
    createInterface(this.#child.stdout).on("line", (line) => {
      const word = JSON.parse(line) as Word;
      const box = this.#words.get(word.id);
      box?.heard.push(word);
      box?.wake();
    });
  }

  tell(what: object): void {
    this.#child.stdin.write(`${JSON.stringify(what)}\n`);
  }

  async next(id: number): Promise<Word> {
    const box = this.#words.get(id) as { heard: Word[]; wake: () => void };
    for (;;) {
      const word = box.heard.shift();
      if (word !== undefined) return word;
      if (this.#gone !== undefined) throw new Error(this.#gone);
      await new Promise<void>((resolve) => {
        box.wake = resolve;
      });
    }
  }

  /** Opens a socket there; where it is, and what it has seen in the end. */
  async open(wanted: object): Promise<Partner> {
    const id = this.#next++;
    this.#words.set(id, { heard: [], wake: () => {} });
    this.tell({ id, ...wanted });
    onTestFinished(() => this.tell({ leave: id }));
    const { at, seen } = await this.next(id);
    if (at === undefined) throw new Error(String(seen));
    const until = async (kind: "heard" | "seen") => {
      for (;;) {
        const word = await this.next(id);
        if (kind in word || "seen" in word) return word[kind];
      }
    };
    return { at, heard: () => until("heard"), seen: () => until("seen") };
  }

  end(): void {
    this.#child.stdin.end();
  }
}

let python: Python;

type Options = Record<string, unknown>;
interface Role {
  readonly mechanism: string;
  readonly serves: boolean;
  readonly ours: Options;
}

const roles: Record<string, Role> = {
  "PLAIN, pyzmq serves": { mechanism: "PLAIN", serves: true, ours: { plainUsername: "ann", plainPassword: "secret" } },
  "PLAIN, we serve": { mechanism: "PLAIN", serves: false, ours: { plainServer: true, zapDomain: "test" } },
  "CURVE, pyzmq serves": {
    mechanism: "CURVE",
    serves: true,
    ours: {
      curveServerKey: server.publicKey,
      curvePublicKey: client.publicKey,
      curveSecretKey: client.secretKey,
    },
  },
  "CURVE, we serve": {
    mechanism: "CURVE",
    serves: false,
    ours: { curveServer: true, curveSecretKey: server.secretKey },
  },
};

/** What we do, by type; what Python's partner does meanwhile stands beside it. */
type Talk = (socket: never, sizes: readonly number[], heard: () => Promise<unknown>) => Promise<void>;

const send: Talk = async (socket: zmq.Push, sizes) => {
  for (const [number, size] of sizes.entries()) await socket.send(message(number, size));
};

/** What was said before we were there, to find out whether we are, is left out. */
const receive: Talk = async (socket: zmq.Pull, sizes) => {
  for (const [number, size] of sizes.entries()) {
    let parts = await socket.receive();
    while (String(parts[1]) === "anybody?") {
      python.tell({ heard: true });
      parts = await socket.receive();
    }
    expectMessage(parts, number, size);
  }
};

const ask: Talk = async (socket: zmq.Request, sizes) => {
  for (const [number, size] of sizes.entries()) {
    await socket.send(message(number, size));
    expectMessage(await socket.receive(), number, size);
  }
};

const echo: Talk = async (socket: zmq.Reply, sizes) => {
  for (const _ of sizes) await socket.send(await socket.receive());
};

const subscribe: Talk = async (socket: zmq.Subscriber, sizes, heard) => {
  socket.subscribe("t");
  await receive(socket as never, sizes, heard);
};

const subscribeByMessage: Talk = async (socket: zmq.XSubscriber, sizes, heard) => {
  await socket.send("\u0001t");
  await receive(socket as never, sizes, heard);
};

const publishOnce: Talk = async (socket: zmq.XPublisher, sizes, heard) => {
  expect((await socket.receive()).map(String)).toEqual(["\u0001t"]);
  await send(socket as never, sizes, heard);
};

/** A publisher that cannot hear that it is subscribed to: it asks until somebody has heard it. */
const publish: Talk = async (socket: zmq.Publisher, sizes, heard) => {
  let answered = false;
  const answer = heard().then(() => {
    answered = true;
  });
  while (!answered) {
    await socket.send(["t", "anybody?"]);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await answer;
  await send(socket as never, sizes, heard);
};

const PAIRS = [
  ["REQ", zmq.Request, ask, "REP", "echo"],
  ["REP", zmq.Reply, echo, "REQ", "ask"],
  ["DEALER", zmq.Dealer, ask, "ROUTER", "echo"],
  ["ROUTER", zmq.Router, echo, "DEALER", "ask"],
  ["PUB", zmq.Publisher, publish, "SUB", "receive"],
  ["SUB", zmq.Subscriber, subscribe, "PUB", "publish"],
  ["XPUB", zmq.XPublisher, publishOnce, "XSUB", "receive"],
  ["XSUB", zmq.XSubscriber, subscribeByMessage, "XPUB", "publish"],
  ["PUSH", zmq.Push, send, "PULL", "receive"],
  ["PULL", zmq.Pull, receive, "PUSH", "send"],
  ["PAIR", zmq.Pair, ask, "PAIR", "echo"],
] as const;

/** Our socket, set up to match a role, with heartbeats. */
function opened<S extends zmq.Socket>(type: new (options: never) => S, { ours }: Role): S {
  const socket = new type({ ...ours, heartbeatInterval: 50, heartbeatTimeout: 30_000, linger: 0 } as never);
  onTestFinished(() => socket.close());
  return socket;
}

/** Our own authenticator, for PLAIN where we serve. */
async function judge(): Promise<void> {
  const zap = new zmq.Reply();
  await zap.bind("inproc://zeromq.zap.01");
  void (async () => {
    for await (const [version, id, , , , mechanism, ...credentials] of zap) {
      const right = String(mechanism) === "CURVE" || credentials.map(String).join() === "ann,secret";
      await zap.send([version, id, right ? "200" : "400", "", "", ""] as never);
    }
  })();
}

describe.skipIf(found === undefined && process.env.CI === undefined)(found ?? "pyzmq", () => {
  beforeAll(async () => {
    python = new Python();
    await judge();
  });
  afterAll(() => python.end());

  describe.each(Object.entries(roles))("%s", (_, role) => {
    const { mechanism, serves } = role;
    const wanted = { mechanism, serves, server, client };

    it.each(PAIRS)("our %s and its partner, whatever the size", async (type, Type, talk, partner, task) => {
      const sizes = exhaustive || type === "PAIR" ? LARGE : SIZES;
      const theirs = await python.open({ ...wanted, type: partner, task, sizes, count: 0 });
      const ours = opened(Type as never, role);
      (ours as zmq.Pair).connect(theirs.at);
      await talk(ours as never, sizes, theirs.heard);
      expect(await theirs.seen()).toBe(sizes.length);
    });

    it(`${FLOOD} messages each way at once, heartbeats on`, async () => {
      const theirs = await python.open({ ...wanted, type: "PAIR", task: "flood", sizes: [], count: FLOOD });
      const ours = opened(zmq.Pair, role);
      ours.connect(theirs.at);
      const speak = async () => {
        for (let i = 0; i < FLOOD; i++) await ours.send(`${i}`);
      };
      const hear = async () => {
        for (let i = 0; i < FLOOD; i++) {
          const [payload] = await ours.receive();
          if (String(payload) !== `${i}`) throw new Error(`${payload} is not ${i}`);
        }
      };
      await Promise.all([speak(), hear()]);
      expect(await theirs.seen()).toBe(FLOOD);
    });
  });

  it("a wrong password is refused by it, and our observers are told", async () => {
    const task = { type: "PAIR", task: "echo", sizes: [], count: 0 };
    const theirs = await python.open({ ...task, mechanism: "PLAIN", serves: true, server, client });
    const ours = opened(zmq.Pair, {
      mechanism: "PLAIN",
      serves: true,
      ours: { plainUsername: "ann", plainPassword: "x" },
    });
    const failed = new Promise((resolve) => ours.events.on("handshake:error:auth", resolve));
    ours.connect(theirs.at);
    expect(await failed).toMatchObject({ error: { status: 400 } });
  });
});

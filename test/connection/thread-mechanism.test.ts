/** Mechanisms in the thread that does the work of a connection: made there from a recipe, sealed and opened there. */
import { inspect } from "node:util";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import * as zmq from "zeromq";
import { type Cryptography, curveClient, curveKeyPair, curveServer } from "../../src/curve.js";
import { type Mechanism, plainClient, plainServer } from "../../src/index.js";
import { until } from "../socket/support.js";
import { badge } from "../support/badge.js";
import { accepted, connected, listening, nextText, pair } from "../support/connections.js";
import { opened } from "../support/libzmq.js";

const PAIR = { socketType: "PAIR" } as const;
const server = curveKeyPair();
const client = curveKeyPair();

/** Ours, and libzmq's options of the same. */
const MECHANISMS: Record<string, [Mechanism, zmq.SocketOptions<zmq.Pair>]> = {
  CURVE: [
    curveClient({ serverKey: server.publicKey, ...client }),
    { curveServer: true, curveSecretKey: server.secretKey },
  ],
  PLAIN: [plainClient({ username: "ann", password: "secret" }), { plainServer: true, zapDomain: "test" }],
};

/** Each length once: no frame, a short one, a long one, one that takes several slots of the way out. */
const LENGTHS = [0, 1, 90, 255, 256, 5000, 40_000, 200_000];

function octetsOf(i: number): Uint8Array {
  const length = LENGTHS[i % LENGTHS.length] as number;
  const octets = new Uint8Array(length);
  for (let at = 0; at < length; at++) octets[at] = at * 7 + i;
  return octets;
}

/** A worker that knows the mechanism of test/support/badge.js. */
function badgeWorker(): Worker {
  const worker = new Worker(new URL("../support/badge-worker.js", import.meta.url), { execArgv: [] });
  onTestFinished(async () => void (await worker.terminate()));
  return worker;
}

/** Whom libzmq's servers ask: lets in who has the password, and anybody with a key. */
async function authenticator(): Promise<zmq.Reply> {
  const zap = new zmq.Reply();
  await zap.bind("inproc://zeromq.zap.01");
  void (async () => {
    for await (const [version, id, , , , mechanism, ...credentials] of zap) {
      const right = `${mechanism}` === "CURVE" || credentials.join(" ") === "ann secret";
      await zap.send([version, id, right ? "200" : "400", "", "", ""] as never);
    }
  })();
  return zap;
}

let zap: zmq.Reply;
beforeAll(async () => {
  zap = await authenticator();
});
afterAll(() => zap.close());

describe.each(Object.entries(MECHANISMS))("%s with libzmq", (name, [mechanism, options]) => {
  it("carries every octet both ways; what was sealed is opened in the worker", async () => {
    const theirs = opened(new zmq.Pair(options as object));
    await theirs.bind("tcp://127.0.0.1:*");
    const ours = await connected(theirs.lastEndpoint as string, { ...PAIR, mechanism, thread: true });
    expect(ours.peer.mechanism).toBe(name);
    const COUNT = 400;
    const sending = (async () => {
      for (let i = 0; i < COUNT; i++) if (!ours.send(["head", octetsOf(i)])) await ours.drained;
    })();
    for (let i = 0; i < COUNT; i++) {
      const [head, body] = await theirs.receive();
      expect(`${head}`).toBe("head");
      expect(Buffer.compare(body as Buffer, octetsOf(i))).toBe(0);
    }
    await sending;
    const back = (async () => {
      for (let i = 0; i < COUNT; i++) await theirs.send(["head", Buffer.from(octetsOf(i))]);
    })();
    let at = 0;
    let small = 0;
    for await (const batch of ours.batches()) {
      for (let i = 0; i < batch.length; i++, at++) {
        const payload = Buffer.from(batch.payload(i));
        expect(at % 2 === 0 ? `${payload}` : Buffer.compare(payload, octetsOf(at >> 1))).toBe(
          at % 2 === 0 ? "head" : 0,
        );
      }
      // In the clear, and in the memory of both threads: only the worker can have put it there.
      if (batch.bytes.buffer instanceof SharedArrayBuffer) small++;
      if (at === 2 * COUNT) break;
    }
    await back;
    expect(small).toBeGreaterThan(0);
    await ours.close();
  });
});

describe("a client's recipe", () => {
  it("keeps a pair that was made here, and what the server proves", async () => {
    const keys: Uint8Array[] = [];
    const serving = curveServer({ ...server, check: (key) => keys.push(key.slice()) > 0 });
    const mechanism = curveClient({ serverKey: server.publicKey });
    const listener = await listening("tcp://127.0.0.1:0", { ...PAIR, mechanism: serving });
    const there = await connected(listener.endpoint, { ...PAIR, mechanism, thread: true });
    const here = await connected(listener.endpoint, { ...PAIR, mechanism });
    expect(keys[0]).toEqual(keys[1]);
    expect(there.peer.publicKey).toEqual(here.peer.publicKey);
    expect(there.peer.publicKey).toHaveLength(32);
  });

  it.each(Object.entries(MECHANISMS))("shows no secret of %s where it is printed", (_, [mechanism]) => {
    const shown = inspect(mechanism, { depth: 9, showHidden: true });
    expect(shown).not.toContain("secret");
    expect(JSON.stringify(mechanism)).not.toContain("secret");
  });

  it("tells of a refusal as without a thread", async () => {
    const listener = await listening("tcp://127.0.0.1:0", { ...PAIR, mechanism: plainServer(() => false) });
    const mechanism = plainClient({ username: "bob", password: "" });
    for (const thread of [true, false]) {
      await expect(connected(listener.endpoint, { ...PAIR, mechanism, thread })).rejects.toMatchObject({
        code: "PEER_ERROR",
        hint: expect.stringMatching(/^400/),
      });
    }
  });
});

describe("a mechanism of one's own", () => {
  it("is made by a worker of one's own, and says there who the peer is", async () => {
    const listener = await listening("tcp://127.0.0.1:0", { ...PAIR, mechanism: badge("blue") });
    const ours = await connected(listener.endpoint, { ...PAIR, mechanism: badge("blue"), thread: badgeWorker() });
    const theirs = await accepted(listener);
    expect(ours.peer).toMatchObject({ mechanism: "BADGE", userId: "blue" });
    ours.send(["to", "you"]);
    expect(await nextText(theirs)).toEqual(["to", "you"]);
  });

  it("is refused with the reason where nobody makes it, or its maker fails", async () => {
    const worker = badgeWorker();
    const asked = { ...PAIR, thread: worker };
    const unknown = connected("tcp://127.0.0.1:9", { ...asked, mechanism: badge("blue", "test:nobody") });
    await expect(unknown).rejects.toMatchObject({
      code: "NO_MECHANISM",
      blame: "caller",
      message: expect.stringContaining("test:nobody"),
      hint: expect.stringContaining("provideMechanism"),
    });
    const broken = connected("tcp://127.0.0.1:9", { ...asked, mechanism: badge("blue", "test:broken") });
    await expect(broken).rejects.toMatchObject({ code: "MECHANISM_FAILED", cause: { message: "made of glass" } });
  });
});

describe("the call", () => {
  const { recipe: _, ...bare } = badge("blue");
  const cryptography = { keyPair: () => ({ publicKey: new Uint8Array(32), secretKey: new Uint8Array(32) }) };

  it.each([
    ["a server's, which decides here", plainServer(() => true), /PLAIN server decides by functions of this thread/],
    ["one without a recipe", bare as Mechanism, /this BADGE has no recipe\(\).*provideMechanism/],
    [
      "CURVE by another library",
      curveClient({ serverKey: server.publicKey, cryptography: cryptography as unknown as Cryptography }),
      /this CURVE has no recipe/,
    ],
    ["what is none", "CURVE" as unknown as Mechanism, /mechanism is a Mechanism/],
  ])("refuses %s", async (_, mechanism, message) => {
    const refused = connected("tcp://127.0.0.1:9", { ...PAIR, mechanism, thread: true });
    await expect(refused).rejects.toBeInstanceOf(TypeError);
    await expect(refused).rejects.toThrow(message);
  });
});

it("what was accepted and not sealed yet counts as unsent", async () => {
  const mechanism = curveClient({ serverKey: server.publicKey });
  const serving = curveServer({ ...server, check: () => true });
  const [ours, theirs] = await pair(
    "tcp://127.0.0.1:0",
    { ...PAIR, mechanism, thread: true },
    { ...PAIR, mechanism: serving },
  );
  await until(() => !ours.send(new Uint8Array(300_000)) && ours.bufferedAmount > 1024 * 1024);
  theirs.destroy();
  const { unsent } = await ours.closed;
  expect(unsent).toBeGreaterThan(1024 * 1024);
});

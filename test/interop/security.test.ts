/** PLAIN and CURVE with libzmq, in both roles. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as zmq from "zeromq";
import { curveClient, curveKeyPair, curveServer, encodeZ85 } from "../../src/curve.js";
import { plainClient, plainServer, type SocketType, type Verdict } from "../../src/index.js";
import { FLOOD } from "../support/amount.js";
import { codecs } from "../support/codecs.js";
import { join, libzmq, meet, opened } from "../support/libzmq.js";
import { pattern, same } from "../support/pieces.js";
import type { Wire } from "../support/wire.js";

const server = curveKeyPair();
const client = curveKeyPair();

/** What libzmq's authenticator answers; a PLAIN server of libzmq does not do without one. */
let answer: (credentials: readonly Buffer[]) => string = () => "200";

beforeAll(async () => {
  const zap = new zmq.Reply();
  await zap.bind("inproc://zeromq.zap.01");
  void (async () => {
    for await (const [version, id, , , , , ...credentials] of zap) {
      const status = answer(credentials);
      await zap.send([version, id, status, "", status === "200" ? "ann" : "", ""]);
    }
  })();
  return () => zap.close();
});

beforeEach(() => {
  answer = () => "200";
});

/** How each side is set up: `ours` as a session's mechanism, `theirs` as libzmq's options. */
const roles = {
  "CURVE, libzmq serves": {
    theirs: { curveServer: true, curveSecretKey: server.secretKey },
    ours: () => curveClient({ serverKey: server.publicKey, ...client }),
  },
  "CURVE, we serve": {
    theirs: { curveServerKey: server.publicKey, curvePublicKey: client.publicKey, curveSecretKey: client.secretKey },
    ours: () => curveServer(server),
  },
  "PLAIN, libzmq serves": {
    theirs: { plainServer: true, zapDomain: "test" },
    ours: () => plainClient({ username: "ann", password: "secret" }),
  },
  "PLAIN, we serve": {
    theirs: { plainUsername: "ann", plainPassword: "secret" },
    ours: () => plainServer((username, password) => Promise.resolve(username === "ann" && password === "secret")),
  },
} as const;

type Role = keyof typeof roles;
const NAMES = Object.keys(roles) as Role[];

const PARTNERS: readonly [SocketType, keyof typeof libzmq][] = [
  ["REQ", "REP"],
  ["REQ", "ROUTER"],
  ["REP", "REQ"],
  ["REP", "DEALER"],
  ["DEALER", "REP"],
  ["DEALER", "DEALER"],
  ["DEALER", "ROUTER"],
  ["ROUTER", "REQ"],
  ["ROUTER", "DEALER"],
  ["ROUTER", "ROUTER"],
  ["PUB", "SUB"],
  ["PUB", "XSUB"],
  ["XPUB", "SUB"],
  ["XPUB", "XSUB"],
  ["SUB", "PUB"],
  ["SUB", "XPUB"],
  ["XSUB", "PUB"],
  ["XSUB", "XPUB"],
  ["PUSH", "PULL"],
  ["PULL", "PUSH"],
  ["PAIR", "PAIR"],
];

const make = (type: keyof typeof libzmq, options: object) =>
  opened(new (libzmq[type] as new (options: object) => zmq.Socket)(options));

describe.each(codecs)("$name codec", (codec) => {
  describe.each(NAMES)("%s", (role) => {
    const { ours, theirs } = roles[role];

    it.each(PARTNERS)("our %s shakes hands with its %s", async (type, partner) => {
      const wire = await meet({ socketType: type, codec, mechanism: ours() }, make(partner, theirs));
      expect(wire.session.peer).toMatchObject({ socketType: partner, mechanism: role.split(",")[0] });
      if (role === "CURVE, we serve") {
        expect(encodeZ85(wire.session.peer?.publicKey as Uint8Array)).toBe(client.publicKey);
      }
      if (role === "PLAIN, we serve") expect(wire.session.peer?.userId).toBe("ann");
    });

    it.each([
      ["16 MiB", "binds", 16 * 1024 * 1024],
      ["70 kB", "connects", 70_000],
    ] as const)("messages of 0 B to %s travel both ways, libzmq %s", async (_, way, largest) => {
      const theirSocket = make("PAIR", { ...theirs, linger: 0 }) as zmq.Pair;
      const wire = await meet({ socketType: "PAIR", codec, mechanism: ours() }, theirSocket, { libzmq: way });
      for (const size of [0, 1, 222, 223, 255, 256, 65_536, largest]) {
        const message = [pattern(size, size + 1), new Uint8Array(0), pattern(3, size)];
        const [received] = await Promise.all([theirSocket.receive(), wire.send(message)]);
        expect(received.map((part, i) => same(part, message[i] as Uint8Array))).toEqual([true, true, true]);
        const [back] = await Promise.all([wire.message(), theirSocket.send(message)]);
        expect(back.map((part, i) => same(part, message[i] as Uint8Array))).toEqual([true, true, true]);
      }
    });

    it("heartbeats go to and fro", async () => {
      const theirSocket = make("PAIR", { ...theirs, heartbeatInterval: 20, heartbeatTimeout: 10_000 }) as zmq.Pair;
      const wire = await meet({ socketType: "PAIR", codec, mechanism: ours() }, theirSocket);
      await wire.write(wire.session.ping({ ttl: 600, context: new Uint8Array([1, 2]) }));
      const names = new Set<string>();
      while (names.size < 2) names.add((await wire.next("Command")).name);
      expect([...names].sort()).toEqual(["PING", "PONG"]);
      await theirSocket.send("still there");
      expect((await wire.message()).map(String)).toEqual(["still there"]);
    });

    it("subscriptions arrive, and only what was wanted comes", async () => {
      const publisher = make("XPUB", theirs) as zmq.XPublisher;
      const subscribing = await meet({ socketType: "SUB", codec, mechanism: ours() }, publisher);
      await subscribing.write(subscribing.session.subscribe("a"));
      expect((await publisher.receive()).map(String)).toEqual(["\u0001a"]);
      await publisher.send(["b", "no"]);
      await publisher.send(["a", "yes"]);
      expect((await subscribing.message()).map(String)).toEqual(["a", "yes"]);
    });
  });
});

describe("a wrong password or key", () => {
  /** What ended a meeting, from our side. */
  async function refusal(wire: Wire): Promise<{ code: string; hint: string }> {
    await wire.closed;
    const { error } = wire.session;
    return { code: error?.code ?? "", hint: error?.hint ?? "" };
  }

  /** The next event of libzmq about a failed handshake. */
  function failure(socket: zmq.Socket): Promise<unknown> {
    return new Promise((resolve) => {
      for (const type of ["auth", "protocol", "other"]) {
        socket.events.on(`handshake:error:${type}` as "handshake:error:auth", (event) => resolve({ ...event, type }));
      }
    });
  }

  it("is refused by libzmq's PLAIN server, which says 400", async () => {
    answer = ([, password]) => (String(password) === "secret" ? "200" : "400");
    const theirs = opened(new zmq.Pair({ plainServer: true, zapDomain: "test" }));
    const mechanism = plainClient({ username: "ann", password: "guess" });
    const { code, hint } = await refusal(await join({ socketType: "PAIR", mechanism }, theirs));
    expect(code).toBe("PEER_ERROR");
    expect(hint).toMatch(/^400 is a status code of ZAP.*password/);
  });

  it.each([
    ["no", false],
    ["an error of its own", { status: 500 }],
    ["no, in a while", Promise.resolve(false)],
  ] as [string, Verdict | Promise<Verdict>][])(
    "is refused by our PLAIN server, which answers: %s",
    async (_, verdict) => {
      const theirs = opened(new zmq.Pair({ plainUsername: "ann", plainPassword: "guess", reconnectInterval: 60_000 }));
      const failed = failure(theirs);
      const mechanism = plainServer(() => verdict);
      const wire = await join({ socketType: "PAIR", mechanism }, theirs, { libzmq: "connects" });
      expect((await refusal(wire)).code).toBe("DENIED");
      // libzmq misspells PLAIN's ERROR and understands it no other way: ours, which is the RFC's, it calls unexpected.
      expect(await failed).toMatchObject({ type: "protocol", error: { code: "ERR_ZMTP_UNEXPECTED_COMMAND" } });
    },
  );

  it("is refused by our CURVE server's check, and libzmq knows why", async () => {
    const theirs = opened(new zmq.Pair({ ...roles["CURVE, we serve"].theirs, reconnectInterval: 60_000 }));
    const failed = failure(theirs);
    const mechanism = curveServer({ ...server, check: async (key) => encodeZ85(key) !== client.publicKey });
    const wire = await join({ socketType: "PAIR", mechanism }, theirs, { libzmq: "connects" });
    expect((await refusal(wire)).code).toBe("DENIED");
    expect(await failed).toMatchObject({ type: "auth", error: { status: 400 } });
  });

  it("of the server is met by libzmq with silence, and we say what that means", async () => {
    const theirs = opened(new zmq.Pair(roles["CURVE, libzmq serves"].theirs));
    const mechanism = curveClient({ serverKey: curveKeyPair().publicKey });
    const { code, hint } = await refusal(await join({ socketType: "PAIR", mechanism }, theirs));
    expect(code).toBe("PEER_CLOSED");
    expect(hint).toMatch(/serverKey/);
  });

  it("of ours is what a libzmq client meets, and we say that", async () => {
    const wrong = { ...roles["CURVE, we serve"].theirs, curveServerKey: curveKeyPair().publicKey };
    const theirs = opened(new zmq.Pair({ ...wrong, reconnectInterval: 60_000 }));
    const wire = await join({ socketType: "PAIR", mechanism: curveServer(server) }, theirs, { libzmq: "connects" });
    const { code, hint } = await refusal(wire);
    expect(code).toBe("CURVE_BOX");
    expect(hint).toMatch(/public key of this one/);
  });
});

describe("a flood", () => {
  it.each(NAMES)(
    `of ${FLOOD} messages each way comes whole and in order, heartbeats on: %s`,
    async (role) => {
      const { ours, theirs } = roles[role];
      const beating = { heartbeatInterval: 20, heartbeatTimeout: 30_000 };
      const socket = opened(
        new zmq.Pair({ ...theirs, sendHighWaterMark: 0, receiveHighWaterMark: 0, linger: 0, ...beating }),
      );
      const wire = await meet({ socketType: "PAIR", mechanism: ours() }, socket);
      const send = async () => {
        for (let i = 0; i < FLOOD; i += 500) {
          const run = Array.from({ length: 500 }, (_, j) => wire.session.send(`${i + j}`));
          await wire.write(Buffer.concat(run));
        }
      };
      const read = async () => {
        for (let i = 0; i < FLOOD; i++) if (String((await socket.receive())[0]) !== `${i}`) throw new Error(`not ${i}`);
      };
      const answer = async () => {
        for (let i = 0; i < FLOOD; i++) await socket.send(`${i}`);
      };
      const hear = async () => {
        for (let i = 0; i < FLOOD; i++) if (String((await wire.message())[0]) !== `${i}`) throw new Error(`not ${i}`);
      };
      await Promise.all([send(), read(), answer(), hear()]);
      expect(wire.session.error).toBeUndefined();
    },
    120_000,
  );
});

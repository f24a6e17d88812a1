import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  type Cryptography,
  type CurveServerOptions,
  curveClient,
  curveKeyPair,
  curveServer,
  decodeZ85,
  encodeZ85,
  publicKey,
} from "../../src/curve.js";
import {
  encodeFrame,
  type Mechanism,
  type SessionEvent,
  type SessionOptions,
  type Verdict,
  ZmtpError,
  ZmtpSession,
} from "../../src/index.js";
import { converse } from "../support/converse.js";
import { ascii, bytes, concat, cut, pattern, receiveAll, same, text } from "../support/pieces.js";
import { runs } from "../support/runs.js";
import { recording } from "./curve-recording.js";

const fromHex = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (octet) => Number.parseInt(octet, 16));
const filled = (length: number, octet: number) => new Uint8Array(length).fill(octet);
const open = (mechanism: Mechanism, options: Partial<SessionOptions> = {}) =>
  new ZmtpSession({ socketType: "PAIR", ...options, mechanism });

const COMMAND_BIT = 2;

const server = curveKeyPair();
const client = curveKeyPair();

function pair(options: Partial<CurveServerOptions> = {}, sessions: Partial<SessionOptions> = {}) {
  const ours = open(curveClient({ serverKey: server.publicKey, ...client }), sessions);
  const theirs = open(curveServer({ ...server, ...options }), sessions);
  return { client: ours, server: theirs };
}

function met(options: Partial<CurveServerOptions> = {}, sessions: Partial<SessionOptions> = {}) {
  const both = pair(options, sessions);
  const conversation = converse(both.client, both.server);
  expect([both.client.state, both.server.state]).toEqual(["active", "active"]);
  return { ...both, conversation };
}

const codes = (events: Iterable<SessionEvent>) =>
  Array.from(events, (event) => (event.type === "Error" ? event.error.code : event.type));

describe("keys", () => {
  it("are Z85 or octets, and belong together", () => {
    const pair = curveKeyPair();
    expect([pair.publicKey.length, pair.secretKey.length]).toEqual([40, 40]);
    expect(publicKey(pair.secretKey)).toBe(pair.publicKey);
    expect(publicKey(decodeZ85(pair.secretKey))).toBe(pair.publicKey);
    expect(curveKeyPair().secretKey).not.toBe(pair.secretKey);
    const octets = { serverKey: decodeZ85(server.publicKey), secretKey: decodeZ85(client.secretKey) };
    const a = open(curveClient(octets));
    const b = open(curveServer({ secretKey: decodeZ85(server.secretKey) }));
    converse(a, b);
    expect(encodeZ85(b.peer?.publicKey as Uint8Array)).toBe(client.publicKey);
    expect(encodeZ85(a.peer?.publicKey as Uint8Array)).toBe(server.publicKey);
  });

  it.each([
    ["no key", { serverKey: undefined }],
    ["a key of 39 characters", { serverKey: server.publicKey.slice(1) }],
    ["what is no Z85", { serverKey: `${server.publicKey.slice(1)}~` }],
    ["a key of 31 octets", { serverKey: new Uint8Array(31) }],
    ["a number", { serverKey: 5 }],
    ["halves of two pairs", { serverKey: server.publicKey, secretKey: client.secretKey, publicKey: server.publicKey }],
    ["a public half alone", { serverKey: server.publicKey, publicKey: client.publicKey }],
    ["a bad secret key", { serverKey: server.publicKey, secretKey: "x" }],
  ])("are refused by name: %s", (_, options) => {
    expect(() => curveClient(options as never)).toThrow(TypeError);
  });

  it("of a server are refused, too", () => {
    expect(() => curveServer({} as never)).toThrow(TypeError);
    expect(() => curveServer({ secretKey: server.secretKey, publicKey: client.publicKey })).toThrow(/belong/);
    expect(() => curveServer({ ...server, check: "yes" as never })).toThrow(/check is a function/);
    expect(() => curveServer({ ...server, check: () => true, zap: () => true })).toThrow(TypeError);
  });

  it("do not show in errors, in logs or on inspection", () => {
    const secret = client.secretKey;
    const ours = curveClient({ serverKey: server.publicKey, ...client });
    const session = open(ours);
    const shown = [ours, session, curveServer(server), met().server].map((value) =>
      inspect(value, { depth: 9, showHidden: true }),
    );
    expect(shown.join().includes(secret)).toBe(false);
    const octets = inspect(decodeZ85(secret)).replace(/\s/g, "");
    expect(shown.join().replace(/\s/g, "").includes(octets.slice(16, 60))).toBe(false);
    expect(() => publicKey(`${secret}0`)).toThrow(expect.not.stringContaining(secret));
  });
});

describe("a handshake", () => {
  /** Keys and nonces in the order in which they are asked for. */
  function fixed(real: Cryptography, keys: number[], nonces: [length: number, octet: number][]): Cryptography {
    return {
      ...real,
      keyPair() {
        const secretKey = filled(32, keys.shift() as number);
        return { secretKey: secretKey.slice(), publicKey: real.publicKey(secretKey) };
      },
      random(length) {
        const [wanted, octet] = nonces.shift() as [number, number];
        expect(length).toBe(wanted);
        return filled(length, octet);
      },
    };
  }

  it("is the RFC's, octet for octet", async () => {
    const { sodiumCryptography } = await import("../../src/mechanism/sodium.js");
    const { default: sodium } = await import("libsodium-wrappers");
    await sodium.ready;
    const real = sodiumCryptography(sodium);
    const ours = open(
      curveClient({
        serverKey: real.publicKey(filled(32, 2)),
        secretKey: filled(32, 1),
        cryptography: fixed(real, [3], [[16, 8]]),
      }),
      { socketType: "DEALER", identity: "me", metadata: { "X-A": "b" } },
    );
    const nonces: [number, number][] = [
      [32, 5],
      [16, 6],
      [16, 7],
    ];
    const theirs = open(curveServer({ secretKey: filled(32, 2), cryptography: fixed(real, [4], nonces) }), {
      socketType: "ROUTER",
    });
    const { wire } = converse(ours, theirs);
    const { hello, welcome, initiate, ready, clientMessage, serverPing } = recording;
    expect(wire.slice(2).map(({ octets }) => Buffer.from(octets).toString("hex"))).toEqual([
      hello,
      welcome,
      initiate,
      ready,
    ]);
    expect(Buffer.from(ours.send(["topic", filled(300, 9)])).toString("hex")).toBe(clientMessage);
    expect(Buffer.from(theirs.ping({ ttl: 1, context: ascii("x") })).toString("hex")).toBe(serverPing);
    expect(receiveAll(theirs, [fromHex(clientMessage)])).toMatchObject([
      { type: "Frame", frame: { payload: ascii("topic"), more: true } },
      { type: "Frame", frame: { payload: filled(300, 9), more: false } },
    ]);
    expect(receiveAll(ours, [fromHex(serverPing)])).toMatchObject([
      { type: "SendBytes" },
      { type: "Command", name: "PING", data: concat(bytes(0, 1), ascii("x")) },
    ]);
  });

  it("says who each other is, and passes metadata on", () => {
    const { client: ours, server: theirs } = met({}, { metadata: { "X-Zone": "eu" } });
    expect(theirs.peer).toMatchObject({ mechanism: "CURVE", socketType: "PAIR" });
    expect(theirs.peer?.userId).toBeUndefined();
    expect(encodeZ85(theirs.peer?.publicKey as Uint8Array)).toBe(client.publicKey);
    for (const session of [ours, theirs]) expect(session.peer?.metadata.get("x-zone")).toEqual(ascii("eu"));
  });

  it("works cut anywhere", () => {
    const { client: ours, server: theirs } = pair();
    const reply = (to: ZmtpSession, octets: Uint8Array) =>
      concat(...receiveAll(to, cut(octets, [1])).map((event) => (event.type === "SendBytes" ? event.bytes : bytes())));
    const hello = reply(ours, theirs.start());
    const welcome = reply(theirs, concat(ours.start(), hello));
    const ready = reply(theirs, reply(ours, welcome));
    reply(ours, ready);
    expect([ours.state, theirs.state]).toEqual(["active", "active"]);
  });

  it("fails with a wrong server key, and says so at both ends", () => {
    const ours = open(curveClient({ serverKey: curveKeyPair().publicKey }));
    const theirs = open(curveServer(server));
    converse(ours, theirs);
    expect(theirs.error).toMatchObject({ code: "CURVE_BOX", offset: 64 + 2 + 6 + 2 + 72 + 32 + 8 });
    expect(theirs.error?.hint).toMatch(/public key of this one/);
    const [end] = ours.end();
    expect(end).toMatchObject({ type: "Error", error: { code: "PEER_CLOSED" } });
    expect(ours.error?.hint).toMatch(/serverKey/);
  });

  it("is refused between two servers, and between two clients", () => {
    const servers = [open(curveServer(server)), open(curveServer(server))] as const;
    converse(...servers);
    for (const { error } of servers) expect(error).toMatchObject({ code: "AS_SERVER", offset: 32 });
    const clients = [0, 1].map(() => open(curveClient({ serverKey: server.publicKey })));
    converse(clients[0] as ZmtpSession, clients[1] as ZmtpSession);
    for (const { error } of clients) expect(error?.hint).toMatch(/Both ends are CURVE clients/);
  });

  it("of another mechanism is refused by its name", () => {
    const ours = open(curveServer(server));
    const plain = new ZmtpSession({ socketType: "PAIR" });
    converse(ours, plain);
    expect([ours.error?.code, plain.error?.code]).toEqual(["MECHANISM_MISMATCH", "MECHANISM_MISMATCH"]);
  });

  it("with the socket type wrong is refused after the keys have been proved", () => {
    const ours = open(curveClient({ serverKey: server.publicKey }), { socketType: "PUB" });
    const theirs = open(curveServer(server), { socketType: "PUSH" });
    converse(ours, theirs);
    expect([ours.error?.code, theirs.error?.code]).toEqual(["PEER_ERROR", "SOCKET_TYPE_MISMATCH"]);
  });

  it("cannot be replayed to another connection of the same server", () => {
    const { wire } = met().conversation;
    const victim = open(curveServer(server));
    const toServer = wire.filter((_, i) => [0, 2, 4].includes(i)).map(({ octets }) => octets);
    expect(codes(receiveAll(victim, toServer))).toEqual(["SendBytes", "CURVE_BOX"]);
    expect(victim.error?.message).toMatch(/cookie/);
  });

  it("takes each command once, and in its place", () => {
    const { wire } = met().conversation;
    const [greeting, hello, initiate] = [0, 2, 4].map((i) => (wire[i] as { octets: Uint8Array }).octets) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const fresh = () => open(curveServer(server));
    expect(codes(receiveAll(fresh(), [greeting, hello, hello]))).toEqual(["SendBytes", "UNEXPECTED_COMMAND"]);
    expect(codes(receiveAll(fresh(), [greeting, initiate]))).toEqual(["UNEXPECTED_COMMAND"]);
  });
});

describe("a handshake with an octet changed", () => {
  const names = ["client's greeting", "server's greeting", "HELLO", "WELCOME", "INITIATE", "READY"];
  /** The mechanism's commands alone: a greeting has octets that nobody reads. */
  it.each([2, 3, 4, 5])(
    "is refused, whatever the octet and its value: command %i",
    (which) => {
      const values = Math.min(255, runs(2));
      const length = (met().conversation.wire[which] as { octets: Uint8Array }).octets.length;
      for (let at = 0; at < length; at++) {
        for (let step = 0; step < values; step++) {
          const mask = values === 255 ? step + 1 : step === 0 ? 1 << (at % 8) : 1 + ((at * 31 + step * 83) % 255);
          const { client: ours, server: theirs } = pair();
          const { wire } = converse(ours, theirs, (octets, i) => {
            if (i !== which) return octets;
            const changed = octets.slice();
            changed[at] ^= mask;
            return changed;
          });
          const to = wire[which]?.to as ZmtpSession;
          // Where the length was raised, the receiver waits for more: it must not be content.
          const ended = [...to.end()].length > 0 || to.error !== undefined;
          expect([names[which], at, mask, ended, to.state]).toEqual([names[which], at, mask, true, "handshake"]);
          expect(to.error).toBeInstanceOf(ZmtpError);
          expect(to.error?.code).not.toBe("MECHANISM_FAILED");
        }
      }
    },
    120_000,
  );
});

describe("traffic", () => {
  it("carries messages of any size both ways, with MORE, empty frames and commands", () => {
    const { client: ours, server: theirs } = met();
    for (const [from, to] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      for (const size of [0, 1, 15, 221, 222, 223, 255, 256, 65_535, 65_536, 3_000_000]) {
        const sealed = from.send(["", pattern(size, size + 1), "end"]);
        const frames = receiveAll(to, cut(sealed, [9_999])).map((event) => event.type === "Frame" && event.frame);
        expect(frames.map((frame) => (frame ? frame.more : undefined))).toEqual([true, true, false]);
        expect(same((frames[1] as { payload: Uint8Array }).payload, pattern(size, size + 1))).toBe(true);
      }
      const [pong, ping] = receiveAll(to, [from.ping({ context: ascii("beat") })]);
      expect(ping).toMatchObject({ type: "Command", name: "PING" });
      expect(receiveAll(from, [(pong as { bytes: Uint8Array }).bytes])).toEqual([
        { type: "Command", name: "PONG", data: ascii("beat") },
      ]);
    }
  });

  it("travels as messages of one frame, as libzmq has it, and is read as commands, too", () => {
    const { client: ours, server: theirs } = met();
    const sealed = ours.send("x");
    expect(sealed[0]).toBe(0);
    expect(text(sealed.subarray(2, 10))).toBe("\x07MESSAGE");
    expect(receiveAll(theirs, [encodeFrame(sealed.subarray(2), { command: true })])).toMatchObject([
      { type: "Frame", frame: { payload: ascii("x"), more: false, command: false } },
    ]);
  });

  it("adds 33 octets to a frame, and counts on from the handshake", () => {
    const { client: ours, server: theirs } = met();
    const count = (sealed: Uint8Array) => sealed.subarray(10, 18);
    const first = ours.send("abc");
    expect(first.length).toBe(2 + 33 + 3);
    expect(count(first)).toEqual(bytes(0, 0, 0, 0, 0, 0, 0, 3));
    expect(count(ours.send("abc"))).toEqual(bytes(0, 0, 0, 0, 0, 0, 0, 4));
    expect(count(theirs.send("abc"))).toEqual(bytes(0, 0, 0, 0, 0, 0, 0, 2));
  });

  it.each([
    ["replayed", (a: Uint8Array) => concat(a, a), ["Frame", "CURVE_NONCE"]],
    ["reordered", (a: Uint8Array, b: Uint8Array) => concat(b, a), ["Frame", "CURVE_NONCE"]],
    ["cut short", (a: Uint8Array) => encodeFrame(a.subarray(2, -1)), ["CURVE_BOX"]],
    ["cut to its nonce", (a: Uint8Array) => encodeFrame(a.subarray(2, 18)), ["MALFORMED_COMMAND"]],
    ["made longer", (a: Uint8Array) => encodeFrame(concat(a.subarray(2), bytes(0))), ["CURVE_BOX"]],
    ["given another nonce", (a: Uint8Array) => a.map((octet, i) => (i === 17 ? octet + 1 : octet)), ["CURVE_BOX"]],
  ])("that is %s is refused, and nothing of it delivered", (_, forge, wanted) => {
    const { client: ours, server: theirs } = met();
    const [a, b] = [ours.send("first"), ours.send("second")];
    expect(codes(receiveAll(theirs, [concat(forge(a, b), ours.send("third"))]))).toEqual(wanted);
    expect(theirs.error?.offset).toBeGreaterThan(64);
  });

  it("with any bit flipped is refused, and nothing of it delivered", () => {
    const length = met().client.send("secret").length;
    for (let bit = 0; bit < length * 8; bit++) {
      const { client: ours, server: theirs } = met();
      const sealed = ours.send("secret");
      sealed[bit >> 3] ^= 1 << (bit & 7);
      const events = [...receiveAll(theirs, [sealed]), ...theirs.end()];
      // A MESSAGE as a command is as good as one in a message; nothing else of the header may change.
      if (bit === COMMAND_BIT) {
        expect(events).toMatchObject([{ type: "Frame", frame: { payload: ascii("secret"), more: false } }]);
        continue;
      }
      expect(events.filter(({ type }) => type === "Frame")).toEqual([]);
      expect([bit, events.at(-1)?.type]).toEqual([bit, "Error"]);
    }
  });

  it("that was meant for the other direction is refused", () => {
    const { client: ours } = met();
    expect(codes(receiveAll(ours, [concat(ours.send("back to its sender"))]))).toEqual(["CURVE_BOX"]);
  });

  it("with reserved flags inside the box is refused", async () => {
    const { curveTraffic } = await import("../../src/mechanism/curve-traffic.js");
    const { Counter, Rising } = await import("../../src/mechanism/curve-counter.js");
    const plain: Cryptography = {
      keyPair: () => ({ publicKey: bytes(), secretKey: bytes() }),
      publicKey: (key) => key,
      sharedKey: (key) => key,
      random: (length) => new Uint8Array(length),
      seal: (clear, _n, _k, room = 0) => concat(new Uint8Array(room + 16), ...clear),
      open: (box) => box.slice(16),
    };
    const keys = { cryptography: plain, key: new Uint8Array(32), ours: new Counter(), theirs: new Rising() };
    const traffic = curveTraffic({ ...keys, asServer: false });
    const body = (flags: number) => concat(bytes(0, 0, 0, 0, 0, 0, 0, flags + 1), new Uint8Array(16), bytes(flags, 65));
    const read = (flags: number) => traffic.unseal({ name: "MESSAGE", data: body(flags), position: 100 });
    expect(read(1)).toMatchObject({ more: true, command: false });
    expect(read(2)).toMatchObject({ more: false, command: true, payload: bytes(65) });
    for (const flags of [4, 8, 128]) {
      expect(() => read(flags)).toThrow(expect.objectContaining({ code: "MALFORMED_COMMAND", offset: 108 }));
    }
  });
});

describe("a server's check", () => {
  it("is asked with key, metadata and address, and names the peer", () => {
    const seen: unknown[] = [];
    const check = (key: Uint8Array, metadata: ReadonlyMap<string, Uint8Array>, peer: unknown) => {
      seen.push(encodeZ85(key), text(metadata.get("X-Zone") as Uint8Array), peer);
      key.fill(0);
      return true;
    };
    const sessions = { metadata: { "X-Zone": "eu" }, remoteAddress: "10.0.0.7:5" };
    const { server: theirs } = met({ check }, sessions);
    expect(seen).toMatchObject([
      client.publicKey,
      "eu",
      { remoteAddress: "10.0.0.7:5", greeting: { mechanism: "CURVE" } },
    ]);
    expect(theirs.peer?.userId).toBe(client.publicKey);
    expect(encodeZ85(theirs.peer?.publicKey as Uint8Array)).toBe(client.publicKey);
  });

  it.each([
    [false, ["DENIED", "PEER_ERROR"], /denied/],
    [{ status: 400 }, ["DENIED", "PEER_ERROR"], /denied/],
    [{ status: 500, text: "no database" }, ["DENIED", "PEER_ERROR"], /failed/],
    [{ status: 300 }, ["DENIED", undefined], undefined],
    [undefined, ["AUTHENTICATOR_FAILED", "PEER_ERROR"], /failed/],
    [{ status: 201 }, ["AUTHENTICATOR_FAILED", "PEER_ERROR"], /failed/],
    ["yes", ["AUTHENTICATOR_FAILED", "PEER_ERROR"], /failed/],
  ])("denies with %o as libzmq does", (verdict, [theirCode, ourCode], hint) => {
    const { client: ours, server: theirs } = pair({ zap: () => verdict as Verdict });
    converse(ours, theirs);
    expect([theirs.error?.code, ours.error?.code]).toEqual([theirCode, ourCode]);
    if (hint) expect(ours.error?.hint).toMatch(hint);
    else expect([...ours.end()]).toMatchObject([{ error: { hint: expect.stringMatching(/seen our key.*ZAP 300/) } }]);
  });

  it("may take its time", async () => {
    const { client: ours, server: theirs } = pair({
      zap: async ({ mechanism, domain, address, credentials }) => {
        await null;
        expect([mechanism, domain, address, encodeZ85(credentials[0] as Uint8Array)]).toEqual([
          "CURVE",
          "global",
          "",
          client.publicKey,
        ]);
        return { status: 200, userId: "ann", metadata: [["X-Role", ascii("admin")]] };
      },
      domain: "global",
    });
    const { b } = converse(ours, theirs);
    const question = b.at(-1);
    expect(question?.type).toBe("Question");
    expect([ours.state, theirs.state]).toEqual(["handshake", "handshake"]);
    const [ready] = theirs.proceed(await (question as { question: Promise<never> }).question);
    receiveAll(ours, [(ready as { bytes: Uint8Array }).bytes]);
    expect([ours.state, theirs.state]).toEqual(["active", "active"]);
    expect(theirs.peer?.userId).toBe("ann");
    expect(theirs.peer?.metadata.get("User-Id")).toEqual(ascii("ann"));
    expect(theirs.peer?.metadata.get("x-role")).toEqual(ascii("admin"));
  });

  it("that throws or rejects ends in 500, and the reason is kept", async () => {
    const failure = new Error("the database is gone");
    const thrown = pair({ check: () => throwing(failure) });
    converse(thrown.client, thrown.server);
    expect(thrown.server.error).toMatchObject({ code: "AUTHENTICATOR_FAILED", cause: failure, blame: "caller" });
    const rejected = pair({ check: () => Promise.reject(failure) });
    const { b } = converse(rejected.client, rejected.server);
    const { question } = b.at(-1) as unknown as { question: Promise<never> };
    expect(codes(rejected.server.proceed(await question))).toEqual(["SendBytes", "AUTHENTICATOR_FAILED"]);
    expect(rejected.server.error?.cause).toBe(failure);
  });
});

function throwing(error: Error): never {
  throw error;
}

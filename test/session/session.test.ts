import { describe, expect, it } from "vitest";
import {
  buildReady,
  type Codec,
  encodeCommand,
  encodeFrame,
  encodeGreeting,
  encodeMessage,
  jsCodec,
  type LocalPeer,
  type SessionBatchEvent,
  type SessionEvent,
  type SessionOptions,
  ZmtpSession,
} from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { ascii, bytes, concat, cut, ownFrames, pattern, plain, receiveAll, same, text } from "../support/pieces.js";

const command = encodeCommand;
const types = (events: readonly { type: string }[]) => events.map(({ type }) => type);

/** All that a peer sends before its first message. */
function opening(peer: LocalPeer, minor = 1): Uint8Array {
  const greeting = encodeGreeting();
  greeting[11] = minor;
  return concat(greeting, buildReady(peer));
}

describe("a session with the TypeScript codec", () => {
  it("makes no WebAssembly, from its construction to its end", () => {
    const { Instance, Module } = WebAssembly;
    const made: string[] = [];
    WebAssembly.Instance = class {
      constructor() {
        made.push("instance");
      }
    } as never;
    WebAssembly.Module = class {
      constructor() {
        made.push("module");
      }
    } as never;
    try {
      const session = new ZmtpSession({ socketType: "PULL", codec: jsCodec() });
      receiveAll(session, [concat(encodeGreeting(), buildReady({ socketType: "PUSH" }), encodeMessage(["a", "b"]))]);
      expect(session.state).toBe("active");
      expect([...session.end()]).toEqual([]);
    } finally {
      Object.assign(WebAssembly, { Instance, Module });
    }
    expect(made).toEqual([]);
  });
});

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("ZmtpSession, $name", ({ codec }) => {
  const open = (options: Partial<SessionOptions> = {}) => new ZmtpSession({ socketType: "DEALER", codec, ...options });
  const active = (options: Partial<SessionOptions> = {}, peer: LocalPeer = { socketType: "ROUTER" }, minor = 1) => {
    const session = open(options);
    receiveAll(session, [opening(peer, minor)]);
    expect(session.state).toBe("active");
    return session;
  };

  it("says everything of the handshake, cut at every octet, and loses nothing that follows READY", () => {
    const peer: LocalPeer = { socketType: "ROUTER", identity: "peer", metadata: { "X-Build": "7" } };
    const stream = concat(
      opening(peer),
      encodeMessage(["a", "", pattern(300)]),
      command("PING", bytes(0, 10), ascii("ctx")),
      encodeMessage("last"),
    );
    const whole = receiveAll(open(), [stream]).map(plain);
    expect(whole).toMatchObject([
      { type: "SendBytes", bytes: buildReady({ socketType: "DEALER" }) },
      {
        type: "HandshakeComplete",
        peer: { socketType: "ROUTER", identity: ascii("peer"), version: { major: 3, minor: 1 }, mechanism: "NULL" },
        metadata: [
          ["Socket-Type", ascii("ROUTER")],
          ["Identity", ascii("peer")],
          ["X-Build", ascii("7")],
        ],
      },
      { type: "Frame", frame: { payload: ascii("a"), more: true, command: false } },
      { type: "Frame", frame: { payload: bytes(), more: true } },
      { type: "Frame", frame: { payload: pattern(300), more: false } },
      { type: "SendBytes", bytes: command("PONG", ascii("ctx")) },
      { type: "Command", name: "PING", data: concat(bytes(0, 10), ascii("ctx")) },
      { type: "Frame", frame: { payload: ascii("last"), more: false } },
    ]);
    expect(receiveAll(open(), cut(stream, [1])).map(plain)).toEqual(whole);
    for (let at = 1; at < stream.length; at++) {
      expect(receiveAll(open(), [stream.subarray(0, at), stream.subarray(at)]).map(plain)).toEqual(whole);
    }
  });

  it("starts with its greeting, whole", () => {
    const session = open();
    expect(session.start()).toEqual(encodeGreeting());
    session.start().fill(0);
    expect(session.start()).toEqual(encodeGreeting());
    expect([session.state, session.peer, session.error]).toEqual(["greeting", undefined, undefined]);
  });

  it("owns what it reports of the peer", () => {
    const session = open();
    const chunk = opening({ socketType: "DEALER", identity: "who" });
    for (const event of session.receive(chunk)) if (event.type === "HandshakeComplete") chunk.fill(0);
    receiveAll(session, [encodeMessage(pattern(2000))]);
    expect(text(session.peer?.identity ?? bytes())).toBe("who");
    expect(text(session.peer?.metadata.get("identity") ?? bytes())).toBe("who");
  });

  it("finds properties in any case, and heeds an identity only where the RFC does", () => {
    const lower = concat(
      bytes(11),
      ascii("SOCKET-type"),
      bytes(0, 0, 0, 4),
      ascii("PUSH"),
      bytes(8),
      ascii("identity"),
      bytes(0, 0, 0, 2, 0, 1),
    );
    const session = open({ socketType: "PULL" });
    receiveAll(session, [encodeGreeting(), command("READY", lower)]);
    expect(session.peer?.socketType).toBe("PUSH");
    expect(session.peer?.identity.length).toBe(0);
  });

  it.each([
    ["a message before READY", encodeMessage("x"), "UNEXPECTED_MESSAGE", 64],
    ["a large message before READY at its first octet", bytes(2), "UNEXPECTED_MESSAGE", 64],
    ["PING before READY", command("PING", bytes(0, 0)), "UNEXPECTED_COMMAND", 67],
    ["ERROR instead of READY", command("ERROR", bytes(3), ascii("400")), "PEER_ERROR", 72],
    ["a READY larger than any", bytes(6, 0, 0, 0, 0, 0, 1, 0, 1), "FRAME_TOO_LARGE", 72],
    ["metadata that claims too much", command("READY", bytes(1, 65, 255, 255, 255, 255)), "MALFORMED_METADATA", 74],
    ["an unknown command", command("HELLO"), "UNEXPECTED_COMMAND", 67],
    ["a command without a name", encodeFrame(bytes(0), { command: true }), "MALFORMED_COMMAND", 66],
    ["reserved flags", bytes(0x40), "RESERVED_FLAGS", 64],
    [
      "an identity with a zero octet",
      command(
        "READY",
        bytes(11),
        ascii("Socket-Type"),
        bytes(0, 0, 0, 3),
        ascii("REQ"),
        bytes(8),
        ascii("Identity"),
        bytes(0, 0, 0, 1, 0),
      ),
      "IDENTITY",
      72,
    ],
  ])("refuses %s, silently", (_, octets, code, offset) => {
    const session = open({ socketType: "ROUTER" });
    const events = receiveAll(session, [encodeGreeting(), octets]);
    expect(events.map(plain)).toEqual([plain(events[0] as SessionEvent), { type: "Error", code, offset }]);
    expect(session.error?.code).toBe(code);
    expect(receiveAll(session, [encodeMessage("late")])).toEqual([]);
    expect(receiveAll(open({ socketType: "ROUTER" }), cut(concat(encodeGreeting(), octets), [1])).map(plain)).toEqual(
      events.map(plain),
    );
  });

  it.each([
    ["an illegal pair", buildReady({ socketType: "PUB" }), "SOCKET_TYPE_MISMATCH", "illegal-socket-type"],
    [
      "an unknown socket type",
      command("READY", bytes(11), ascii("Socket-Type"), bytes(0, 0, 0, 3), ascii("ZAP")),
      "SOCKET_TYPE_UNKNOWN",
      "unknown-socket-type",
    ],
    ["no socket type", command("READY"), "SOCKET_TYPE_MISSING", "missing-socket-type"],
  ])("answers %s with ERROR before it fails", (_, ready, code, reason) => {
    const events = receiveAll(open(), [encodeGreeting(), ready]);
    expect(types(events)).toEqual(["SendBytes", "SendBytes", "Error"]);
    expect(events[1]).toEqual({ type: "SendBytes", bytes: command("ERROR", bytes(reason.length), ascii(reason)) });
    const offset = 64 + 2 + 6;
    expect(events[2]).toMatchObject({ error: { code, offset, section: "RFC 37, The Socket-Type Property" } });
  });

  it.each([
    ["a second READY", buildReady({ socketType: "ROUTER" }), "UNEXPECTED_COMMAND", 3],
    ["ERROR in traffic", command("ERROR", bytes(3), ascii("500")), "PEER_ERROR", 8],
    ["a PING without TTL", command("PING"), "MALFORMED_PING", 7],
    ["a PING with half a TTL", command("PING", bytes(0)), "MALFORMED_PING", 7],
    ["a frame over the limit", bytes(2, 0, 0, 0, 0, 0, 0, 4, 0), "FRAME_TOO_LARGE", 7],
    ["a command name of digits", encodeFrame(bytes(1, 0x30), { command: true }), "MALFORMED_COMMAND", 3],
  ])("ends on %s, after everything before it, and says where", (_, fault, code, at) => {
    const session = active({ maxFrameSize: 1000 });
    const before = encodeMessage("before");
    const events = receiveAll(session, [concat(before, fault, encodeMessage("after"))]);
    expect(types(events)).toEqual(["Frame", "Error"]);
    const offset = opening({ socketType: "ROUTER" }).length + before.length + at;
    expect(session.error).toMatchObject({ code, offset });
    expect(receiveAll(session, [encodeMessage("later")])).toEqual([]);
    expect(() => session.send("x")).toThrow(session.error);
    expect(() => session.reserve()).toThrow(session.error);
    expect([...session.end()]).toEqual([]);
    expect([...session.commit(0)]).toEqual([]);
  });

  it("answers a PING whose context is too long with the first 16 octets of it, as libzmq does", () => {
    const data = concat(bytes(0, 7), pattern(40));
    expect(receiveAll(active(), [command("PING", data)])).toEqual([
      { type: "SendBytes", bytes: command("PONG", pattern(40).subarray(0, 16)) },
      { type: "Command", name: "PING", data },
    ]);
  });

  it("holds messages to maxFrameSize but not the handshake", () => {
    const session = active({ maxFrameSize: 5 });
    expect(types(receiveAll(session, [encodeMessage("12345"), encodeMessage("123456")]))).toEqual(["Frame", "Error"]);
  });

  it("sends nothing before it is active", () => {
    for (const act of [
      (s: ZmtpSession) => s.send("x"),
      (s: ZmtpSession) => s.ping(),
      (s: ZmtpSession) => s.subscribe(),
      (s: ZmtpSession) => s.cancel(),
    ]) {
      expect(() => act(open({ socketType: "SUB" }))).toThrow(expect.objectContaining({ code: "NOT_ACTIVE" }));
    }
  });

  it("encodes messages, batches and heartbeats", () => {
    const session = active();
    expect(session.send(["a", "b"])).toEqual(encodeMessage(["a", "b"]));
    expect(() => session.send([])).toThrow(TypeError);
    expect(session.ping()).toEqual(command("PING", bytes(0, 0)));
    expect(session.ping({ ttl: 258, context: ascii("c") })).toEqual(command("PING", bytes(1, 2), ascii("c")));
    const stream = concat(encodeMessage(["x", pattern(999)]), encodeMessage("y"));
    for (const event of session.receiveBatches(stream)) {
      if (event.type === "Frames") expect(same(session.sendBatch(event.batch), stream)).toBe(true);
    }
    expect.assertions(6);
  });

  it("subscribes by command, or by message where the peer speaks 3.0", () => {
    const v31 = active({ socketType: "SUB" }, { socketType: "PUB" });
    expect(v31.subscribe("a")).toEqual(command("SUBSCRIBE", ascii("a")));
    expect(v31.cancel()).toEqual(command("CANCEL"));
    const v30 = active({ socketType: "SUB" }, { socketType: "PUB" }, 0);
    expect(v30.subscribe("a")).toEqual(encodeFrame(bytes(1, 97)));
    expect(v30.cancel("a")).toEqual(encodeFrame(bytes(0, 97)));
    expect(() => active().subscribe()).toThrow(expect.objectContaining({ code: "NOT_A_SUBSCRIBER" }));
  });

  it("reports subscriptions alike, as commands and as messages", () => {
    const wanted = [
      { type: "Command", name: "SUBSCRIBE", data: ascii("a") },
      { type: "Command", name: "CANCEL", data: bytes() },
    ];
    const v31 = active({ socketType: "PUB" }, { socketType: "SUB" });
    expect(receiveAll(v31, [concat(command("SUBSCRIBE", ascii("a")), command("CANCEL"))])).toEqual(wanted);
    const v30 = active({ socketType: "XPUB" }, { socketType: "XSUB" }, 0);
    const stream = concat(
      encodeMessage(bytes(1, 97)),
      encodeMessage([bytes(1), bytes(0)]),
      encodeMessage("up"),
      encodeMessage(bytes(0)),
    );
    expect(receiveAll(v30, cut(stream, [3]))).toEqual([
      wanted[0],
      { type: "Frame", frame: { payload: bytes(1), more: true, command: false } },
      { type: "Frame", frame: { payload: bytes(0), more: false, command: false } },
      { type: "Frame", frame: { payload: ascii("up"), more: false, command: false } },
      wanted[1],
    ]);
  });

  it("surfaces commands it does not know", () => {
    expect(receiveAll(active(), [command("JOIN", ascii("group"))])).toEqual([
      { type: "Command", name: "JOIN", data: ascii("group") },
    ]);
  });

  it("gives batches without an object per frame, and the same to both ways of reading", () => {
    const session = active();
    const stream = concat(...Array.from({ length: 200 }, (_, i) => encodeMessage([String(i), "body"])));
    const batches = Array.from(
      session.receiveBatches(stream),
      (event) => event.type === "Frames" && ownFrames(event.batch),
    );
    expect(batches.length).toBe(1);
    const frames = receiveAll(active(), [stream]).map((event) => event.type === "Frame" && event.frame);
    expect(batches[0]).toEqual(frames);
  });

  it("leaves the rest of an iteration to the next one, in whichever way", () => {
    const session = active();
    const numbers = (events: Iterable<SessionEvent | SessionBatchEvent>, most: number) => {
      const found: string[] = [];
      for (const event of events) {
        if (event.type === "Frame") found.push(text(event.frame.payload));
        if (event.type === "Frames") found.push(...ownFrames(event.batch).map(({ payload }) => text(payload)));
        if (found.length >= most) break;
      }
      return found;
    };
    const chunk = (from: number) => concat(...Array.from({ length: 10 }, (_, i) => encodeMessage(String(from + i))));
    session.receive(chunk(0));
    expect(numbers(session.receive(chunk(10)), 3)).toEqual(["0", "1", "2"]);
    session.receive(chunk(20));
    expect(numbers(session.receiveBatches(chunk(30)), 5)).toEqual(Array.from({ length: 17 }, (_, i) => String(3 + i)));
    const rest = numbers(session.receive(bytes()), 99);
    expect(rest).toEqual(Array.from({ length: 20 }, (_, i) => String(20 + i)));
  });

  it("keeps owned frames while later chunks arrive", () => {
    const session = active();
    const events = Array.from({ length: 50 }, (_, i) => receiveAll(session, [encodeMessage(pattern(600, i))])).flat();
    expect(events.every((event, i) => event.type === "Frame" && same(event.frame.payload, pattern(600, i)))).toBe(true);
  });

  it("reads from its own memory after reserve and commit, from the first octet on", () => {
    const session = open();
    const stream = concat(opening({ socketType: "ROUTER" }), encodeMessage(["a", pattern(5000)]), encodeMessage("z"));
    const events: unknown[] = [];
    for (const chunk of cut(stream, [50, 60, 3000])) {
      session.reserve(4096).set(chunk);
      for (const event of session.commit(chunk.length)) {
        if (event.type === "Frames") events.push(...ownFrames(event.batch).map(({ payload }) => payload.length));
        else events.push(event.type);
      }
    }
    expect(events).toEqual(["SendBytes", "HandshakeComplete", 1, 5000, 1]);
  });

  it("says when the peer closed too early, and where", () => {
    const endOf = (session: ZmtpSession, octets: Uint8Array) => {
      receiveAll(session, [octets]);
      return [...session.end()].map(plain);
    };
    const truncated = (session: ZmtpSession, octets: Uint8Array) => {
      const offset = opening({ socketType: "ROUTER" }).length + octets.length;
      expect(endOf(session, octets)).toEqual([{ type: "Error", code: "TRUNCATED", offset }]);
      expect(session.error).toMatchObject({ code: "TRUNCATED", offset });
    };
    expect(endOf(open(), encodeGreeting())).toEqual([{ type: "Error", code: "PEER_CLOSED", offset: 64 }]);
    expect(endOf(active(), bytes())).toEqual([]);
    expect(endOf(active(), encodeMessage("whole"))).toEqual([]);
    truncated(active(), encodeMessage("half").subarray(0, 3));
    truncated(active(), encodeFrame("a", { more: true }));
    const large = encodeFrame(pattern(3_000_000));
    for (const size of [1, 2, 8, 9, 10, 200_000, 2_999_999]) truncated(active(), large.subarray(0, size));
    truncated(active(), bytes(2, 0, 0, 0, 0, 0, 2, 0, 56));
    truncated(active(), concat(encodeMessage(["x", "y"]), encodeFrame(pattern(300), { more: true })));
    truncated(active(), concat(encodeFrame("a", { more: true }), command("PING", bytes(0, 0))));
    const unread = active();
    unread.receive(encodeMessage("unread"));
    expect(types([...unread.end()])).toEqual(["Frame"]);
  });

  it("knows that it is inside a message from batches, too", () => {
    const session = active();
    for (const event of session.receiveBatches(concat(encodeMessage("x"), encodeFrame("y", { more: true })))) {
      expect(event.type).toBe("Frames");
    }
    const offset = opening({ socketType: "ROUTER" }).length + 6;
    expect([...session.end()].map(plain)).toEqual([{ type: "Error", code: "TRUNCATED", offset }]);
    const begun = active();
    for (const _ of begun.receive(encodeMessage(["one", "two", "three"]))) break;
    expect([...begun.end()].map((event) => event.type === "Frame" && text(event.frame.payload))).toEqual([
      "two",
      "three",
    ]);
  });

  it("ends at once, whether or not anybody looks at what that leads to", () => {
    const session = active();
    session.receive(concat(encodeMessage("unread"), bytes(0)));
    const events = session.end();
    expect(session.error).toMatchObject({ code: "TRUNCATED" });
    expect(() => session.send("x")).toThrow(session.error);
    session.receive(encodeMessage("late"));
    expect(types([...events])).toEqual(["Frame", "Error"]);
    expect([...session.end()]).toEqual([]);
    expect(session.state).toBe("active");
    expect(session.peer?.socketType).toBe("ROUTER");
  });

  it("takes only its own octets from what it lent, in the greeting and after", () => {
    const [a, b] = [open(), open()];
    expect(() => a.commit(1)).toThrow(/without reserve/);
    const room = a.reserve(100);
    expect(room.length).toBe(100);
    b.reserve(14).set(ascii("GET / HTTP/1.1"));
    room.set(encodeGreeting());
    expect(() => a.commit(101)).toThrow(RangeError);
    expect(() => a.commit(64)).toThrow(/without reserve/);
    a.reserve(100).set(encodeGreeting());
    expect([...a.commit(64)].map(({ type }) => type)).toEqual(["SendBytes"]);
    expect([...b.commit(14)]).toMatchObject([{ type: "Error", error: { code: "NOT_ZMTP" } }]);
    expect(() => a.commit(0)).toThrow();
    expect(a.reserve().length).toBe(1024 * 1024);
    expect(open().reserve().length).toBe(1024 * 1024);
  });

  it("takes chunks that become its own, and what a socket has read into the landing region", () => {
    const stream = concat(opening({ socketType: "ROUTER" }), encodeMessage(["a", pattern(5000)]));
    const wanted = receiveAll(open(), [stream]).map(plain);
    for (const size of [1, 7, 64, 1000, stream.length]) {
      const owning = open();
      const landing = open();
      const [owned, landed]: SessionEvent[][] = [[], []];
      for (const chunk of cut(stream, [size])) {
        owning.takeOwned(chunk.slice());
        owned.push(...owning.receive(bytes()));
        landing.landing.set(chunk);
        landing.landed(chunk.length);
        landed.push(...landing.receive(bytes()));
        landing.landing.fill(0xee, 0, chunk.length);
      }
      expect(owned.map(plain)).toEqual(wanted);
      expect(landed.map(plain)).toEqual(wanted);
    }
  });

  it.each([
    ["no options", undefined],
    ["an unknown socket type", { socketType: "STREAM" }],
    ["an identity that is no payload", { identity: 7 }],
    ["an identity that is null", { identity: null }],
    ["an identity in an array", { identity: ["a"] }],
    ["an identity of 256 octets", { identity: new Uint8Array(256).fill(1) }],
    ["metadata that is null", { metadata: null }],
    ["metadata that is text", { metadata: "X-A" }],
    ["metadata in an array", { metadata: ["X-A"] }],
    ["a name with a space", { metadata: { "no spaces": "" } }],
    ["a name twice", { metadata: { "X-A": "", "x-a": "" } }],
    ["a number for a value", { metadata: { "X-A": 1 } }],
    ["null for a value", { metadata: { "X-A": null } }],
    ["Socket-Type in metadata", { metadata: { "Socket-Type": "PUB" } }],
    ["Identity in metadata", { metadata: { identity: "x" } }],
    ["more metadata than a handshake holds", { metadata: { "X-A": new Uint8Array(65_000) } }],
  ])("is not made with %s", (_, options) => {
    const wrong = options && { socketType: "PUSH", codec, ...options };
    expect(() => new ZmtpSession(wrong as unknown as SessionOptions)).toThrow(TypeError);
  });

  it("copies what it is given at once, in whatever form octets come", () => {
    const identity = ascii("me");
    const value = ascii("1");
    const metadata: Record<string, Uint8Array> = { "X-A": value };
    const session = open({ identity, metadata });
    identity.fill(0);
    value.fill(0);
    metadata["X-B"] = bytes(2);
    const [ready] = receiveAll(session, [encodeGreeting()]);
    expect(ready).toEqual({
      type: "SendBytes",
      bytes: buildReady({ socketType: "DEALER", identity: "me", metadata: { "X-A": "1" } }),
    });
    for (const form of [
      ascii("me").buffer,
      new DataView(ascii("-me-").buffer, 1, 2),
      new Uint16Array(ascii("me").buffer),
    ]) {
      const [first] = receiveAll(open({ identity: form as unknown as Uint8Array }), [encodeGreeting()]);
      expect(first).toEqual({ type: "SendBytes", bytes: buildReady({ socketType: "DEALER", identity: "me" }) });
    }
  });

  it("names what is wrong with a prefix, a context or a TTL at the call", () => {
    const session = active({ socketType: "SUB" }, { socketType: "PUB" });
    expect(() => session.subscribe(["a", "b"] as unknown as string)).toThrow(/prefix of a subscription.*Array/);
    expect(() => session.cancel(7 as unknown as string)).toThrow(TypeError);
    expect(session.subscribe(ascii("ab").buffer as unknown as Uint8Array)).toEqual(command("SUBSCRIBE", ascii("ab")));
    expect(() => session.ping({ context: 3 as unknown as Uint8Array })).toThrow(/context of a PING/);
    expect(() => session.ping({ context: pattern(17) })).toThrow(RangeError);
    for (const ttl of [-1, 65_536, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => session.ping({ ttl })).toThrow(RangeError);
    }
    expect(session.ping({ ttl: 65_535, context: pattern(16) })).toEqual(command("PING", bytes(255, 255), pattern(16)));
  });

  it("reads a READY of 64 KiB in a moment, and refuses more properties than anybody has", () => {
    const type = concat(bytes(11), ascii("Socket-Type"), bytes(0, 0, 0, 6), ascii("ROUTER"));
    const property = (i: number) => concat(bytes(3), ascii(i.toString(36).padStart(3, "0")), bytes(0, 0, 0, 0));
    const ready = (count: number) =>
      concat(encodeGreeting(), command("READY", type, ...Array.from({ length: count }, (_, i) => property(i))));
    const most = open();
    expect(types(receiveAll(most, [ready(255)]))).toEqual(["SendBytes", "HandshakeComplete"]);
    expect(most.peer?.metadata.size).toBe(256);
    expect(most.peer?.metadata.has("06N")).toBe(true);
    const events = receiveAll(open(), [ready(8184)]).map(plain);
    expect(events.at(-1)).toEqual({ type: "Error", code: "TOO_MANY_PROPERTIES", offset: 64 + 9 + 6 + 22 + 255 * 8 });
  });

  it("pipes into another session from inside its own loop", () => {
    const [front, back] = [active(), active({ codec: codec as Codec })];
    const stream = concat(...Array.from({ length: 20_000 }, (_, i) => encodeMessage([`${i}`, pattern(i % 90)])));
    let forwarded = 0;
    let octets = 0;
    for (const event of front.receiveBatches(stream)) {
      if (event.type !== "Frames") continue;
      for (const inner of back.receiveBatches(front.sendBatch(event.batch))) {
        if (inner.type !== "Frames") continue;
        forwarded += inner.batch.length;
        octets += back.sendBatch(inner.batch).length;
      }
    }
    expect(forwarded).toBe(40_000);
    expect(octets).toBe(stream.length);
  });

  it("answers frame by frame from inside both loops", () => {
    const a = open({ socketType: "PAIR" });
    const b = open({ socketType: "PAIR" });
    let bounced = 0;
    const deliver = (to: ZmtpSession, from: ZmtpSession, octets: Uint8Array): void => {
      for (const event of to.receive(octets)) {
        if (event.type === "SendBytes") deliver(from, to, event.bytes);
        if (event.type === "Frame") {
          bounced++;
          const count = Number(text(event.frame.payload));
          if (count < 100) deliver(from, to, to.send(String(count + 1)));
        }
      }
    };
    const ready = [...a.receive(b.start())].map((event) => (event.type === "SendBytes" ? event.bytes : bytes()));
    deliver(b, a, concat(a.start(), ...ready));
    expect([a.state, b.state]).toEqual(["active", "active"]);
    deliver(b, a, concat(a.send("0"), a.send("0")));
    expect(bounced).toBe(202);
  });
});

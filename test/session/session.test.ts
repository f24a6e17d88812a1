import { describe, expect, it } from "vitest";
import {
  buildReady,
  type Codec,
  encodeCommand,
  encodeFrame,
  encodeGreeting,
  encodeMessage,
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
    expect(events[2]).toMatchObject({ error: { code, section: "RFC 37, The Socket-Type Property" } });
  });

  it.each([
    ["a second READY", buildReady({ socketType: "ROUTER" }), "UNEXPECTED_COMMAND"],
    ["ERROR in traffic", command("ERROR", bytes(3), ascii("500")), "PEER_ERROR"],
    ["a PING without TTL", command("PING"), "MALFORMED_PING"],
    ["a frame over the limit", bytes(2, 0, 0, 0, 0, 0, 0, 4, 0), "FRAME_TOO_LARGE"],
    ["a command name of digits", encodeFrame(bytes(1, 0x30), { command: true }), "MALFORMED_COMMAND"],
  ])("ends on %s, after everything before it", (_, fault, code) => {
    const session = active({ maxFrameSize: 1000 });
    const events = receiveAll(session, [concat(encodeMessage("before"), fault, encodeMessage("after"))]);
    expect(types(events)).toEqual(["Frame", "Error"]);
    expect(session.error).toMatchObject({ code });
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

  it("says when the peer closed too early", () => {
    const endOf = (session: ZmtpSession, octets: Uint8Array) => {
      receiveAll(session, [octets]);
      return [...session.end()].map((event) => (event.type === "Error" ? event.error.code : event.type));
    };
    expect(endOf(open(), encodeGreeting())).toEqual(["PEER_CLOSED"]);
    expect(endOf(active(), bytes())).toEqual([]);
    expect(endOf(active(), encodeMessage("whole"))).toEqual([]);
    expect(endOf(active(), encodeMessage("half").subarray(0, 3))).toEqual(["TRUNCATED"]);
    const unread = active();
    unread.receive(encodeMessage("unread"));
    expect(types([...unread.end()])).toEqual(["Frame"]);
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

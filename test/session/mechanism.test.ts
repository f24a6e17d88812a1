/** A mechanism of a stranger's hand: everything that it is made of comes from the public entry. */
import { describe, expect, it } from "vitest";
import {
  type Command,
  encodeCommand,
  encodeFrame,
  encodeGreeting,
  encodeMessage,
  type Frame,
  type Handshake,
  type LocalInfo,
  type Mechanism,
  Metadata,
  type Progress,
  parseCommand,
  parseMetadata,
  type SessionEvent,
  type SessionOptions,
  type Traffic,
  ZmtpError,
  ZmtpSession,
} from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { ascii, bytes, concat, cut, pattern, plain, receiveAll, text } from "../support/pieces.js";

const flip = (octets: Uint8Array) => octets.map((octet) => octet ^ 0x55);

/** All traffic inside MESSAGE: as commands, or as messages of one frame as libzmq has it. */
const masked = (asCommands: boolean): Traffic => ({
  name: "MESSAGE",
  seal: ({ payload, more, command }: Frame) =>
    encodeFrame(concat(bytes(7), ascii("MESSAGE"), flip(concat(bytes((more ? 1 : 0) | (command ? 2 : 0)), payload))), {
      command: asCommands,
    }),
  unseal({ data, position }: Command) {
    if (data.length === 0) throw new ZmtpError("MASK_EMPTY", "A MESSAGE holds nothing", { offset: position });
    const clear = flip(data);
    return { payload: clear.subarray(1), more: (clear[0] & 1) === 1, command: (clear[0] & 2) === 2 };
  },
});

interface MaskOptions {
  readonly asServer: boolean;
  readonly asCommands?: boolean;
  /** What the server answers when it has seen a client's password. */
  readonly judge?: (password: string, complete: Progress) => Progress;
}

/** The client says HELLO with a password, the server READY with its properties, the client READY with its own. */
function mask({ asServer, asCommands = true, judge = (_, complete) => complete }: MaskOptions): Mechanism {
  const traffic = masked(asCommands);
  const server = ({ properties }: LocalInfo): Handshake => ({
    open: () => undefined,
    receive({ name, data, position }) {
      if (name === "HELLO") return { type: "continue", send: encodeCommand("READY", properties) };
      if (name !== "INITIATE") throw new ZmtpError("UNEXPECTED_COMMAND", name, { offset: position });
      const password = text(data.subarray(1, 1 + data[0]));
      const metadata = parseMetadata(data.subarray(1 + data[0]), position + 1 + data[0]);
      return judge(password, {
        type: "complete",
        send: encodeCommand("WELCOME"),
        metadata,
        traffic,
        userId: `user of ${password}`,
        publicKey: bytes(1, 2, 3),
      });
    },
  });
  const client = ({ properties }: LocalInfo): Handshake => {
    let metadata = new Metadata();
    return {
      open: () => encodeCommand("HELLO"),
      receive({ name, data, position }) {
        if (name === "READY") {
          metadata = parseMetadata(data, position);
          return { type: "continue", send: encodeCommand("INITIATE", bytes(3), ascii("pwd"), properties) };
        }
        if (name !== "WELCOME") throw new ZmtpError("UNEXPECTED_COMMAND", name, { offset: position });
        return { type: "complete", metadata, traffic };
      },
    };
  };
  return {
    name: "MASK",
    asServer,
    begin(local, peer) {
      if (peer.asServer === asServer)
        throw new ZmtpError("AS_SERVER", "Both are servers, or neither is", { offset: 32 });
      return asServer ? server(local) : client(local);
    },
  };
}

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("the mechanism seam, $name", ({ codec }) => {
  const open = (mechanism: Mechanism, socketType: SessionOptions["socketType"] = "PAIR", maxFrameSize?: number) =>
    new ZmtpSession({ socketType, codec, mechanism, maxFrameSize });

  /** Delivers to and fro what both have to say until neither has more; gives what each has seen. */
  function converse(a: ZmtpSession, b: ZmtpSession): { a: SessionEvent[]; b: SessionEvent[] } {
    const seen = { a: [] as SessionEvent[], b: [] as SessionEvent[] };
    const deliver = (to: ZmtpSession, from: ZmtpSession, octets: Uint8Array): void => {
      for (const event of to.receive(octets)) {
        (to === a ? seen.a : seen.b).push(event);
        if (event.type === "SendBytes") deliver(from, to, event.bytes);
      }
    };
    deliver(b, a, a.start());
    deliver(a, b, b.start());
    return seen;
  }

  /** Two that have shaken hands. */
  function pair(
    options: Partial<MaskOptions> = {},
    types: [SessionOptions["socketType"], SessionOptions["socketType"]] = ["PAIR", "PAIR"],
    maxFrameSize?: number,
  ) {
    const client = open(mask({ asServer: false, ...options }), types[0], maxFrameSize);
    const server = open(mask({ asServer: true, ...options }), types[1], maxFrameSize);
    converse(client, server);
    expect([client.state, server.state]).toEqual(["active", "active"]);
    return { client, server };
  }

  it("carries a handshake of several steps, and says who the peer is", () => {
    const { client, server } = pair();
    expect(client.peer).toMatchObject({ mechanism: "MASK", socketType: "PAIR" });
    expect([client.peer?.userId, client.peer?.publicKey]).toEqual([undefined, undefined]);
    expect(server.peer).toMatchObject({ userId: "user of pwd", publicKey: bytes(1, 2, 3) });
    expect(server.peer?.metadata.get("user-id")).toEqual(ascii("user of pwd"));
    expect([client.inClear, server.inClear]).toEqual([false, false]);
  });

  it.each([true, false])("carries sealed traffic, in commands: %s", (asCommands) => {
    const { client, server } = pair({ asCommands }, ["SUB", "PUB"]);
    const outward = concat(client.subscribe("news"), client.ping({ context: bytes(65) }));
    const seen = receiveAll(server, cut(outward, [1]));
    expect(seen.map(plain)).toEqual([
      { type: "Command", name: "SUBSCRIBE", data: ascii("news") },
      { type: "SendBytes", bytes: (seen[1] as { bytes: Uint8Array }).bytes },
      { type: "Command", name: "PING", data: bytes(0, 0, 65) },
    ]);
    const pong = (seen[1] as { bytes: Uint8Array }).bytes;
    const back = concat(pong, server.send(["news", "secret", ""]), server.send("next"));
    for (const sealed of [outward, back]) expect(text(sealed)).not.toMatch(/news|secret|PING|PONG/);
    expect(receiveAll(client, [back])).toEqual([
      { type: "Command", name: "PONG", data: bytes(65) },
      { type: "Frame", frame: { payload: ascii("news"), more: true, command: false } },
      { type: "Frame", frame: { payload: ascii("secret"), more: true, command: false } },
      { type: "Frame", frame: { payload: bytes(), more: false, command: false } },
      { type: "Frame", frame: { payload: ascii("next"), more: false, command: false } },
    ]);
  });

  it("seals a batch frame by frame, and reads the subscriptions that come as messages", () => {
    const { client, server } = pair({}, ["XSUB", "XPUB"]);
    const inner = pair();
    const stream = inner.client.send(["one", "two"]);
    let sealed = bytes();
    for (const event of inner.server.receiveBatches(stream)) {
      if (event.type === "Frames") sealed = concat(sealed, server.sendBatch(event.batch));
    }
    expect(receiveAll(client, [sealed]).map((event) => event.type === "Frame" && text(event.frame.payload))).toEqual([
      "one",
      "two",
    ]);
    expect(receiveAll(server, [concat(client.send(bytes(1, 65)), client.send([bytes(1, 65), "x"]))])).toMatchObject([
      { type: "Command", name: "SUBSCRIBE", data: ascii("A") },
      { type: "Frame", frame: { more: true } },
      { type: "Frame", frame: { more: false } },
    ]);
  });

  it.each([
    ["a message", encodeMessage("forged"), "UNEXPECTED_MESSAGE", 2],
    [
      "a message with MORE",
      encodeFrame(concat(bytes(7), ascii("MESSAGE"), bytes(0x55)), { more: true }),
      "UNEXPECTED_MESSAGE",
      2,
    ],
    ["an empty message", encodeMessage(""), "UNEXPECTED_MESSAGE", 2],
    ["a message of another name", encodeMessage(concat(bytes(7), ascii("MESSAGF"), bytes(0))), "UNEXPECTED_MESSAGE", 2],
    [
      "a message whose name has another length",
      encodeMessage(concat(bytes(8), ascii("MESSAGE"), bytes(0x55))),
      "UNEXPECTED_MESSAGE",
      2,
    ],
    ["a PING", encodeCommand("PING", bytes(0, 0)), "UNEXPECTED_COMMAND", 2],
    ["an ERROR", encodeCommand("ERROR", bytes(3), ascii("400")), "UNEXPECTED_COMMAND", 2],
    ["a SUBSCRIBE", encodeCommand("SUBSCRIBE"), "UNEXPECTED_COMMAND", 2],
  ])("refuses %s in the clear once traffic is sealed", (_, forged, code, at) => {
    const { client, server } = pair();
    const before = client.send("honest");
    const events = receiveAll(server, [concat(before, forged, client.send("after"))]);
    expect(events.map(({ type }) => type)).toEqual(["Frame", "Error"]);
    const base = 64 + encodeCommand("HELLO").length + initiate(client).length + before.length;
    expect(server.error).toMatchObject({ code, offset: base + at, blame: "peer" });
    expect(server.error?.hint).toMatch(/forged/);
    expect(client.admits(ascii("x"), false)).toBe(false);
  });

  /** What the client has sent to end its handshake. */
  function initiate(client: ZmtpSession): Uint8Array {
    expect(client.state).toBe("active");
    let properties = bytes();
    const spy: Mechanism = {
      name: "SPY",
      asServer: false,
      begin: (local) => ({ open: () => (properties = local.properties), receive: () => ({ type: "continue" }) }),
    };
    receiveAll(open(spy), [encodeGreeting({ mechanism: "SPY" })]);
    return encodeCommand("INITIATE", bytes(3), ascii("pwd"), properties);
  }

  it("holds what was sealed to maxFrameSize, and to one frame a command", () => {
    const { client, server } = pair({}, ["PAIR", "PAIR"], 100);
    expect(receiveAll(server, [client.send(pattern(100))])).toMatchObject([{ type: "Frame" }]);
    receiveAll(server, [client.send(pattern(101))]);
    expect(server.error).toMatchObject({ code: "FRAME_TOO_LARGE" });
    const other = pair();
    receiveAll(other.server, [masked(true).seal({ payload: bytes(1, 65), more: true, command: true })]);
    expect(other.server.error).toMatchObject({ code: "COMMAND_WITH_MORE" });
  });

  it("ends with the mechanism's own error, its code, section and hint", () => {
    const { client, server } = pair();
    expect(client.state).toBe("active");
    receiveAll(server, [encodeCommand("MESSAGE")]);
    expect(server.error).toBeInstanceOf(ZmtpError);
    expect(server.error).toMatchObject({ code: "MASK_EMPTY", blame: "peer", section: undefined, hint: undefined });
    const own = new ZmtpError("MASK_LOST", "Lost", {
      section: "RFC 99",
      hint: "Look.",
      blame: "network",
      cause: "why",
    });
    expect(own).toMatchObject({ code: "MASK_LOST", section: "RFC 99", hint: "Look.", blame: "network", cause: "why" });
    expect(own.message).toBe("Lost (RFC 99). Look.");
  });

  it("sees the peer's greeting, and may refuse it", () => {
    const { a, b } = converse(open(mask({ asServer: true })), open(mask({ asServer: true })));
    for (const events of [a, b]) expect(events.map(plain)).toEqual([{ type: "Error", code: "AS_SERVER", offset: 32 }]);
  });

  it("says which role it wants of the peer's, and refuses another at its octet", () => {
    const demanding: Mechanism = { ...mask({ asServer: false }), peerAsServer: true };
    const session = open(demanding);
    const greeting = encodeGreeting({ mechanism: "MASK", asServer: false });
    expect(receiveAll(session, [greeting.subarray(0, 32)])).toEqual([]);
    expect(receiveAll(session, [greeting.subarray(32, 33)]).map(plain)).toEqual([
      { type: "Error", code: "AS_SERVER", offset: 32 },
    ]);
  });

  it("tells the peer a reason before it refuses", () => {
    const error = new ZmtpError("MASK_DENIED", "Wrong password", { hint: "Ask for another." });
    const judge = (): Progress => ({ type: "refused", error, reason: "400" });
    const client = open(mask({ asServer: false }));
    const server = open(mask({ asServer: true, judge }));
    const seen = converse(client, server);
    expect(seen.b.slice(-2)).toEqual([
      { type: "SendBytes", bytes: encodeCommand("ERROR", bytes(3), ascii("400")) },
      { type: "Error", error },
    ]);
    expect(client.error).toMatchObject({ code: "PEER_ERROR" });
    expect(client.error?.hint).toMatch(/password/);
    const silent = open(mask({ asServer: true, judge: () => ({ type: "refused", error }) }));
    expect(converse(open(mask({ asServer: false })), silent).b.at(-2)?.type).toBe("SendBytes");
    expect(silent.error).toBe(error);
  });

  describe("with a verdict that comes later", () => {
    /** A server that has asked, the client's octets behind its last command, and how the server goes on. */
    function asked() {
      const question = Promise.resolve("untouched");
      let complete: Progress | undefined;
      const judge = (_: string, progress: Progress): Progress => {
        complete = progress;
        return { type: "later", question };
      };
      const client = open(mask({ asServer: false }));
      const server = open(mask({ asServer: true, judge }));
      const seen = converse(client, server);
      expect(seen.b.at(-1)).toEqual({ type: "Question", question });
      expect((seen.b.at(-1) as { question: unknown }).question).toBe(question);
      return { client, server, complete: complete as Progress };
    }

    it("reads nothing until it is there, then goes on with what has come", () => {
      const { client, server, complete } = asked();
      const early = masked(true).seal({ payload: ascii("early"), more: false, command: false });
      expect(receiveAll(server, cut(early, [3]))).toEqual([]);
      expect(server.state).toBe("handshake");
      const events = [...server.proceed(complete)];
      expect(events.map(({ type }) => type)).toEqual(["SendBytes", "HandshakeComplete", "Frame"]);
      expect(receiveAll(client, [(events[0] as { bytes: Uint8Array }).bytes])).toMatchObject([
        { type: "HandshakeComplete" },
      ]);
      expect(() => server.proceed(complete)).toThrow(expect.objectContaining({ code: "NOT_WAITING", blame: "caller" }));
    });

    it("may be a refusal, another question, or come when nobody is there any more", () => {
      const error = new ZmtpError("MASK_DENIED", "Denied");
      const refused = asked().server;
      expect([...refused.proceed({ type: "later", question: 2 })]).toEqual([{ type: "Question", question: 2 }]);
      expect([...refused.proceed({ type: "refused", error })]).toEqual([{ type: "Error", error }]);
      const { server, complete } = asked();
      expect([...server.end()].map(plain)).toMatchObject([{ type: "Error", code: "PEER_CLOSED" }]);
      expect([...server.proceed(complete)]).toEqual([]);
    });

    it("bounds what a peer may send meanwhile", () => {
      const { server } = asked();
      const chunk = new Uint8Array(100_000);
      expect(receiveAll(server, [chunk])).toEqual([]);
      expect(receiveAll(server, [chunk]).map(plain)).toMatchObject([{ type: "Error", code: "HANDSHAKE_TOO_LARGE" }]);
    });
  });

  it("bounds a handshake that never ends", () => {
    const session = open({
      name: "ENDLESS",
      asServer: false,
      begin: () => ({ open: () => undefined, receive: () => ({ type: "continue" }) }),
    });
    const step = encodeCommand("STEP", pattern(60_000));
    const events = receiveAll(session, [encodeGreeting({ mechanism: "ENDLESS" }), step, step, step]);
    expect(events.map(plain)).toEqual([{ type: "Error", code: "HANDSHAKE_TOO_LARGE", offset: 64 + 128 * 1024 }]);
  });

  it.each([
    ["begin", { begin: () => broken() }],
    ["open", { begin: () => ({ open: () => broken(), receive: () => broken() }) }],
    ["receive", { begin: () => ({ open: () => undefined, receive: () => broken() }) }],
    ["a Progress that is none", { begin: () => ({ open: () => undefined, receive: () => undefined as never }) }],
  ] as const)("ends the session where a mechanism's code breaks: %s", (_, part) => {
    const session = open({ name: "BROKEN", asServer: false, ...part });
    receiveAll(session, [encodeGreeting({ mechanism: "BROKEN" }), encodeCommand("HELLO")]);
    expect(session.error).toMatchObject({ code: "MECHANISM_FAILED", blame: "caller" });
    expect(session.error?.cause).toBeInstanceOf(TypeError);
  });

  it("ends the session where unsealing breaks", () => {
    const traffic: Traffic = { ...masked(true), unseal: () => broken() };
    const session = open({
      name: "BROKEN",
      asServer: false,
      begin: () => ({
        open: () => undefined,
        receive: () => ({ type: "complete", metadata: new Metadata([["socket-TYPE", ascii("PAIR")]]), traffic }),
      }),
    });
    receiveAll(session, [
      encodeGreeting({ mechanism: "BROKEN" }),
      encodeCommand("HELLO"),
      encodeCommand("MESSAGE", bytes(1)),
    ]);
    expect(session.error).toMatchObject({ code: "MECHANISM_FAILED", offset: 64 + 8 + 2 + 8 });
  });

  it("is checked before it is used", () => {
    for (const mechanism of ["PLAIN", null, 3, {}, { name: "X", asServer: false }, { name: 3, begin() {} }]) {
      expect(() => open(mechanism as unknown as Mechanism)).toThrow(/mechanism/);
    }
    expect(() => open({ ...mask({ asServer: true }), name: "lower case" })).toThrow(TypeError);
  });

  it("gives commands and metadata to whoever makes and reads them", () => {
    const sealed = encodeCommand("INITIATE", bytes(1), bytes(2, 3));
    expect(sealed).toEqual(concat(bytes(4, 12, 8), ascii("INITIATE"), bytes(1, 2, 3)));
    expect(parseCommand(sealed.subarray(2))).toEqual({ name: "INITIATE", data: bytes(1, 2, 3), position: 9 });
    for (const name of ["", "A B", "A1", "x".repeat(256)]) expect(() => encodeCommand(name)).toThrow(TypeError);
  });
});

function broken(): never {
  throw new TypeError("a slip of the pen");
}

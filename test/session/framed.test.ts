/** A session under a transport that frames by itself, as WebSocket does: no greeting, frames one by one. */
import { describe, expect, it } from "vitest";
import { ownedFrame } from "../../src/codec/batch.js";
import {
  encodeCommand,
  type SessionEvent,
  type SessionOptions,
  type SocketType,
  ZmtpSession,
} from "../../src/index.js";
import { zwsEncoding, zwsGreeting, zwsMechanism } from "../../src/session/zws.js";
import { codecs } from "../support/codecs.js";
import { ascii, bytes, concat, pattern, plain } from "../support/pieces.js";

const NULL_GREETING = { version: { major: 3, minor: 1 }, mechanism: "NULL", asServer: false };

/** A command's frame as a framing transport has it: the body alone. */
const body = (name: string, ...data: Uint8Array[]) => encodeCommand(name, ...data).subarray(2);

const ready = (type: string) =>
  body("READY", bytes(11), ascii("Socket-Type"), bytes(0, 0, 0, type.length), ascii(type));

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("frames that come framed, $name", ({ codec }) => {
  const events = (session: ZmtpSession): SessionEvent[] => [...session.receive(bytes())];

  /** Over `ws://` without a mechanism. */
  function zws(options: Partial<SessionOptions> = {}): ZmtpSession {
    const session = new ZmtpSession({ socketType: "DEALER", codec, mechanism: zwsMechanism, ...options });
    session.greeted(zwsGreeting, zwsEncoding);
    return session;
  }

  function zwsActive(options: Partial<SessionOptions> = {}): ZmtpSession {
    const session = zws(options);
    session.receiveFrame(bytes(), false, false);
    expect(events(session).map(({ type }) => type)).toEqual(["SendBytes", "HandshakeComplete"]);
    return session;
  }

  it("begin with identities where there is no mechanism", () => {
    const session = zws({ identity: "ours" });
    expect(session.state).toBe("handshake");
    const theirs = ascii("theirs");
    session.receiveFrame(theirs, false, false);
    const [first, complete] = events(session);
    theirs.fill(0);
    expect(first).toEqual({ type: "SendBytes", bytes: concat(bytes(0), ascii("ours")) });
    expect(complete).toMatchObject({
      type: "HandshakeComplete",
      peer: {
        socketType: undefined,
        identity: ascii("theirs"),
        version: { major: 3, minor: 0 },
        mechanism: "NONE",
      },
    });
    expect(session.state).toBe("active");
  });

  it.each([
    ["an identity with a zero octet", bytes(0, 1), false, "IDENTITY"],
    ["an identity of 256 octets", pattern(256).fill(7), false, "IDENTITY"],
    ["a command", body("READY"), true, "UNEXPECTED_COMMAND"],
    ["a frame of 65,537 octets", new Uint8Array(65_537).fill(1), false, "FRAME_TOO_LARGE"],
  ])("refuse %s before the first message", (_, payload, command, code) => {
    const session = zws();
    session.receiveFrame(payload, false, command);
    session.receiveFrame(ascii("late"), false, false);
    expect(events(session).map((event) => (event.type === "Error" ? event.error.code : event.type))).toEqual([
      "SendBytes",
      code,
    ]);
    if (code === "FRAME_TOO_LARGE") expect(session.error?.hint).toMatch(/whatever maxFrameSize says/);
    session.receiveFrame(ascii("later"), false, false);
    expect(events(session)).toEqual([]);
  });

  it("shake hands by READY where there is one, and tell where in the stream a fault lies", () => {
    const session = new ZmtpSession({ socketType: "PUSH", codec });
    session.greeted(NULL_GREETING, zwsEncoding);
    session.receiveFrame(ready("PULL"), false, true);
    session.receiveFrame(body("PING", bytes(0, 1), ascii("c")), false, true);
    session.receiveFrame(body("READY"), false, true);
    expect(events(session).map(plain)).toMatchObject([
      { type: "SendBytes" },
      { type: "HandshakeComplete", peer: { socketType: "PULL", mechanism: "NULL" } },
      { type: "SendBytes", bytes: concat(bytes(2), body("PONG", ascii("c"))) },
      { type: "Command", name: "PING" },
      // One octet of flags a frame: READY 1 + 26, PING 1 + 8, then flags and the name's length.
      { type: "Error", code: "UNEXPECTED_COMMAND", offset: 27 - 0 + 9 + 2 },
    ]);
  });

  it.each([
    ["a message", ascii("x"), false, "UNEXPECTED_MESSAGE", []],
    [
      "another socket type, and say so",
      ready("PUB"),
      true,
      "SOCKET_TYPE_MISMATCH",
      [concat(bytes(2), body("ERROR", bytes(19), ascii("illegal-socket-type")))],
    ],
  ])("refuse %s in place of a READY", (_, payload, command, code, said) => {
    const session = new ZmtpSession({ socketType: "PUSH", codec });
    session.greeted(NULL_GREETING, zwsEncoding);
    session.receiveFrame(payload, false, command);
    const [, ...sent] = events(session).filter((event) => event.type === "SendBytes");
    expect(sent.map((event) => event.bytes)).toEqual(said);
    expect(session.error?.code).toBe(code);
  });

  it("are refused from the start where the mechanism does not want this peer", () => {
    const session = new ZmtpSession({
      socketType: "PUSH",
      codec,
      mechanism: { ...zwsMechanism, begin: () => refuse() },
    });
    session.greeted(zwsGreeting, zwsEncoding);
    expect(events(session).map(plain)).toMatchObject([{ type: "Error", code: "MECHANISM_FAILED" }]);
    session.greeted(zwsGreeting, zwsEncoding);
    expect(events(session)).toEqual([]);
  });

  it("are the application's own only in plain traffic, and within the limit", () => {
    expect(zws().admits(ascii("x"), false)).toBe(false);
    const session = zwsActive({ maxFrameSize: 10 });
    expect(session.admits(pattern(10), false, false)).toBe(true);
    expect(session.admits(pattern(11), false, false)).toBe(false);
    expect(session.admits(pattern(1), true, false)).toBe(false);
    expect(zwsActive({ socketType: "XPUB" }).admits(ascii("x"), false)).toBe(false);
    session.receiveFrame(pattern(11), false, false);
    expect(events(session).map(plain)).toMatchObject([{ type: "Error", code: "FRAME_TOO_LARGE" }]);
    expect(session.admits(pattern(1), false, false)).toBe(false);
  });

  it("come out as they went in, in order, with subscriptions as commands for a publisher", () => {
    const session = zwsActive();
    const sent = Array.from({ length: 50 }, (_, i) => ({
      payload: pattern(i * 7, i),
      more: i % 3 === 0,
      command: false,
    }));
    for (const { payload, more, command } of sent) session.receiveFrame(payload.slice(), more, command);
    expect(events(session)).toEqual(sent.map((frame) => ({ type: "Frame", frame })));
    const publisher = zwsActive({ socketType: "PUB" as SocketType });
    publisher.receiveFrame(bytes(1, 65), false, false);
    publisher.receiveFrame(bytes(1, 66), true, false);
    publisher.receiveFrame(bytes(0, 67), false, false);
    publisher.receiveFrame(bytes(0, 65), false, false);
    expect(events(publisher)).toEqual([
      { type: "Command", name: "SUBSCRIBE", data: ascii("A") },
      { type: "Frame", frame: { payload: bytes(1, 66), more: true, command: false } },
      { type: "Frame", frame: { payload: bytes(0, 67), more: false, command: false } },
      { type: "Command", name: "CANCEL", data: ascii("A") },
    ]);
    expect(zwsActive({ socketType: "SUB" }).subscribe("B")).toEqual(bytes(0, 1, 66));
  });

  it("leave in the same framing: what a session encodes, and each of its commands", () => {
    const session = zwsActive({ socketType: "XSUB" });
    expect(session.send("x")).toEqual(bytes(0, 120));
    expect(session.sendBatch(ownedFrame(ascii("yz"), true, false))).toEqual(bytes(1, 121, 122));
    expect(session.ping({ ttl: 258 })).toEqual(concat(bytes(2), body("PING", bytes(1, 2))));
    expect(session.command("JOIN", ascii("g"))).toEqual(concat(bytes(2), body("JOIN", ascii("g"))));
    expect(session.cancel("B")).toEqual(bytes(0, 0, 66));
  });

  it("end inside a message where the last one has MORE, however it came", () => {
    const whole = zwsActive();
    whole.receiveFrame(ascii("x"), false, false);
    expect([...whole.end()].map(({ type }) => type)).toEqual(["Frame"]);
    const broken = zwsActive();
    broken.receiveFrame(ascii("xyz"), true, false);
    // One octet of flags each: the empty identity, then three octets.
    expect([...broken.end()].map(plain).at(-1)).toEqual({ type: "Error", code: "TRUNCATED", offset: 1 + 4 });
    const admitted = zwsActive();
    expect(admitted.admits(ascii("x"), false, true)).toBe(true);
    expect([...admitted.end()].map(plain)).toMatchObject([{ type: "Error", code: "TRUNCATED" }]);
    const finished = zwsActive();
    finished.admits(ascii("x"), false, true);
    finished.admits(ascii("y"), false, false);
    expect([...finished.end()]).toEqual([]);
  });
});

function refuse(): never {
  throw new RangeError("no");
}

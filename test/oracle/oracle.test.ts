/** The oracle against what the RFC itself prints, and against streams judged by hand: a wrong oracle would agree with a wrong codec. */
import { describe, expect, it } from "vitest";
import { ascii, writeCommand, writeProperty } from "./command.js";
import { join, readFrames, writeFrame } from "./framing.js";
import { greetingFault } from "./greeting.js";
import { writeHello } from "./plain.js";
import { converse, LEGAL_PEERS, writeReady } from "./session.js";

const octets = (...parts: readonly (number | string)[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...ascii(part)] : [part])));
const greeting = octets(0xff, ...Array(8).fill(0), 0x7f, 3, 1, "NULL", ...Array(48).fill(0));
const router = octets(4, 28, 5, "READY", 11, "Socket-Type", 0, 0, 0, 6, "ROUTER");
const ours = { socketType: "DEALER", limit: 1000, handshakeLimit: 1000 };
const verdict = (...parts: readonly Uint8Array[]) => converse(join(...parts), ours);

describe("the RFC's worked example", () => {
  it("has the READY of a DEALER as it is printed", () => {
    const printed = octets(4, 41, 5, "READY", 11, "Socket-Type", 0, 0, 0, 6, "DEALER", 8, "Identity", 0, 0, 0, 0);
    expect(writeReady(ours)).toEqual(printed);
  });

  it("is complete when the ROUTER's READY has come", () => {
    const { events, end } = verdict(greeting, router);
    expect(events.map(({ type, at }) => [type, at])).toEqual([
      ["SendBytes", 64],
      ["HandshakeComplete", 94],
    ]);
    expect(end).toBeUndefined();
  });
});

describe("frames", () => {
  it.each([
    ["a short one", octets(0, 2, "ab"), [0, 2, 4, false, false], undefined],
    ["a long header around little", octets(3, 0, 0, 0, 0, 0, 0, 0, 1, "a"), [0, 9, 10, true, false], undefined],
    ["a command", octets(4, 0), [0, 2, 2, false, true], undefined],
    ["reserved bits", octets(8, 0), undefined, { code: "RESERVED_FLAGS", offset: 0 }],
    ["MORE on a command", octets(5), undefined, { code: "COMMAND_WITH_MORE", offset: 0 }],
    ["the top bit", octets(2, 0x80), undefined, { code: "ILLEGAL_LENGTH", offset: 1 }],
    [
      "one octet over the limit",
      octets(2, 0, 0, 0, 0, 0, 0, 0x03, 0xe9),
      undefined,
      { code: "FRAME_TOO_LARGE", offset: 8 },
    ],
    ["far over the limit", octets(2, 0, 1), undefined, { code: "FRAME_TOO_LARGE", offset: 2 }],
    ["a length that is not there", octets(2, 0, 0, 0), undefined, undefined],
    ["a payload that is not there", octets(0, 2, "a"), undefined, undefined],
  ])("%s", (_, stream, expected, fault) => {
    const { frames, fault: found } = readFrames(stream, 1000);
    expect(frames.map(({ at, start, end, more, command }) => [at, start, end, more, command])[0]).toEqual(expected);
    expect(found).toEqual(fault);
  });

  it("are written long from 256 octets on", () => {
    expect([...writeFrame(new Uint8Array(255)).subarray(0, 3)]).toEqual([0, 255, 0]);
    expect([...writeFrame(new Uint8Array(256), { more: true }).subarray(0, 9)]).toEqual([3, 0, 0, 0, 0, 0, 0, 1, 0]);
  });
});

describe("greetings", () => {
  const changed = (at: number, octet: number) => Object.assign(greeting.slice(), { [at]: octet });

  it.each([
    [0, 0x47, "NOT_ZMTP"],
    [9, 0x7e, "OLD_VERSION"],
    [10, 2, "OLD_VERSION"],
    [12, 0, "MALFORMED_GREETING"],
    [12, 0x50, "MECHANISM_MISMATCH"],
    [13, 0, "MECHANISM_MISMATCH"],
    [15, 0x6c, "MALFORMED_GREETING"],
    [16, 0x58, "MECHANISM_MISMATCH"],
    [17, 0x58, "MALFORMED_GREETING"],
    [32, 1, "AS_SERVER"],
    [32, 2, "MALFORMED_GREETING"],
  ])("octet %i as %i: %s", (at, octet, code) => {
    expect(greetingFault(changed(at, octet))).toEqual({ code, offset: at });
  });

  it.each([
    [1, 9],
    [8, 1],
    [9, 1],
    [10, 4],
    [11, 0],
    [33, 255],
    [63, 1],
  ])("octet %i may be %i", (at, octet) => expect(greetingFault(changed(at, octet))).toBeUndefined());
});

describe("PLAIN", () => {
  const plain = Object.assign(new Uint8Array(64), greeting);
  plain.set(ascii("PLAIN"), 12);
  const asServer = Object.assign(plain.slice(), { 32: 1 });
  const hello = octets(4, 17, 5, "HELLO", 3, "ann", 6, "secret");
  const router = (name: string) => writeCommand(name, writeProperty("Socket-Type", ascii("ROUTER")));
  const as = (role: "client" | "server", ...parts: readonly Uint8Array[]) =>
    converse(join(...parts), { ...ours, plain: role }).events.map((event) => [
      event.type,
      event.at,
      ...("code" in event ? [event.code, event.offset] : []),
    ]);

  it("has the HELLO that the RFC's grammar gives", () => expect(writeHello()).toEqual(hello));

  it("is complete in both roles", () => {
    expect(as("server", plain, hello, router("INITIATE"))).toEqual([
      ["SendBytes", 83],
      ["SendBytes", 116],
      ["HandshakeComplete", 116],
    ]);
    expect(as("client", asServer, octets(4, 8, 7, "WELCOME"), router("READY"))).toEqual([
      ["SendBytes", 64],
      ["SendBytes", 74],
      ["HandshakeComplete", 104],
    ]);
  });

  it.each([
    ["two servers", "server", [asServer], ["Error", 64, "AS_SERVER", 32]],
    ["two clients", "client", [plain, hello], ["Error", 83, "UNEXPECTED_COMMAND", 67]],
    ["another password", "server", [plain, writeHello("ann", "x")], ["Error", 78, "DENIED", undefined]],
    [
      "a password cut short",
      "server",
      [plain, octets(4, 9, 5, "HELLO", 0, 2, "x")],
      ["Error", 75, "MALFORMED_COMMAND", 73],
    ],
    ["a HELLO of nothing", "server", [plain, writeCommand("HELLO")], ["Error", 72, "MALFORMED_COMMAND", 72]],
    [
      "a WELCOME with data",
      "client",
      [plain, writeCommand("WELCOME", octets(0))],
      ["Error", 75, "MALFORMED_COMMAND", 74],
    ],
    ["READY too soon", "client", [plain, router("READY")], ["Error", 94, "UNEXPECTED_COMMAND", 67]],
  ] as const)("%s", (_, role, parts, last) => expect(as(role, ...parts).at(-1)).toEqual(last));
});

describe("conversations", () => {
  const last = (...parts: readonly Uint8Array[]) => verdict(greeting, ...parts).events.at(-1);

  it.each([
    ["a message before READY", octets(0, 0), "UNEXPECTED_MESSAGE", 64],
    ["another command", writeCommand("HELLO"), "UNEXPECTED_COMMAND", 67],
    ["ERROR", octets(4, 10, 5, "ERROR", 3, "400"), "PEER_ERROR", 72],
    ["no Socket-Type", writeCommand("READY"), "SOCKET_TYPE_MISSING", 72],
    ["an unknown one", writeCommand("READY", writeProperty("Socket-Type", ascii("X"))), "SOCKET_TYPE_UNKNOWN", 72],
    ["an illegal one", writeCommand("READY", writeProperty("Socket-Type", ascii("PUB"))), "SOCKET_TYPE_MISMATCH", 72],
    ["READY twice", join(router, router), "UNEXPECTED_COMMAND", 97],
    ["PING without TTL", join(router, writeCommand("PING", octets(0))), "MALFORMED_PING", 101],
  ])("%s", (_, stream, code, offset) => expect(last(stream)).toMatchObject({ type: "Error", code, offset }));

  it("ends inside a message are not the end of a message", () => {
    expect(verdict(greeting, router, octets(1, 0)).end).toEqual({ code: "TRUNCATED", offset: 96 });
    expect(verdict(greeting, router, octets(0, 0)).end).toBeUndefined();
  });

  it("subscriptions as messages are told to publishers alone", () => {
    const sub = writeCommand("READY", writeProperty("Socket-Type", ascii("SUB")));
    const stream = join(greeting, sub, octets(0, 2, 1, "a"), octets(1, 1, 1), octets(0, 1, 1));
    const { events } = converse(stream, { ...ours, socketType: "XPUB" });
    expect(events.slice(2).map(({ type }) => type)).toEqual(["Command", "Frame", "Frame"]);
  });

  it("legal pairs are legal both ways", () => {
    for (const [one, peers] of Object.entries(LEGAL_PEERS)) {
      for (const other of peers) expect(LEGAL_PEERS[other]).toContain(one);
    }
  });
});

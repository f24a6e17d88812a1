import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildReady, type SocketType, ZmtpError } from "../../src/index.js";
import { commandBody, parseCommand } from "../../src/session/command.js";
import { errorBody, peerError } from "../../src/session/error-command.js";
import { pingBody, pongBody } from "../../src/session/heartbeat.js";
import { encodeMetadata, Metadata, parseMetadata } from "../../src/session/metadata.js";
import { mayTalk } from "../../src/session/socket-type.js";
import { subscriptionFrame, subscriptionIn } from "../../src/session/subscription.js";
import { ascii, bytes, concat, pattern, text } from "../support/pieces.js";
import { runs } from "../support/runs.js";

/** RFC 37, "The Socket-Type Property", copied out by hand. */
const LEGAL = `REQ: REP, ROUTER
REP: REQ, DEALER
DEALER: REP, DEALER, ROUTER
ROUTER: REQ, DEALER, ROUTER
PUB: SUB, XSUB
XPUB: SUB, XSUB
SUB: PUB, XPUB
XSUB: PUB, XPUB
PUSH: PULL
PULL: PUSH
PAIR: PAIR
CLIENT: SERVER
SERVER: CLIENT
RADIO: DISH
DISH: RADIO
SCATTER: GATHER
GATHER: SCATTER
PEER: PEER
CHANNEL: CHANNEL`
  .split("\n")
  .map((line) => line.split(": ") as [SocketType, string]);

describe("socket types", () => {
  it("may talk exactly as the RFC's table says", () => {
    for (const [ours, peers] of LEGAL) {
      for (const [theirs] of LEGAL) {
        expect([ours, theirs, mayTalk(ours, theirs)]).toEqual([ours, theirs, peers.split(", ").includes(theirs)]);
      }
    }
  });
});

describe("READY", () => {
  it("is the RFC's worked example", () => {
    expect(buildReady({ socketType: "DEALER" })).toEqual(
      concat(
        bytes(4, 41, 5),
        ascii("READY"),
        bytes(11),
        ascii("Socket-Type"),
        bytes(0, 0, 0, 6),
        ascii("DEALER"),
        bytes(8),
        ascii("Identity"),
        bytes(0, 0, 0, 0),
      ),
    );
    expect(buildReady({ socketType: "PUSH" }).length).toBe(2 + 26);
  });

  it("carries an identity and properties, and grows a long header", () => {
    const ready = buildReady({
      socketType: "ROUTER",
      identity: "me",
      metadata: { "X-Zone": "eu", "X-Blob": pattern(300) },
    });
    expect(ready[0]).toBe(6);
    const metadata = parseMetadata(parseCommand(ready.subarray(9), 0).data, 0);
    expect([...metadata.keys()]).toEqual(["Socket-Type", "Identity", "X-Zone", "X-Blob"]);
    expect(text(metadata.get("x-zone") as Uint8Array)).toBe("eu");
    expect(metadata.get("X-BLOB")).toEqual(pattern(300));
    expect(metadata.has("IDENTITY")).toBe(true);
    expect(metadata.has("Resource")).toBe(false);
    expect(metadata.get("Resource")).toBeUndefined();
  });

  it("has an identity for a SUB and a PUSH, too, where one is given", () => {
    for (const socketType of ["SUB", "PUSH"] as const) {
      const metadata = parseMetadata(parseCommand(buildReady({ socketType, identity: "me" }).subarray(2)).data);
      expect([...metadata]).toEqual([
        ["Socket-Type", ascii(socketType)],
        ["Identity", ascii("me")],
      ]);
    }
  });

  it("is refused before it is sent if no peer would take it", () => {
    expect(() => buildReady({ socketType: "STREAM" as SocketType })).toThrow(TypeError);
    expect(() => buildReady({ socketType: "toString" as SocketType })).toThrow(TypeError);
    expect(() => buildReady({ socketType: "REQ", identity: "x".repeat(256) })).toThrow(TypeError);
    expect(() => buildReady({ socketType: "REQ", identity: "\0x" })).toThrow(TypeError);
    expect(() => buildReady({ socketType: "REQ", metadata: { "no spaces": "" } })).toThrow(TypeError);
    expect(() => buildReady({ socketType: "REQ", metadata: { "": "" } })).toThrow(TypeError);
    expect(() => buildReady({ socketType: "REQ", metadata: { identity: "twice" } })).toThrow(TypeError);
  });
});

describe("metadata", () => {
  it("comes back as it went", () => {
    const name = fc.stringMatching(/^[A-Za-z0-9\-_.+]{1,255}$/);
    const properties = fc.uniqueArray(fc.tuple(name, fc.uint8Array({ maxLength: 400 })), {
      selector: ([key]) => key.toLowerCase(),
      maxLength: 8,
    });
    fc.assert(
      fc.property(properties, (entries) => {
        expect([...parseMetadata(encodeMetadata(entries), 0)]).toEqual(entries);
      }),
    );
  });

  it.each([
    ["a name that is empty", bytes(0, 0, 0, 0, 0), "MALFORMED_METADATA", 100],
    ["a name that runs past the end", bytes(5, 65), "MALFORMED_METADATA", 100],
    ["a name with a space", concat(bytes(1, 32), bytes(0, 0, 0, 0)), "MALFORMED_METADATA", 100],
    ["a value size that is cut off", bytes(1, 65, 0, 0, 0), "MALFORMED_METADATA", 102],
    ["a value that runs past the end", bytes(1, 65, 0, 0, 0, 2, 9), "MALFORMED_METADATA", 102],
    ["a value of 2^32-1 octets", bytes(1, 65, 255, 255, 255, 255), "MALFORMED_METADATA", 102],
    ["the same name in another case", bytes(1, 65, 0, 0, 0, 0, 1, 97, 0, 0, 0, 0), "DUPLICATE_PROPERTY", 106],
  ])("refuses %s", (_, data, code, offset) => {
    expect(() => parseMetadata(data, 100)).toThrow(expect.objectContaining({ code, offset }));
  });

  it("is found in any case, kept as given, and changed by any case", () => {
    for (const count of [3, 300]) {
      const metadata = new Metadata(Array.from({ length: count }, (_, i) => [`X-Name-${i}`, bytes(i & 255)]));
      expect([metadata.get("x-NAME-2"), metadata.has("X-name-0"), metadata.has("X-Name")]).toEqual([
        bytes(2),
        true,
        false,
      ]);
      expect(metadata.set("X-NAME-1", bytes(9)).size).toBe(count);
      expect(metadata.get("x-name-1")).toEqual(bytes(9));
      expect([...metadata.keys()][1]).toBe("X-Name-1");
      metadata.set("Y-New", bytes(7));
      expect([metadata.get("y-new"), metadata.size]).toEqual([bytes(7), count + 1]);
      expect([metadata.delete("Y-NEW"), metadata.delete("y-new"), metadata.has("Y-New")]).toEqual([true, false, false]);
      metadata.clear();
      expect([metadata.size, metadata.has("x-name-0")]).toEqual([0, false]);
      expect(metadata.set("x-name-0", bytes()).has("X-NAME-0")).toBe(true);
    }
  });

  it("never reads past the end and never fails but with a ZmtpError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
        try {
          parseMetadata(data, 0);
        } catch (error) {
          expect(error).toBeInstanceOf(ZmtpError);
        }
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe("commands", () => {
  it("are a name and data", () => {
    expect(parseCommand(commandBody("PING", bytes(0, 1)), 10)).toEqual({
      name: "PING",
      data: bytes(0, 1),
      position: 15,
    });
    expect(parseCommand(commandBody("X"), 0).data.length).toBe(0);
  });

  it("are read as libzmq misspells PLAIN's ERROR, where they would be no command", () => {
    const body = concat(ascii("^RROR"), bytes(3), ascii("400"));
    expect(parseCommand(body, 7)).toEqual({ name: "ERROR", data: concat(bytes(3), ascii("400")), position: 12 });
    const long = concat(ascii("^RROR"), new Uint8Array(90).fill(65));
    expect(parseCommand(long, 7).name).toBe(`RROR${"A".repeat(90)}`);
  });

  it("have names of 1 to 255 letters, in either case, and nothing next to letters", () => {
    for (const name of ["A", "Z", "a", "z", "MiXeD", "x".repeat(255)]) {
      expect(parseCommand(commandBody(name, bytes(9)), 3)).toEqual({
        name,
        data: bytes(9),
        position: 3 + 1 + name.length,
      });
    }
    for (const octet of [0x40, 0x5b, 0x60, 0x7b, 0x00, 0xc1, 0xff]) {
      const fault = expect.objectContaining({ code: "MALFORMED_COMMAND", offset: 12 });
      expect(() => parseCommand(bytes(3, 65, octet, 66), 10)).toThrow(fault);
    }
  });

  it.each([
    ["an empty body", bytes(), 7],
    ["no name", bytes(0, 1), 7],
    ["a name longer than the body", bytes(5, 65, 66), 7],
    ["a name with a digit", bytes(2, 65, 49), 9],
  ])("refuse %s", (_, body, offset) => {
    expect(() => parseCommand(body, 7)).toThrow(expect.objectContaining({ code: "MALFORMED_COMMAND", offset }));
  });
});

describe("ERROR", () => {
  it("carries a reason both ways", () => {
    const body = errorBody("no-such-thing");
    expect(body).toEqual(concat(bytes(5), ascii("ERROR"), bytes(13), ascii("no-such-thing")));
    const error = peerError(parseCommand(body, 0));
    expect(error.code).toBe("PEER_ERROR");
    expect(error.message).toContain('"no-such-thing"');
  });

  it("explains the status codes that libzmq gives for a reason", () => {
    for (const [code, words] of [
      ["300", /could not decide/],
      ["400", /denied.*password or key/],
      ["500", /failed, or is missing/],
    ] as const) {
      expect(peerError(parseCommand(errorBody(code), 0)).hint).toMatch(words);
    }
    expect(peerError(parseCommand(errorBody("401"), 0)).hint).toMatch(/socket type/);
  });

  it("is a refusal without a length, too, and malformed only if its reason does not fill it", () => {
    const of = (data: Uint8Array) => peerError({ name: "ERROR", data, position: 9 });
    expect(of(bytes())).toMatchObject({ code: "PEER_ERROR", offset: 9 });
    expect(of(ascii("no such type"))).toMatchObject({ code: "PEER_ERROR", offset: 9 });
    expect(of(ascii("no such type")).message).toContain('"no such type"');
    for (const data of [bytes(2, 65), bytes(0, 65)]) {
      expect(of(data)).toMatchObject({ code: "MALFORMED_COMMAND", offset: 9 });
    }
    expect(of(bytes(2, 10, 27)).message).toContain('"??"');
  });
});

describe("heartbeats", () => {
  it("carry a TTL in tenths of a second and a context that comes back", () => {
    expect(pingBody(65_535, pattern(16))).toEqual(concat(bytes(4), ascii("PING"), bytes(255, 255), pattern(16)));
    expect(pongBody(parseCommand(pingBody(0, bytes())))).toEqual(concat(bytes(4), ascii("PONG")));
    expect(pongBody(parseCommand(pingBody(0, pattern(16))))).toEqual(concat(bytes(4), ascii("PONG"), pattern(16)));
    const ping = pingBody(300, ascii("abc"));
    expect(ping).toEqual(concat(bytes(4), ascii("PING"), bytes(1, 44), ascii("abc")));
    expect(pongBody(parseCommand(ping, 0))).toEqual(concat(bytes(4), ascii("PONG"), ascii("abc")));
  });

  it("refuse what does not fit, ours and theirs", () => {
    for (const ttl of [-1, 65_536, 1.5, Number.NaN]) expect(() => pingBody(ttl, bytes())).toThrow(RangeError);
    expect(() => pingBody(0, pattern(17))).toThrow(RangeError);
    const malformed = expect.objectContaining({ code: "MALFORMED_PING" });
    expect(() => pongBody({ name: "PING", data: bytes(0), position: 0 })).toThrow(malformed);
    expect(pongBody({ name: "PING", data: pattern(19), position: 0 })).toEqual(
      concat(bytes(4), ascii("PONG"), pattern(19).subarray(2, 18)),
    );
  });
});

describe("subscriptions", () => {
  it("are commands for 3.1 and later, messages for 3.0", () => {
    const [v30, v31, v40] = [
      { major: 3, minor: 0 },
      { major: 3, minor: 1 },
      { major: 4, minor: 0 },
    ];
    const command = concat(bytes(9), ascii("SUBSCRIBE"), ascii("a"));
    expect(subscriptionFrame("SUBSCRIBE", ascii("a"), v31)).toEqual({ payload: command, more: false, command: true });
    expect(subscriptionFrame("SUBSCRIBE", ascii("a"), v40).command).toBe(true);
    expect(subscriptionFrame("SUBSCRIBE", ascii("a"), v30)).toEqual({
      payload: bytes(1, 97),
      more: false,
      command: false,
    });
    expect(subscriptionFrame("CANCEL", bytes(), v30).payload).toEqual(bytes(0));
    expect([bytes(1, 97), bytes(0), bytes(2), bytes()].map(subscriptionIn)).toEqual([
      "SUBSCRIBE",
      "CANCEL",
      undefined,
      undefined,
    ]);
  });
});

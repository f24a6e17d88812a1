import { describe, expect, it } from "vitest";
import {
  encodeCommand,
  encodeGreeting,
  type Mechanism,
  type PlainCheck,
  plainClient,
  plainServer,
  type SessionEvent,
  type SessionOptions,
  type Verdict,
  type ZapRequest,
  ZmtpError,
  ZmtpSession,
} from "../../src/index.js";
import { MASKS } from "../support/amount.js";
import { converse } from "../support/converse.js";
import { ascii, bytes, concat, cut, receiveAll } from "../support/pieces.js";

const open = (mechanism: Mechanism, options: Partial<SessionOptions> = {}) =>
  new ZmtpSession({ socketType: "PAIR", ...options, mechanism });

const credentials = { username: "ann", password: "secret" };
const onlyAnn: PlainCheck = (username, password) => username === "ann" && password === "secret";

const codes = (events: Iterable<SessionEvent>) =>
  Array.from(events, (event) => (event.type === "Error" ? event.error.code : event.type));

describe("PLAIN", () => {
  it("is the RFC's, octet for octet", () => {
    const client = open(plainClient(credentials), { metadata: { "X-A": "b" } });
    const server = open(plainServer(onlyAnn));
    const { wire } = converse(client, server);
    const type = concat(bytes(11), ascii("Socket-Type"), bytes(0, 0, 0, 4), ascii("PAIR"));
    const own = concat(bytes(3), ascii("X-A"), bytes(0, 0, 0, 1), ascii("b"));
    expect(wire.map(({ octets }) => octets)).toEqual([
      encodeGreeting({ mechanism: "PLAIN" }),
      encodeGreeting({ mechanism: "PLAIN", asServer: true }),
      concat(bytes(4, 17, 5), ascii("HELLO"), bytes(3), ascii("ann"), bytes(6), ascii("secret")),
      concat(bytes(4, 8, 7), ascii("WELCOME")),
      encodeCommand("INITIATE", type, own),
      encodeCommand("READY", type),
    ]);
    expect(server.peer).toMatchObject({ mechanism: "PLAIN", userId: "ann", socketType: "PAIR" });
    expect(server.peer?.metadata.get("User-Id")).toEqual(ascii("ann"));
    expect([client.peer?.mechanism, client.peer?.userId, server.peer?.publicKey]).toEqual([
      "PLAIN",
      undefined,
      undefined,
    ]);
    expect(receiveAll(server, [client.send("in the clear")])).toMatchObject([{ type: "Frame" }]);
  });

  it("says which command it waited for where another one comes", () => {
    const greeting = encodeGreeting({ mechanism: "PLAIN" });
    const hello = encodeCommand("HELLO", bytes(3), ascii("ann"), bytes(6), ascii("secret"));
    const initiate = encodeCommand("INITIATE");
    for (const [commands, words] of [
      [[initiate], "INITIATE where HELLO has its place"],
      [[hello, hello], "HELLO where INITIATE has its place"],
    ] as const) {
      const server = open(plainServer(onlyAnn));
      receiveAll(server, [greeting, ...commands]);
      expect(server.error).toMatchObject({ code: "UNEXPECTED_COMMAND", message: expect.stringContaining(words) });
    }
  });

  it("is known to show its secrets, at either end", () => {
    expect([plainClient(credentials).exposed, plainServer(onlyAnn).exposed]).toEqual([true, true]);
  });

  it("tells the check where the peer is, and takes names and passwords of 0 to 255 octets", () => {
    for (const [username, password] of [
      ["", ""],
      ["ä".repeat(127), "x".repeat(255)],
      ["\ufeffann", "\ufeffsecret"],
    ] as const) {
      const seen: unknown[] = [];
      const server = open(
        plainServer((...asked) => seen.push(...asked) > 0),
        { remoteAddress: "[::1]:7" },
      );
      converse(open(plainClient({ username, password })), server);
      expect(seen).toMatchObject([username, password, { remoteAddress: "[::1]:7", greeting: { mechanism: "PLAIN" } }]);
      expect(server.state).toBe("active");
    }
  });

  it.each([
    ["a name of 256 octets", { username: "x".repeat(256), password: "" }],
    ["no password", { username: "x" }],
    ["a number", { username: 1, password: "" }],
  ])("is not made with %s", (_, wrong) => {
    expect(() => plainClient(wrong as never)).toThrow(TypeError);
  });

  it("is not served without a check", () => {
    for (const wrong of [undefined, true, {}, "x"]) expect(() => plainServer(wrong as never)).toThrow(/plainServer/);
  });

  it.each([
    [false, "DENIED", "PEER_ERROR", "400"],
    [{ status: 500 }, "DENIED", "PEER_ERROR", "500"],
    [{ status: 300 }, "DENIED", undefined, undefined],
    [1, "AUTHENTICATOR_FAILED", "PEER_ERROR", "500"],
  ])("denies with %o, told to both sides in words", (verdict, theirs, ours, status) => {
    const client = open(plainClient({ ...credentials, password: "wrong" }));
    const server = open(plainServer(() => verdict as Verdict));
    const { b } = converse(client, server);
    expect([server.error?.code, client.error?.code]).toEqual([theirs, ours]);
    if (status !== undefined) {
      expect(b.at(-2)).toEqual({ type: "SendBytes", bytes: encodeCommand("ERROR", bytes(3), ascii(status)) });
      expect(client.error?.hint).toMatch(new RegExp(`^${status} is a status code of ZAP`));
    }
    expect(`${server.error?.message} ${server.error?.hint}`).not.toContain("wrong");
  });

  it("asks an authenticator in ZAP's terms, now or later", async () => {
    const seen: ZapRequest[] = [];
    const zap = (request: ZapRequest) => {
      seen.push(request);
      return Promise.resolve({ status: 200, userId: "the real ann" } as const);
    };
    const client = open(plainClient(credentials));
    const server = open(plainServer({ zap, domain: "global" }), { identity: "me", remoteAddress: "10.0.0.1:1" });
    const { b } = converse(client, server);
    expect(seen).toEqual([
      {
        mechanism: "PLAIN",
        domain: "global",
        address: "10.0.0.1",
        identity: ascii("me"),
        credentials: [ascii("ann"), ascii("secret")],
      },
    ]);
    const { question } = b.at(-1) as unknown as { question: Promise<never> };
    const [welcome] = server.proceed(await question);
    const [initiate] = receiveAll(client, [(welcome as { bytes: Uint8Array }).bytes]);
    receiveAll(server, [(initiate as { bytes: Uint8Array }).bytes]);
    expect(server.peer?.userId).toBe("the real ann");
  });

  it("cannot be talked into a name by the peer's metadata", () => {
    const server = open(plainServer(onlyAnn));
    converse(open(plainClient(credentials), { metadata: { "User-Id": "root" } }), server);
    expect(server.peer?.userId).toBe("ann");
    expect(server.peer?.metadata.get("user-id")).toEqual(ascii("ann"));
  });

  it("is refused between two servers or two clients", () => {
    const servers = [open(plainServer(onlyAnn)), open(plainServer(onlyAnn))] as const;
    converse(...servers);
    for (const { error } of servers) expect(error).toMatchObject({ code: "AS_SERVER", offset: 32 });
    const clients = [open(plainClient(credentials)), open(plainClient(credentials))] as const;
    converse(...clients);
    for (const { error } of clients) {
      expect(error).toMatchObject({ code: "UNEXPECTED_COMMAND", offset: 64 + 3 });
      expect(error?.hint).toMatch(/Both ends are PLAIN clients/);
    }
  });

  it("does not demand as-server of a server: libzmq never sets it", () => {
    const client = open(plainClient(credentials));
    const hello = receiveAll(client, [encodeGreeting({ mechanism: "PLAIN", asServer: false })]);
    expect(codes(hello)).toEqual(["SendBytes"]);
  });

  const greeting = encodeGreeting({ mechanism: "PLAIN" });
  it.each([
    ["INITIATE first", [encodeCommand("INITIATE")], "UNEXPECTED_COMMAND"],
    ["a HELLO without password", [encodeCommand("HELLO", bytes(3), ascii("ann"))], "MALFORMED_COMMAND"],
    ["an empty HELLO", [encodeCommand("HELLO")], "MALFORMED_COMMAND"],
    ["a HELLO that claims too much", [encodeCommand("HELLO", bytes(0, 9, 1))], "MALFORMED_COMMAND"],
    ["a HELLO with more behind", [encodeCommand("HELLO", bytes(0, 1, 65, 66))], "MALFORMED_COMMAND"],
    ["a wrong password, then INITIATE", [encodeCommand("HELLO", bytes(0, 0)), encodeCommand("INITIATE")], "DENIED"],
  ])("refuses %s", (_, commands, code) => {
    const server = open(plainServer(onlyAnn));
    receiveAll(server, cut(concat(greeting, ...commands), [3]));
    expect(server.error?.code).toBe(code);
  });

  it("with any octet of its commands changed is accepted or refused, and never breaks", () => {
    for (const which of [2, 3, 4, 5]) {
      const { wire } = converse(open(plainClient(credentials)), open(plainServer(onlyAnn)));
      const { length } = (wire[which] as { octets: Uint8Array }).octets;
      for (let at = 0; at < length; at++) {
        for (const mask of MASKS) {
          const client = open(plainClient(credentials));
          const server = open(plainServer(onlyAnn));
          const { wire } = converse(client, server, (octets, i) => {
            if (i !== which) return octets;
            return octets.map((octet, j) => (j === at ? octet ^ mask : octet));
          });
          const to = wire[which]?.to as ZmtpSession;
          const settled = to.state === "active" || [...to.end()].length > 0 || to.error !== undefined;
          expect(settled).toBe(true);
          if (to.error) {
            expect(to.error).toBeInstanceOf(ZmtpError);
            expect(to.error.code).not.toBe("MECHANISM_FAILED");
          }
          if (which === 2 && at > 1) expect([at, mask, server.state]).toEqual([at, mask, "handshake"]);
        }
      }
    }
  });
});

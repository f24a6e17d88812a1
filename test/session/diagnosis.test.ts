/** What a user is told about a peer that is not what it should be: cause and remedy, in words. */
import { describe, expect, it } from "vitest";
import {
  encodeCommand,
  encodeGreeting,
  type SessionEvent,
  type SessionOptions,
  type ZmtpError,
  ZmtpSession,
} from "../../src/index.js";
import { ascii, bytes, concat, cut, pattern } from "../support/pieces.js";

function errorOf(events: Iterable<SessionEvent>): ZmtpError {
  for (const event of events) if (event.type === "Error") return event.error;
  throw new Error("there was no Error");
}

function session(options: Partial<SessionOptions> = {}): ZmtpSession {
  return new ZmtpSession({ socketType: "PULL", ...options });
}

/** A MySQL server's first packet: its length, number 0, version 10 of its protocol. */
const mysql = (length: number) => concat(bytes(length, 0, 0, 0, 10), ascii("8.0.36"));

describe("a peer of another protocol", () => {
  it.each([
    ["HTTP", ascii("GET / HTTP/1.1\r\n"), /web client/],
    ["HTTP", ascii("HTTP/1.1 400 Bad Request\r\n"), /web client/],
    ["HTTP", ascii("PRI * HTTP/2.0"), /web client/],
    ["a TLS handshake", bytes(0x16, 3, 1, 2, 0), /Turn TLS off/],
    ["a TLS alert", bytes(0x15, 3, 3, 0, 2), /TLS server/],
    ["SSH", ascii("SSH-2.0-OpenSSH_9.2"), /SSH server/],
    ["AMQP", concat(ascii("AMQP"), bytes(0, 0, 9, 1)), /RabbitMQ/],
    ["Redis", ascii("-ERR unknown command"), /Redis server/],
    ["Redis", ascii("*1\r\n$4\r\nPING\r\n"), /Redis client/],
    ["MySQL", mysql(0x4a), /MariaDB/],
    ["MySQL", mysql(0x5a), /MariaDB/],
    ["FTP or SMTP", ascii("220 mail.example.org"), /mail/],
    ["ZMTP 1.0", bytes(1, 0), /ZeroMQ 2/],
  ])("is recognised: %s", (name, octets, remedy) => {
    const error = errorOf(session().receive(octets));
    expect(error).toMatchObject({ code: "NOT_ZMTP", offset: 0, hint: expect.stringMatching(remedy) });
    expect(error.message).toContain(`; ${name} begins like this`);
    const bit = errorOf(session().receive(octets.subarray(0, 1)));
    expect(bit).toMatchObject({ code: "NOT_ZMTP", offset: 0 });
    expect(bit.message).not.toContain("undefined");
  });

  it("is not called HTTP for a capital letter alone", () => {
    expect(errorOf(session().receive(ascii("XYZ"))).message).toContain("a text protocol such as HTTP");
    expect(errorOf(session().receive(bytes(0x99))).message).not.toContain("begins like this");
  });
});

describe("an old or a broken peer", () => {
  const changed = (at: number, ...octets: number[]) => {
    const greeting = encodeGreeting();
    greeting.set(octets, at);
    return greeting;
  };

  it.each([
    [9, [0x7e], "OLD_VERSION", /ZMTP 1\.0/],
    [10, [0], "OLD_VERSION", /ZMTP 1\.0/],
    [10, [1], "OLD_VERSION", /ZMTP 2\.0/],
    [10, [2], "OLD_VERSION", /major version 2/],
    [12, [0x6e, 0x75, 0x6c, 0x6c], "MALFORMED_GREETING", /writes "null", and must be mended/],
    [32, [7], "MALFORMED_GREETING", /0x07 has no place in as-server/],
  ])("is named by octet %i", (offset, octets, code, words) => {
    const error = errorOf(session().receive(changed(offset, ...octets)));
    expect(error).toMatchObject({ code, offset });
    expect(error.message).toMatch(words);
  });
});

describe("a peer that closes", () => {
  const closing = (octets: Uint8Array) => {
    const reading = session();
    for (const chunk of cut(octets, [7]))
      expect([...reading.receive(chunk)].filter(({ type }) => type === "Error")).toEqual([]);
    return errorOf(reading.end());
  };

  it.each([0, 1, 9, 10, 11, 12, 31])("after %i octets may have another mechanism, or be of ZMTP 2", (count) => {
    const error = closing(encodeGreeting().subarray(0, count));
    expect(error).toMatchObject({ code: "PEER_CLOSED", offset: count });
    expect(error.hint).toMatch(/PLAIN or CURVE/);
    expect(error.hint).toMatch(/ZMTP 2\.0.*JeroMQ 0\.3/);
  });

  it.each([32, 33, 63])("after %i octets has our mechanism, so that is not why", (count) => {
    const error = closing(encodeGreeting().subarray(0, count));
    expect(error).toMatchObject({ code: "PEER_CLOSED", offset: count });
    expect(error.hint).not.toMatch(/PLAIN|ZMTP 2/);
    expect(error.hint).toMatch(/its log/);
  });

  it("behind its greeting, or inside its READY, has not finished the handshake", () => {
    expect(closing(encodeGreeting())).toMatchObject({ code: "PEER_CLOSED", offset: 64 });
    expect(closing(concat(encodeGreeting(), bytes(4, 20, 5)))).toMatchObject({ code: "PEER_CLOSED", offset: 67 });
  });
});

describe("a READY that is too large", () => {
  it("is not blamed on maxFrameSize, which has no part in it", () => {
    const ready = encodeCommand("READY", pattern(65_531));
    const error = errorOf(session({ maxFrameSize: 10 }).receive(concat(encodeGreeting(), ready)));
    expect(error).toMatchObject({ code: "FRAME_TOO_LARGE", offset: 64 + 8 });
    expect(error.hint).toMatch(/whatever maxFrameSize says/);
    expect(error.message.match(/octet/g)?.length).toBeLessThan(4);
    const traffic = session({ maxFrameSize: 10, socketType: "PAIR" });
    const pair = encodeCommand("READY", bytes(11), ascii("Socket-Type"), bytes(0, 0, 0, 4), ascii("PAIR"));
    const late = errorOf(traffic.receive(concat(encodeGreeting(), pair, bytes(0, 11))));
    expect(late).toMatchObject({ code: "FRAME_TOO_LARGE", hint: expect.stringMatching(/Raise maxFrameSize/) });
  });
});

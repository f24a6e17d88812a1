import { describe, expect, it } from "vitest";
import { encodeGreeting, parseGreeting, type SessionEvent, ZmtpSession } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { ascii, bytes, concat, cut, plain, receiveAll } from "../support/pieces.js";

/** A greeting with some octets changed. */
function greeting(changes: Record<number, number> = {}): Uint8Array {
  const octets = encodeGreeting();
  for (const [at, octet] of Object.entries(changes)) octets[Number(at)] = octet;
  return octets;
}

describe("encodeGreeting and parseGreeting", () => {
  it("are 64 octets as the RFC draws them", () => {
    expect(encodeGreeting()).toEqual(
      concat(bytes(0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 1), ascii("NULL"), new Uint8Array(16), new Uint8Array(32)),
    );
    expect(parseGreeting(encodeGreeting())).toEqual({
      version: { major: 3, minor: 1 },
      mechanism: "NULL",
      asServer: false,
    });
    expect(parseGreeting(encodeGreeting({ mechanism: "CURVE", asServer: true }))).toEqual({
      version: { major: 3, minor: 1 },
      mechanism: "CURVE",
      asServer: true,
    });
  });

  it("ignore padding and filler, and accept later versions", () => {
    const later = greeting({ 1: 9, 8: 1, 10: 4, 11: 7, 40: 5, 63: 255 });
    expect(parseGreeting(later).version).toEqual({ major: 4, minor: 7 });
    expect(parseGreeting(greeting({ 11: 0 })).version).toEqual({ major: 3, minor: 0 });
  });

  it("take exactly 64 octets", () => {
    expect(() => parseGreeting(greeting().subarray(0, 63))).toThrow(RangeError);
    expect(() => parseGreeting(new Uint8Array([...greeting(), 0]))).toThrow(RangeError);
    expect(() => parseGreeting(new Uint8Array(0))).toThrow(RangeError);
    expect(() => parseGreeting(ascii("GET / HTTP/1.1"))).toThrow(expect.objectContaining({ code: "NOT_ZMTP" }));
  });

  it("refuse names that are no mechanism", () => {
    for (const mechanism of ["", "null", "A B", "A".repeat(21)]) {
      expect(() => encodeGreeting({ mechanism })).toThrow(TypeError);
    }
  });
});

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))(
  "a session reading a greeting, $name",
  ({ codec }) => {
    const session = () => new ZmtpSession({ socketType: "PUSH", codec });
    const errorOf = (events: readonly SessionEvent[]) => events.map(plain);

    it("answers with READY as soon as it is whole, wherever it was cut", () => {
      for (let at = 1; at < 64; at++) {
        const reading = session();
        expect([...reading.receive(greeting().subarray(0, at))]).toEqual([]);
        expect(reading.state).toBe("greeting");
        const events = [...reading.receive(greeting().subarray(at))];
        expect(events.map(({ type }) => type)).toEqual(["SendBytes"]);
        expect(reading.state).toBe("handshake");
        expect(reading.peer).toBeUndefined();
      }
    });

    it.each([
      ["an HTTP request", { 0: 0x47 }, "NOT_ZMTP", 0],
      ["a TLS hello", { 0: 0x16 }, "NOT_ZMTP", 0],
      ["a ZMTP 1.0 peer with a short identity", { 0: 1 }, "NOT_ZMTP", 0],
      ["a ZMTP 1.0 peer with a long identity", { 9: 0 }, "OLD_VERSION", 9],
      ["major version 1", { 10: 1 }, "OLD_VERSION", 10],
      ["major version 2", { 10: 2 }, "OLD_VERSION", 10],
      ["another mechanism", { 12: 0x50 }, "MECHANISM_MISMATCH", 12],
      ["a mechanism that goes on", { 16: 0x58 }, "MECHANISM_MISMATCH", 16],
      ["octets behind the mechanism's NUL", { 20: 0x41 }, "MALFORMED_GREETING", 20],
      ["a mechanism in lower case", { 12: 0x6e }, "MALFORMED_GREETING", 12],
      ["no mechanism", { 12: 0 }, "MALFORMED_GREETING", 12],
      ["as-server under NULL", { 32: 1 }, "AS_SERVER", 32],
      ["as-server beyond 1", { 32: 2 }, "MALFORMED_GREETING", 32],
    ])("refuses %s at the octet that proves it", (_, changes, code, offset) => {
      const octets = greeting(changes as Record<number, number>);
      const verdict = [{ type: "Error", code, offset }];
      expect(errorOf(receiveAll(session(), [octets]))).toEqual(verdict);
      expect(errorOf(receiveAll(session(), cut(octets, [1])))).toEqual(verdict);
      const waiting = session();
      expect([...waiting.receive(octets.subarray(0, offset))]).toEqual([]);
      expect(errorOf([...waiting.receive(octets.subarray(offset, offset + 1))])).toEqual(verdict);
      expect(waiting.error?.hint?.length).toBeGreaterThan(20);
      expect([...waiting.receive(greeting())]).toEqual([]);
      expect(waiting.state).toBe("greeting");
    });

    it("reads a mechanism whose name fills its field, and refuses one that goes on", () => {
      const name = "ABCDEFGHIJ0123-_.+XY";
      const begin = () => ({ open: () => undefined, receive: () => ({ type: "continue" }) as const });
      const reading = () => new ZmtpSession({ socketType: "PUSH", codec, mechanism: { name, asServer: false, begin } });
      expect(name.length).toBe(20);
      const octets = encodeGreeting({ mechanism: name });
      expect(parseGreeting(octets).mechanism).toBe(name);
      for (const asServer of [false, true]) {
        const whole = reading();
        expect([...whole.receive(encodeGreeting({ mechanism: name, asServer }))]).toEqual([]);
        expect(whole.state).toBe("handshake");
      }
      octets[31] = 0x5a;
      expect(errorOf([...reading().receive(octets)])).toEqual([
        { type: "Error", code: "MECHANISM_MISMATCH", offset: 31 },
      ]);
    });

    it("names both mechanisms", () => {
      const [event] = receiveAll(session(), [encodeGreeting({ mechanism: "PLAIN" })]);
      expect(event?.type === "Error" && event.error.message).toMatch(/is "PLAIN", ours is "NULL"/);
    });

    it("says why a peer may have closed that early", () => {
      const closed = (octets: Uint8Array) => {
        const reading = session();
        receiveAll(reading, [octets]);
        return [...reading.end()].map((event) => event.type === "Error" && `${event.error.code} ${event.error.hint}`);
      };
      expect(closed(new Uint8Array(0))).toEqual([expect.stringMatching(/^PEER_CLOSED/)]);
      expect(closed(greeting().subarray(0, 10))).toEqual([expect.stringMatching(/^PEER_CLOSED.*JeroMQ 0\.3/)]);
      expect(closed(greeting().subarray(0, 12))).toEqual([expect.stringMatching(/^PEER_CLOSED.*mechanism/)]);
      expect(closed(greeting())).toEqual([expect.stringMatching(/^PEER_CLOSED.*illegal pair/)]);
    });
  },
);

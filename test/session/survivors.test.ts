/** Tests that mutants asked for: each was a change of the session that no other test noticed. */
import { describe, expect, it } from "vitest";
import { encodeGreeting, type Mechanism, Metadata, type SocketType, ZmtpSession } from "../../src/index.js";
import { isSender } from "../../src/session/socket-type.js";
import { zwsEncoding, zwsGreeting, zwsMechanism } from "../../src/session/zws.js";
import { ascii, writeCommand, writeProperty } from "../oracle/command.js";
import { join, writeFrame } from "../oracle/framing.js";
import { codecs } from "../support/codecs.js";

const ready = (type: SocketType) => writeCommand("READY", writeProperty("Socket-Type", ascii(type)));

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("a session, $name", ({ codec }) => {
  function active(ours: SocketType, theirs: SocketType): ZmtpSession {
    const session = new ZmtpSession({ socketType: ours, codec });
    for (const _ of session.receive(join(encodeGreeting(), ready(theirs))));
    expect(session.state).toBe("active");
    return session;
  }

  it("takes no note of the MORE of a frame that it does not admit", () => {
    const session = active("PUB", "SUB");
    expect(session.admits(new Uint8Array(1), false, true)).toBe(false);
    // The frame is not its own to follow: the peer may close.
    expect([...session.end()]).toEqual([]);
  });

  it("takes note of the MORE of a frame that it admits", () => {
    const session = active("PULL", "PUSH");
    expect(session.admits(new Uint8Array(1), false, true)).toBe(true);
    expect([...session.end()]).toMatchObject([{ type: "Error", error: { code: "TRUNCATED" } }]);
  });

  it("says what a Map of metadata says", () => {
    const metadata = new Map([["X-Note", "b"]]) as unknown as Record<string, string>;
    const session = new ZmtpSession({ socketType: "PUSH", metadata, codec });
    const [ours] = session.receive(encodeGreeting());
    const note = writeProperty("X-Note", ascii("b"));
    const expected = writeCommand("READY", writeProperty("Socket-Type", ascii("PUSH")), note);
    expect(ours.type === "SendBytes" && [...ours.bytes]).toEqual([...expected]);
  });

  it("tells transports that its frames leave in the clear", () => {
    expect(active("PUSH", "PULL").inClear).toBe(true);
  });

  it("points at the first octet of a bad identity over WebSocket", () => {
    const session = new ZmtpSession({ socketType: "PAIR", mechanism: zwsMechanism, codec });
    session.greeted(zwsGreeting, zwsEncoding);
    session.receiveFrame(Uint8Array.of(0, 1), false, false);
    const events = [...session.receive(new Uint8Array(0))];
    expect(events.at(-1)).toMatchObject({ type: "Error", error: { code: "IDENTITY", offset: 0 } });
  });

  it("points at the name of a command that comes in place of an identity over WebSocket, and says what is wrong", () => {
    const session = new ZmtpSession({ socketType: "PAIR", mechanism: zwsMechanism, codec });
    session.greeted(zwsGreeting, zwsEncoding);
    session.receiveFrame(join(Uint8Array.of(5), ascii("READY")), false, true);
    const error = [...session.receive(new Uint8Array(0))].at(-1);
    expect(error).toMatchObject({ type: "Error", error: { code: "UNEXPECTED_COMMAND", offset: expect.any(Number) } });
    expect(session.error?.hint).toMatch(/the first message each way is an identity/);
  });

  it("knows a peer by its key alone, where the mechanism proved no more", () => {
    const publicKey = Uint8Array.of(1, 2, 3);
    const metadata = new Metadata([["Socket-Type", ascii("PAIR")]]);
    const mechanism: Mechanism = {
      name: "KEY",
      asServer: false,
      begin: () => ({ open: () => undefined, receive: () => ({ type: "complete", metadata, publicKey }) }),
    };
    const session = new ZmtpSession({ socketType: "PAIR", mechanism, codec });
    for (const _ of session.receive(join(encodeGreeting({ mechanism: "KEY" }), writeCommand("HELLO", ascii("")))));
    expect(session.peer).toMatchObject({ publicKey, userId: undefined });
  });

  it("does not repeat a socket type that is longer than any name", () => {
    const session = new ZmtpSession({ socketType: "PAIR", codec });
    const long = ready("x".repeat(300) as SocketType);
    expect([...session.receive(join(encodeGreeting(), long))].at(-1)).toMatchObject({ type: "Error" });
    expect(session.error?.code).toBe("SOCKET_TYPE_UNKNOWN");
    expect(session.error?.message).not.toMatch(/xx/);
  });

  it("seals nothing where nothing is sealed", () => {
    const chunks = [Uint8Array.of(0, 1, 7), Uint8Array.of(0, 0)];
    expect(active("PUSH", "PULL").seal(chunks)).toBe(chunks);
  });

  it("encodes what it forwards with the codec it was given", () => {
    const engine = codec as unknown as { gather(first: number, count: number): number };
    const { gather } = engine;
    let gathered = 0;
    Object.assign(engine, {
      gather(first: number, count: number) {
        gathered += count - first;
        return gather(first, count);
      },
    });
    try {
      const session = active("PAIR", "PAIR");
      const stream = join(...[1, 2, 3].map((octet) => writeFrame(Uint8Array.of(octet))));
      for (const event of session.receiveBatches(stream)) {
        if (event.type !== "Frames") continue;
        const some = event.batch.filter((_, i) => i !== 1) as NonNullable<ReturnType<typeof event.batch.filter>>;
        expect([...session.sendBatch(some)]).toEqual([0, 1, 1, 0, 1, 3]);
      }
      expect(gathered).toBe(2);
    } finally {
      Object.assign(engine, { gather });
    }
  });

  it("decodes in the memory of the codec it was given", () => {
    const session = active("PULL", "PUSH");
    const [event] = session.receiveBatches(writeFrame(Uint8Array.of(1, 2, 3)));
    const { window } = codec as unknown as { window: Uint8Array };
    expect(event.type === "Frames" && event.batch.bytes.buffer === window.buffer).toBe(true);
  });
});

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("what comes, $name", ({ codec }) => {
  it("stays one run where it holds no subscription", () => {
    const session = new ZmtpSession({ socketType: "XPUB", codec });
    for (const _ of session.receive(join(encodeGreeting(), ready("XSUB"))));
    const messages = [5, 6, 7].map((octet) => writeFrame(Uint8Array.of(octet, 1)));
    const runs = Array.from(session.receiveBatches(join(...messages)), (event) =>
      event.type === "Frames" ? event.batch.length : event.type,
    );
    expect(runs).toEqual([3]);
  });

  it("names a mechanism of 20 letters, and not what follows its field", () => {
    const greeting = new Uint8Array(64);
    greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1, ...ascii("ABCDEFGHIJKLMNOPQRST"), 1]);
    const session = new ZmtpSession({ socketType: "PAIR", codec });
    const error = [...session.receive(greeting)].at(-1);
    expect(error).toMatchObject({ type: "Error", error: { code: "MECHANISM_MISMATCH" } });
    expect(session.error?.message).toMatch(/ABCDEFGHIJKLMNOPQRST(?![^ .,;:"')])/);
  });
});

it("takes no property whose name is a number", () => {
  const metadata = new Map([[5, "x"]]) as unknown as Record<string, string>;
  expect(() => new ZmtpSession({ socketType: "PUSH", metadata })).toThrow(/not the name of a property/);
});

describe("socket types", () => {
  it.each(["SUB", "PULL", "DISH", "GATHER"] as const)("a %s only receives", (type) =>
    expect(isSender(type)).toBe(false),
  );
  it.each(["PUB", "XSUB", "PUSH", "PAIR", "DEALER", "REP", "RADIO"] as const)("a %s sends", (type) => {
    expect(isSender(type)).toBe(true);
  });
});

/** A transport of somebody else's: the one of docs/writing-a-transport.md, over TCP sockets of Node. */
import { describe, expect, it, onTestFinished } from "vitest";
import { type Connection, overTransport, type Transport, type TransportUser, ZmtpError } from "../../src/index.js";
import { DuplexTransport } from "../docs/duplex-transport.js";
import { socketPair } from "../support/streams.js";

async function pair(): Promise<readonly [Connection, Connection]> {
  const [ours, theirs] = await socketPair();
  const ends = await Promise.all([
    overTransport((user) => new DuplexTransport(ours, user), { socketType: "PAIR" }),
    overTransport((user) => new DuplexTransport(theirs, user), { socketType: "PAIR" }),
  ]);
  onTestFinished(() => {
    for (const end of ends) end.destroy();
  });
  return ends;
}

/** Octets that differ from those of any other seed. */
function payload(size: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 7 + seed * 31 + (i >> 8)) & 255);
}

function plain(message: readonly Uint8Array[]): string[] {
  return message.map((frame) => Buffer.from(frame).toString("base64"));
}

describe("a transport of somebody else's", () => {
  it("carries messages of one frame and of many, small and large, both ways", async () => {
    const [ours, theirs] = await pair();
    const sizes = [0, 1, 255, 256, 65_535, 65_536, 300_000];
    const messages = [
      ...sizes.map((size, seed) => [payload(size, seed)]),
      [payload(5, 50), payload(0, 51), payload(70_000, 52)],
    ];
    for (const [from, to] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      for (const message of messages) from.send(message);
      const arrived: Uint8Array[][] = [];
      for await (const message of to) if (arrived.push(message) === messages.length) break;
      expect(arrived.map(plain)).toEqual(messages.map(plain));
    }
  });

  it("holds a sender whose peer does not read, and loses nothing", async () => {
    const [ours, theirs] = await pair();
    const large = payload(256 * 1024, 3);
    let sent = 0;
    while (sent < 400 && ours.send([Uint8Array.of(sent & 255, sent >> 8), large])) sent++;
    expect(sent).toBeLessThan(400);
    let seen = 0;
    for await (const [number, body] of theirs) {
      expect([number[0] | (number[1] << 8), body.length]).toEqual([seen, large.length]);
      if (seen++ === sent) break;
    }
    await ours.drained;
    expect(ours.bufferedAmount).toBeLessThan(1024 * 1024);
  });

  it("ends in order: everything arrives, and both sides know who closed", async () => {
    const [ours, theirs] = await pair();
    ours.send("the last word");
    const closing = ours.close();
    const arrived: string[] = [];
    for await (const [word] of theirs) arrived.push(new TextDecoder().decode(word));
    await closing;
    expect(arrived).toEqual(["the last word"]);
    expect(await ours.closed).toEqual({ by: "close", error: undefined, unsent: 0 });
    expect(await theirs.closed).toEqual({ by: "peer", error: undefined, unsent: 0 });
  });

  it("tells why it broke off", async () => {
    const [socket, other] = await socketPair();
    const [ours] = await Promise.all([
      overTransport((user) => new DuplexTransport(socket, user), { socketType: "PAIR" }),
      overTransport((user) => new DuplexTransport(other, user), { socketType: "PAIR" }),
    ]);
    const cause = new Error("the cable is out");
    socket.destroy(cause);
    expect(await ours.closed).toMatchObject({ by: "lost", error: { code: "CONNECTION_LOST", cause } });
  });
});

/** A transport that only notes what is asked of it. */
class Silent implements Transport {
  readonly asked: string[] = [];
  write(): boolean {
    this.asked.push("write");
    return true;
  }
  pause(): void {}
  resume(): void {}
  finish(): void {}
  destroy(): void {
    this.asked.push("destroy");
  }
}

describe("overTransport", () => {
  it("rejects with NOT_REACHED and the cause where the transport is over before it is attached", async () => {
    const cause = new Error("no carrier");
    let user: TransportUser | undefined;
    const opening = overTransport(
      (some) => {
        user = some;
        return new Silent();
      },
      { socketType: "PAIR" },
    );
    user?.gone(cause);
    const error = await opening.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ZmtpError);
    expect(error).toMatchObject({ code: "NOT_REACHED", blame: "network", cause });
  });

  it("destroys a transport that reaches nobody in time, and writes nothing to it", async () => {
    const silent = new Silent();
    const opening = overTransport(() => silent, { socketType: "PAIR", connectTimeout: 1 });
    await expect(opening).rejects.toMatchObject({ code: "CONNECT_TIMEOUT" });
    expect(silent.asked).toEqual(["destroy"]);
  });

  it("greets as soon as the transport is attached, however late", async () => {
    const silent = new Silent();
    let user: TransportUser | undefined;
    const controller = new AbortController();
    const opening = overTransport(
      (some) => {
        user = some;
        return silent;
      },
      { socketType: "PAIR", signal: controller.signal },
    );
    expect(silent.asked).toEqual([]);
    user?.attached(silent);
    expect(silent.asked).toEqual(["write"]);
    controller.abort(new Error("enough"));
    await expect(opening).rejects.toThrow("enough");
    expect(silent.asked).toEqual(["write", "destroy"]);
  });

  it("refuses what is no transport, and passes on what its maker throws", async () => {
    const options = { socketType: "PAIR" } as const;
    await expect(overTransport({} as never, options)).rejects.toThrow(TypeError);
    await expect(overTransport(() => undefined as never, options)).rejects.toThrow(/lacks write/);
    const { destroy: _, ...rest } = { write() {}, pause() {}, resume() {}, finish() {}, destroy() {} };
    await expect(overTransport(() => rest as never, options)).rejects.toThrow(/lacks destroy/);
    const fault = new RangeError("out of ports");
    const made = overTransport(() => {
      throw fault;
    }, options);
    await expect(made).rejects.toBe(fault);
    await expect(overTransport(() => new Silent(), { ...options, linger: "soon" as never })).rejects.toThrow(/linger/);
  });
});

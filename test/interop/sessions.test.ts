/** Two sessions on the two ends of one TCP connection, with either codec at either end. */
import { describe, expect, it } from "vitest";
import { type SessionOptions, ZmtpSession } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { answerOne, dial, type Way, Wire, ways } from "../support/wire.js";

const ends = codecs.flatMap((ours) =>
  codecs.flatMap((theirs) => (Object.keys(ways) as Way[]).map((way) => ({ ours, theirs, way }))),
);

describe.each(ends)("$ours.name codec to $theirs.name codec, $way", ({ ours, theirs, way }) => {
  it("tell each other who they are", async () => {
    const [a, b] = await meeting(
      { socketType: "DEALER", identity: "ann", metadata: { "X-City": "Uppsala" }, codec: ours },
      { socketType: "ROUTER", codec: theirs },
      way,
    );
    expect((await a.next("HandshakeComplete")).peer).toMatchObject({
      socketType: "ROUTER",
      version: { major: 3, minor: 1 },
      mechanism: "NULL",
      identity: new Uint8Array(0),
    });
    const { peer } = await b.next("HandshakeComplete");
    expect(peer).toMatchObject({ socketType: "DEALER", identity: new TextEncoder().encode("ann") });
    expect(peer.metadata.get("x-city")).toEqual(new TextEncoder().encode("Uppsala"));
  });

  it("exchange messages both ways at once", async () => {
    const [a, b] = await meeting({ socketType: "PAIR", codec: ours }, { socketType: "PAIR", codec: theirs }, way);
    await Promise.all([a.next("HandshakeComplete"), b.next("HandshakeComplete")]);
    const messages = Array.from({ length: 1000 }, (_, i) =>
      Array.from({ length: 1 + (i % 4) }, (_, j) => `${i}.${j}`.padEnd(i % 500 === 499 ? 300_000 : (i * 7) % 500)),
    );
    const say = async (wire: Wire) => {
      for (const message of messages) await wire.send(message);
    };
    const hear = async (wire: Wire) => {
      const heard: string[][] = [];
      while (heard.length < messages.length) heard.push((await wire.message()).map(String));
      return heard;
    };
    const [, , atA, atB] = await Promise.all([say(a), say(b), hear(a), hear(b)]);
    expect(atA).toEqual(messages);
    expect(atB).toEqual(messages);
  });

  it("subscribe, cancel, ping and answer", async () => {
    const [sub, pub] = await meeting({ socketType: "SUB", codec: ours }, { socketType: "PUB", codec: theirs }, way);
    await Promise.all([sub.next("HandshakeComplete"), pub.next("HandshakeComplete")]);
    const context = Uint8Array.of(1, 2, 3);
    await sub.write(sub.session.subscribe("news"));
    await sub.write(sub.session.cancel("news"));
    await sub.write(sub.session.ping({ ttl: 258, context }));
    const commands = [await pub.next("Command"), await pub.next("Command"), await pub.next("Command")];
    // What comes later leaves them as they are.
    await sub.write(sub.session.subscribe("x".repeat(200)));
    expect((await pub.next("Command")).data.length).toBe(200);
    const data = new TextEncoder().encode("news");
    expect(commands).toEqual([
      { type: "Command", name: "SUBSCRIBE", data },
      { type: "Command", name: "CANCEL", data },
      { type: "Command", name: "PING", data: Uint8Array.of(1, 2, ...context) },
    ]);
    expect(await sub.next("Command")).toEqual({ type: "Command", name: "PONG", data: context });
  });

  it("part without an error", async () => {
    const [a, b] = await meeting({ socketType: "PUSH", codec: ours }, { socketType: "PULL", codec: theirs }, way);
    await Promise.all([a.next("HandshakeComplete"), b.next("HandshakeComplete")]);
    await a.send("last words");
    a.socket.end();
    await Promise.all([a.closed, b.closed]);
    expect(b.events.at(-1)).toMatchObject({ type: "Frame", frame: { more: false } });
    expect([a.session.error, b.session.error]).toEqual([undefined, undefined]);
  });

  it("refuse each other if their types do not go together", async () => {
    const [a, b] = await meeting({ socketType: "PUSH", codec: ours }, { socketType: "SUB", codec: theirs }, way);
    await Promise.all([a.closed, b.closed]);
    for (const wire of [a, b]) {
      expect(wire.events.filter(({ type }) => type !== "SendBytes")).toMatchObject([
        { type: "Error", error: { code: "SOCKET_TYPE_MISMATCH" } },
      ]);
    }
  });
});

async function meeting(ours: SessionOptions, theirs: SessionOptions, way: Way): Promise<[Wire, Wire]> {
  const { port, socket } = await answerOne();
  const a = new Wire(new ZmtpSession(ours), await dial(port), way);
  return [a, new Wire(new ZmtpSession(theirs), await socket, way)];
}

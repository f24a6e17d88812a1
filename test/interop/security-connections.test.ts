/** PLAIN and CURVE on connections: over each transport, with verdicts that take their time, alone and with libzmq. */
import { describe, expect, it } from "vitest";
import * as zmq from "zeromq";
import { curveClient, curveKeyPair, curveServer, encodeZ85 } from "../../src/curve.js";
import { type Mechanism, overStreams, plainClient, plainServer, type ZmtpError } from "../../src/index.js";
import {
  accepted,
  anyEndpoint,
  connected,
  listening,
  meetLibzmq,
  nextText,
  pair,
  sendAll,
  texts,
} from "../support/connections.js";
import { opened } from "../support/libzmq.js";
import { transforms } from "../support/streams.js";

const server = curveKeyPair();
const client = curveKeyPair();
const later = <T>(value: T) => new Promise<T>((resolve) => setTimeout(resolve, 5, value));

const mechanisms: Record<string, [client: Mechanism, server: Mechanism]> = {
  CURVE: [
    curveClient({ serverKey: server.publicKey, ...client }),
    curveServer({ ...server, check: (key) => later(encodeZ85(key) === client.publicKey) }),
  ],
  PLAIN: [
    plainClient({ username: "ann", password: "secret" }),
    plainServer((username, password) => later(username === "ann" && password === "secret")),
  ],
};

describe.each(Object.entries(mechanisms))("%s", (name, [ours, theirs]) => {
  it.each(["tcp", "ipc"] as const)("joins two connections over %s, message by message and in runs", async (scheme) => {
    const url = await anyEndpoint(scheme);
    const [near, far] = await pair(
      url,
      { socketType: "PAIR", mechanism: ours },
      { socketType: "PAIR", mechanism: theirs },
    );
    expect([near.peer.mechanism, far.peer.mechanism]).toEqual([name, name]);
    expect(far.peer.userId).toBe(name === "CURVE" ? client.publicKey : "ann");
    near.send(["a", "", "c"]);
    expect(await nextText(far)).toEqual(["a", "", "c"]);
    const COUNT = 5000;
    const sending = sendAll(
      far,
      Array.from({ length: COUNT }, (_, i) => [`${i}`, "body"]),
    );
    let count = 0;
    for await (const batch of near.batches()) {
      for (let i = 0; i < batch.length; i++) {
        const text = Buffer.from(batch.payload(i)).toString();
        expect([text, batch.more(i)]).toEqual(count % 2 === 0 ? [`${count / 2}`, true] : ["body", false]);
        count++;
      }
      if (count === 2 * COUNT) break;
    }
    await sending;
    await near.close();
  });

  it("forwards runs as they come, sealed anew", async () => {
    const [near, far] = await pair(
      await anyEndpoint("tcp"),
      { socketType: "PAIR", mechanism: ours },
      {
        socketType: "PAIR",
        mechanism: theirs,
      },
    );
    const messages = Array.from({ length: 100 }, (_, i) => [`${i}`, "x".repeat(i)]);
    await sendAll(near, messages);
    let forwarded = 0;
    for await (const batch of far.batches()) {
      far.sendBatch(batch);
      forwarded += batch.length;
      if (forwarded === 200) break;
    }
    for (const message of messages) expect(await nextText(near)).toEqual(message);
  });
});

describe("a listener with an authenticator", () => {
  it("tells whom it refused and from where, and lets the next one in", async () => {
    const refused: { error: ZmtpError; remoteAddress: string | undefined }[] = [];
    const asked: (string | undefined)[] = [];
    const mechanism = plainServer((username, _, { remoteAddress }) => {
      asked.push(remoteAddress);
      return later(username === "ann");
    });
    const listener = await listening("tcp://127.0.0.1:0", {
      socketType: "PULL",
      mechanism,
      onRefused: (refusal) => refused.push(refusal),
    });
    const wrong = connected(listener.endpoint, {
      socketType: "PUSH",
      mechanism: plainClient({ username: "bob", password: "" }),
    });
    await expect(wrong).rejects.toMatchObject({ code: "PEER_ERROR", hint: expect.stringMatching(/^400/) });
    const right = await connected(listener.endpoint, {
      socketType: "PUSH",
      mechanism: plainClient({ username: "ann", password: "" }),
    });
    right.send("in");
    expect(
      texts(
        await (await accepted(listener))
          [Symbol.asyncIterator]()
          .next()
          .then(({ value }) => value ?? []),
      ),
    ).toEqual(["in"]);
    expect(refused).toMatchObject([
      { error: { code: "DENIED" }, remoteAddress: expect.stringMatching(/^127\.0\.0\.1:/) },
    ]);
    for (const address of asked) expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it.each(["binds", "connects"] as const)("meets libzmq, which %s", async (way) => {
    const binds = way === "binds";
    const theirs = opened(
      new zmq.Pair(
        binds
          ? { curveServer: true, curveSecretKey: server.secretKey }
          : { curveServerKey: server.publicKey, curvePublicKey: client.publicKey, curveSecretKey: client.secretKey },
      ),
    );
    const [ours, serving] = mechanisms.CURVE as [Mechanism, Mechanism];
    const connection = await meetLibzmq("tcp", way, { socketType: "PAIR", mechanism: binds ? ours : serving }, theirs);
    connection.send(["to", "libzmq"]);
    expect((await theirs.receive()).map(String)).toEqual(["to", "libzmq"]);
    await theirs.send(["and", "back"]);
    expect(await nextText(connection)).toEqual(["and", "back"]);
  });
});

describe("a forged MESSAGE", () => {
  it("ends the connection, on both sides, and nothing more is accepted", async () => {
    const [[nearEnd, farEnd], [ours, theirs]] = [transforms(), mechanisms.CURVE];
    let forge: (() => void) | undefined;
    const tampering = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const octets = chunk.slice();
        if (forge) octets[octets.length - 1] ^= 1;
        forge?.();
        controller.enqueue(octets);
      },
    });
    nearEnd.readable.pipeTo(tampering.writable).catch(() => {});
    const [near, far] = await Promise.all([
      overStreams(
        { readable: tampering.readable, writable: nearEnd.writable },
        { socketType: "PAIR", mechanism: ours },
      ),
      overStreams(farEnd, { socketType: "PAIR", mechanism: theirs }),
    ]);
    // Accepted in the very turn in which the forged octets are read, so that it still waits.
    forge = () => void near.send("waits");
    far.send("to be forged");
    expect(await near.closed).toMatchObject({ by: "fault", error: { code: "CURVE_BOX" } });
    expect(near.send("too late")).toBe(false);
    await far.closed;
  });
});

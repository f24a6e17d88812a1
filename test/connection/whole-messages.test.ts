/**
 * A connection hands on whole messages, and nothing mixes them: fan-in by batches, cut anywhere. RFC 37, "Messages".
 */
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { type Connection, encodeFrame, encodeMessage, type FrameBatch } from "../../src/node.js";
import { accepted, listening, nextText, pair, rest } from "../support/connections.js";
import { bytes, concat, pattern, text } from "../support/pieces.js";
import { hello, rawDial } from "../support/raw.js";

const PAIR = { socketType: "PAIR" } as const;
const MESSAGES = Number(process.env.MESSAGES ?? 100_000);
const PEERS = 3;

/** Message `i` of a peer: 1 to 9 frames, each of which says whose it is, which message and which frame. */
function message(peer: number, i: number): Uint8Array[] {
  const frames = 1 + ((i * 7 + peer) % 9);
  return Array.from({ length: frames }, (_, k) => {
    const frame = new Uint8Array(8 + ((i * 31 + k * 17) % (i % 500 === 0 ? 3000 : 40)));
    new DataView(frame.buffer).setUint32(0, i);
    frame[4] = peer;
    frame[5] = k;
    frame[6] = frames;
    frame.fill(i + k, 8);
    return frame;
  });
}

/** The octets of many messages at a time, cut where no frame ends. */
async function speak(socket: Socket, peer: number, count: number): Promise<void> {
  const write = async (chunk: Uint8Array) => {
    if (!socket.write(chunk)) await new Promise((resolve) => socket.once("drain", resolve));
  };
  let rest: Uint8Array = new Uint8Array(0);
  for (let i = 0; i < count; ) {
    const run: Uint8Array[] = [rest];
    for (let k = 0; k < 200 && i < count; k++) run.push(encodeMessage(message(peer, i++)));
    const octets = concat(...run);
    let at = 0;
    for (let cut = 1; octets.length - at > 20_000; cut++) {
      const end = at + 1 + ((cut * 7919 + i * 13) % 16_384);
      await write(octets.subarray(at, end));
      at = end;
      // Each write is likely to be a read of its own at the other end.
      if (cut % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    rest = octets.subarray(at);
  }
  await write(rest);
}

/** Checks a message that came: whose it is, that it is whole, and that it is the next of its peer. */
class Checker {
  readonly next = Array<number>(PEERS).fill(0);
  #frames = 0;

  frame(payload: Uint8Array, more: boolean): void {
    const i = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
    const [, , , , peer, k, frames] = payload;
    if (k !== this.#frames || i !== this.next[peer] || more !== k + 1 < frames || frames !== 1 + ((i * 7 + peer) % 9)) {
      throw new Error(`frame ${k} of ${frames} of message ${i} of peer ${peer} came as frame ${this.#frames}`);
    }
    if (payload.length > 8 && payload.at(-1) !== ((i + k) & 255)) throw new Error(`message ${i} has other octets`);
    this.#frames = more ? k + 1 : 0;
    if (!more) this.next[peer]++;
  }

  get whole(): boolean {
    return this.#frames === 0;
  }

  get messages(): number {
    return this.next.reduce((sum, count) => sum + count, 0);
  }
}

const checkBatch = (checker: Checker, batch: FrameBatch) => {
  for (let i = 0; i < batch.length; i++) checker.frame(batch.payload(i), batch.more(i));
};

it(`${PEERS} peers, batches() to sendBatch, one peer: ${MESSAGES} messages of 1 to 9 frames, none mixed`, async () => {
  const front = await listening("tcp://127.0.0.1:0", PAIR);
  const [back, end] = await pair("tcp://127.0.0.1:0", PAIR);
  const each = Math.ceil(MESSAGES / PEERS);
  const forward = async (peer: Connection) => {
    for await (const batch of peer.batches()) {
      if (batch.more(batch.length - 1)) throw new Error("a batch ends inside a message");
      if (!back.sendBatch(batch)) await back.drained;
    }
  };
  const speaking: Promise<void>[] = [];
  const forwarding: Promise<void>[] = [];
  for (let peer = 0; peer < PEERS; peer++) {
    const socket = await rawDial(front.endpoint);
    socket.write(hello("PAIR"));
    socket.resume();
    forwarding.push(forward(await accepted(front)));
    speaking.push(speak(socket, peer, each).then(() => void socket.end()));
  }
  const checker = new Checker();
  const receiving = (async () => {
    for await (const batch of end.batches()) {
      checkBatch(checker, batch);
      if (!checker.whole) throw new Error("a batch ends inside a message");
    }
  })();
  await Promise.all([...speaking, ...forwarding]);
  await back.close();
  await receiving;
  expect(checker.next).toEqual(Array(PEERS).fill(each));
}, 600_000);

describe("a message that is not whole yet", () => {
  /** Our end, and a bare socket that has shaken hands. */
  async function meeting(options = {}): Promise<[Connection, Socket]> {
    const listener = await listening("tcp://127.0.0.1:0", { ...PAIR, ...options });
    const peer = await rawDial(listener.endpoint);
    peer.write(hello("PAIR"));
    return [await accepted(listener), peer];
  }

  it.each(["batches", "messages"])("waits for the rest, which comes frame by frame: %s", async (reading) => {
    const [connection, peer] = await meeting();
    const frames = Array.from({ length: 5 }, (_, i) => encodeFrame(`frame ${i}`, { more: i < 4 }));
    let told = false;
    const first =
      reading === "batches"
        ? connection.batches().next()
        : (connection[Symbol.asyncIterator]().next() as Promise<IteratorResult<unknown>>);
    first.then(() => {
      told = true;
    });
    for (const frame of frames.slice(0, -1)) {
      peer.write(frame);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(told).toBe(false);
    }
    peer.write(frames[4] as Uint8Array);
    const { value } = await first;
    const said =
      reading === "batches" ? Array.from(value as FrameBatch, ({ payload }) => payload) : (value as Uint8Array[]);
    expect(said.map(text)).toEqual(["frame 0", "frame 1", "frame 2", "frame 3", "frame 4"]);
  });

  it("is not delivered at all if the rest never comes", async () => {
    const [connection, peer] = await meeting();
    peer.end(concat(encodeMessage("whole"), encodeFrame("a", { more: true }), encodeFrame("b", { more: true })));
    expect(await rest(connection)).toEqual([["whole"]]);
    expect(await connection.closed).toMatchObject({ by: "fault", error: { code: "TRUNCATED" } });
  });

  it("does not hold what came before it", async () => {
    const [connection, peer] = await meeting();
    peer.write(concat(encodeMessage("whole"), encodeMessage(["so", "is this"]), encodeFrame("a", { more: true })));
    expect([await nextText(connection), await nextText(connection)]).toEqual([["whole"], ["so", "is this"]]);
    peer.write(encodeFrame("b"));
    expect(await nextText(connection)).toEqual(["a", "b"]);
  });

  it("right behind the header of a large frame, then the end: TRUNCATED, counted once", async () => {
    const [connection, peer] = await meeting();
    const header = bytes(2, 0, 0, 0, 0, 0, 2, 0, 0x38);
    peer.end(header);
    await rest(connection);
    const offset = hello("PAIR").length + header.length;
    expect(await connection.closed).toMatchObject({ by: "fault", error: { code: "TRUNCATED", offset } });
  });

  it("behind part of a large frame: the offset is where the stream ended", async () => {
    const [connection, peer] = await meeting();
    const said = encodeFrame(pattern(500_000)).subarray(0, 400_000);
    peer.end(said);
    await rest(connection);
    const offset = hello("PAIR").length + said.length;
    expect(await connection.closed).toMatchObject({ by: "fault", error: { code: "TRUNCATED", offset } });
  });
});

describe("sendBatch", () => {
  it("refuses a batch that ends inside a message, and nothing of it leaves", async () => {
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", PAIR);
    theirs.send(["a", "b", "c"]);
    const { value } = await ours.batches().next();
    const batch = (value as FrameBatch).toOwned();
    expect(batch.length).toBe(3);
    for (const end of [1, 2]) {
      expect(() => ours.sendBatch(batch.slice(0, end))).toThrow(
        expect.objectContaining({ code: "UNFINISHED_MESSAGE" }),
      );
    }
    ours.sendBatch(batch.slice(2, 3));
    ours.send("alone");
    expect([await nextText(theirs), await nextText(theirs)]).toEqual([["c"], ["alone"]]);
  });

  it("of a run that was begun message by message forwards the rest of it", async () => {
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", PAIR);
    for (const word of ["one", "two", "three"]) theirs.send([word, word]);
    expect(await nextText(ours)).toEqual(["one", "one"]);
    for await (const batch of ours.batches()) {
      ours.sendBatch(batch);
      if (text(batch.payload(batch.length - 1)) === "three") break;
    }
    expect([await nextText(theirs), await nextText(theirs)]).toEqual([
      ["two", "two"],
      ["three", "three"],
    ]);
  });
});

describe("two loops over one connection", () => {
  it("at once: the later one is refused, and the first gets every message", async () => {
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", PAIR);
    const first = ours[Symbol.asyncIterator]();
    const waiting = first.next();
    const refusal = expect.objectContaining({ code: "TWO_LOOPS", blame: "caller" });
    await expect(ours[Symbol.asyncIterator]().next()).rejects.toEqual(refusal);
    await expect(ours.batches().next()).rejects.toEqual(refusal);
    theirs.send("one");
    theirs.send("two");
    expect((await waiting).value?.map(text)).toEqual(["one"]);
    expect((await first.next()).value?.map(text)).toEqual(["two"]);
  });

  it("one after the other: fine", async () => {
    const [ours, theirs] = await pair("tcp://127.0.0.1:0", PAIR);
    for (const word of ["one", "two"]) theirs.send(word);
    expect([await nextText(ours), await nextText(ours)]).toEqual([["one"], ["two"]]);
  });
});

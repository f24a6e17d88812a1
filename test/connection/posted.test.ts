/** A ring without shared memory: slots are posted, their chunks are transferred and come back. */
import { describe, expect, it } from "vitest";
import type { FrameBatch } from "../../src/codec/batch.js";
import { Inbox } from "../../src/connection/inbox.js";
import { plainPayload } from "../../src/connection/payload-maker.js";
import { MessagePacker } from "../../src/connection/thread/message-packer.js";
import { hearing, type Post, PostedReader, PostedWriter } from "../../src/connection/thread/posted.js";
import { RingReader, type RingShape, RingWriter, ringMemory, SLOT_CHUNK } from "../../src/connection/thread/ring.js";
import { RingInbox } from "../../src/connection/thread/ring-inbox.js";
import type { Passing } from "../../src/connection/thread/words.js";

const SHAPE: RingShape = { slots: 4, chunks: 3, headroom: 0, octets: 64, rows: 8, at: 0 };

/** Both ends of one ring in this thread; what they post is transferred for real, and heard when `deliver` is called. */
function posted(shape = SHAPE) {
  const posts: Passing[] = [];
  const post: Post = (passing, moved) => void posts.push(structuredClone(passing, { transfer: [...moved] }));
  const writer = new PostedWriter(1, shape, post);
  const reader = new PostedReader(1, shape, post);
  const hear = hearing(reader, writer);
  return { writer, reader, posts, deliver: () => void posts.splice(0).forEach(hear) };
}

/** The same over memory that both have. */
function shared(shape = SHAPE) {
  const memory = ringMemory(shape);
  return { writer: new RingWriter(memory, shape), reader: new RingReader(memory, shape), deliver() {} };
}

function fill(writer: PostedWriter, octet: number): boolean {
  const slot = writer.claim();
  const chunk = slot === undefined ? -1 : writer.claimChunk();
  if (slot === undefined || chunk < 0) return false;
  writer.chunks[chunk].bytes.fill(octet);
  slot[SLOT_CHUNK] = chunk;
  return writer.publish();
}

describe("a posted ring", () => {
  it("has no more chunks under way than its shape says, and goes on in what comes back", () => {
    const { writer, reader, deliver } = posted();
    const memories = new Set<ArrayBuffer>();
    expect([1, 2, 3, 4].map((octet) => fill(writer, octet))).toEqual([true, true, true, false]);
    expect([writer.filled, writer.used]).toEqual([3, 3]);
    deliver();
    for (let octet = 1; octet <= 20; octet++) {
      const { bytes } = reader.chunks[(reader.peek() as Int32Array)[SLOT_CHUNK]];
      expect([bytes.length, bytes[0], bytes[63]]).toEqual([64, octet, octet]);
      expect(reader.filled).toBe(3);
      reader.free();
      // What the reader has seen of it has no octets any more.
      expect(bytes.length).toBe(0);
      deliver();
      expect(fill(writer, octet + 3)).toBe(true);
      for (const chunk of writer.chunks) if (chunk) memories.add(chunk.bytes.buffer);
      deliver();
    }
    expect(memories.size).toBe(0);
  });

  it("shows the writer nothing of a chunk that it has posted", () => {
    const { writer } = posted();
    fill(writer, 1);
    expect(writer.chunks[0]).toBeUndefined();
  });

  it("makes another chunk for one that its reader has given elsewhere", () => {
    const { writer, reader, deliver } = posted();
    fill(writer, 1);
    deliver();
    const { bytes } = reader.chunks[0];
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    reader.free();
    deliver();
    expect([fill(writer, 2), fill(writer, 3), fill(writer, 4), writer.used]).toEqual([true, true, true, 3]);
  });
});

describe.each([
  ["shared", shared],
  ["posted", posted],
] as const)("messages packed into a %s ring", (_, ring) => {
  const text = (payload: Uint8Array) => Buffer.from(payload).toString();

  function ends() {
    const { writer, reader, deliver } = ring();
    const large: FrameBatch[] = [];
    const packer = new MessagePacker(writer, (run) => void large.push(run));
    const source = new Inbox({ filled() {}, exhausted() {} }, plainPayload);
    const inbox = new RingInbox(reader, plainPayload, { roomMade() {}, starved() {} });
    const hear = () => {
      deliver();
      for (const run of large.splice(0)) inbox.addLarge(run);
      inbox.woken();
    };
    return { packer, source, inbox, hear, deliver, reader };
  }

  it("come in runs of whole messages, in order, however many there is room for at a time", async () => {
    const { packer, source, inbox, hear } = ends();
    const messages = Array.from({ length: 300 }, (_, i) => {
      const frames = Array.from({ length: 1 + (i % 3) }, (_, j) => `${i}.${j}`);
      return i % 50 === 49 ? [...frames, "large".repeat(30)] : frames;
    });
    for (const message of messages) source.addMessage(message.map((frame) => new Uint8Array(Buffer.from(frame))));
    const heard: string[][] = [];
    let runs = 0;
    let full = 0;
    while (heard.length < messages.length) {
      while (packer.takeFrom(source) && packer.put());
      if (packer.busy) full++;
      packer.publish();
      hear();
      const { value: run } = await inbox.nextRun();
      runs++;
      let message: string[] = [];
      for (const { payload, more } of run as FrameBatch) {
        message.push(text(payload));
        if (more) continue;
        heard.push(message);
        message = [];
      }
      expect(message).toEqual([]);
      // With its headers in front it may be forwarded as it lies.
      expect((run as FrameBatch).run === undefined).toBe(
        heard.at(-1)?.length === 1 && heard.at(-1)?.[0].length === 150,
      );
    }
    expect(heard).toEqual(messages);
    expect(full).toBeGreaterThan(0);
    expect(runs).toBeLessThan(messages.length);
  });

  it("fill a chunk to its last octet, and what does not fit goes into the next", async () => {
    const { packer, source, inbox, hear } = ends();
    const lengths = [14, 14, 14, 14, 0];
    for (const [i, length] of lengths.entries()) source.addMessage([new Uint8Array(length).fill(i + 1)]);
    while (packer.takeFrom(source) && packer.put());
    packer.publish();
    hear();
    const runs: number[][] = [];
    for (let run = 0; run < 2; run++) {
      const { value } = await inbox.nextRun();
      runs.push(Array.from(value as FrameBatch, ({ payload }) => payload.length));
    }
    expect(runs).toEqual([[14, 14, 14, 14], [0]]);
  });

  it("are told of later if no slot is free, and it is said that somebody has to try again", () => {
    const { packer, source, reader, deliver } = ends();
    for (let i = 0; i < 5; i++) {
      source.addMessage([Uint8Array.of(i)]);
      packer.takeFrom(source);
      if (packer.put()) packer.publish();
    }
    expect([packer.busy || packer.refused, packer.ready || packer.busy]).toEqual([true, true]);
    deliver();
    reader.free();
    deliver();
    if (packer.busy) expect(packer.put()).toBe(true);
    packer.publish();
    expect([packer.busy, packer.ready, packer.refused]).toEqual([false, false, false]);
  });
});

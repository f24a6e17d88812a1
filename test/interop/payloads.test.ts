/** Payloads of every size that frames treat differently, and messages of many frames, to libzmq and from it. */
import { describe, expect, it } from "vitest";
import { Pair } from "zeromq";
import { codecs } from "../support/codecs.js";
import { meet, opened } from "../support/libzmq.js";
import { type Way, ways } from "../support/wire.js";

const KIB = 1024;
const MIB = 1024 * KIB;
const SIZES = [0, 1, 255, 256, 64 * KIB - 1, 64 * KIB, MIB, 16 * MIB];
const FRAMES = [1, 2, 3, 10, 100, 1000];

/** Octets that repeat nowhere nearby, so that none can be missing or out of place unseen. */
const pattern = Buffer.from(Uint8Array.from({ length: 16 * MIB }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24));

const inputs = codecs.flatMap((codec) => (Object.keys(ways) as Way[]).map((way) => ({ codec, way })));

describe.each(inputs)("$codec.name codec, $way", ({ codec, way }) => {
  it.each(SIZES)("a payload of %i octets, there and back", async (size) => {
    const theirs = opened(new Pair());
    const wire = await meet({ socketType: "PAIR", codec }, theirs, { way });
    const payload = pattern.subarray(0, size);

    await wire.send(payload);
    await wire.send("after it");
    const there = await theirs.receive();
    expect(there.length).toBe(1);
    expect(payload.equals(there[0])).toBe(true);
    expect(String(await theirs.receive())).toBe("after it");

    await theirs.send(payload);
    await theirs.send("after it");
    const back = await wire.message();
    expect(back.length).toBe(1);
    expect(payload.equals(back[0])).toBe(true);
    expect(String(await wire.message())).toBe("after it");
  });

  it.each(FRAMES)("a message of %i frames, there and back", async (count) => {
    const theirs = opened(new Pair());
    const wire = await meet({ socketType: "PAIR", codec }, theirs, { way });
    // Every third is empty, and now and then one is long.
    const frames = Array.from({ length: count }, (_, i) => (i % 3 === 1 ? "" : `frame ${i}`.padEnd(i % 400)));

    await wire.send(frames);
    await wire.send("after it");
    expect((await theirs.receive()).map(String)).toEqual(frames);
    expect((await theirs.receive()).map(String)).toEqual(["after it"]);

    await theirs.send(frames);
    await theirs.send("after it");
    expect((await wire.message()).map(String)).toEqual(frames);
    expect((await wire.message()).map(String)).toEqual(["after it"]);
    const mores = wire.events.flatMap((event) => (event.type === "Frame" ? [event.frame.more] : []));
    expect(mores).toEqual([...frames.map((_, i) => i < count - 1), false]);
  });
});

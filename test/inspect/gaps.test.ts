/** What captures lose: packets, the ends of packets, their own end. It is said, and the rest is told. */
import { expect, it } from "vitest";
import { encodeFrame, encodeGreeting } from "../../src/index.js";
import { type Entry, type Recorded, readPcap, Story } from "../../src/inspect/index.js";
import { packet, pcap, pcapng } from "./captured.js";

const NONE = new Uint8Array(0);
const frames = [encodeFrame("first", { more: true }), encodeFrame("second")];
const hello = Buffer.concat([
  encodeGreeting(),
  ...frames,
  encodeFrame(new Uint8Array(400).fill(7)),
  encodeFrame("end"),
]);
/** Where each frame begins. */
const [FIRST, SECOND, LONG, END] = [64, 71, 79, 488];

/** A capture of one side that has these parts of the stream, from the SYN to the FIN. */
function captured(...parts: [from: number, to: number][]): Recorded[] {
  const part = ([from, to]: [number, number]) => packet(4, [1, 2], 101 + from, 24, hello.subarray(from, to));
  const syn = packet(4, [1, 2], 100, 2, NONE);
  const fin = packet(4, [1, 2], 101 + hello.length, 17, NONE);
  return [...readPcap(pcap(101, true, [syn, ...parts.map(part), fin]))];
}

function story(records: readonly Recorded[]): Entry[] {
  const told = new Story({ framing: "stream" });
  return records.flatMap(({ side, octets, missing }) => [
    ...(missing === undefined ? [] : told.gap(side, missing)),
    ...(octets === undefined ? told.end(side) : told.read(side, octets)),
  ]);
}

const brief = (entries: readonly Entry[]) => entries.map(({ kind, start, end }) => [kind, start, end]);

it("keeps what waits behind a gap, and counts what is missing", () => {
  const records = captured([0, 66], [70, 75]);
  expect(records.map(({ octets, missing }) => [octets?.length, missing])).toEqual([
    [66, undefined],
    [5, 4],
    [0, hello.length - 75],
    [undefined, undefined],
  ]);
  expect(records[1].octets).toEqual(new Uint8Array(hello.subarray(70, 75)));
});

it("ends a side at a gap in which frames may begin, and names the octets", () => {
  const entries = story(captured([0, 66], [75, 490]));
  expect(brief(entries)).toEqual([
    ["greeting", 0, 64],
    ["gap", 66, 75],
    ["gap", 75, hello.length],
  ]);
  expect(entries[1].title).toBe("A gap: the capture lost 9 octets, 66 to 74; this side is not told any further");
  // Without a header it is not known how far the frame would go.
  for (const header of [1, 5]) {
    expect(brief(story(captured([0, LONG + header], [LONG + header + 1, hello.length]))).at(-2)?.[0]).toBe("gap");
  }
});

it("goes on behind a gap that lies inside one frame", () => {
  const entries = story(captured([0, 66], [FIRST + 4, LONG + 100], [END - 1, hello.length]));
  expect(brief(entries)).toEqual([
    ["greeting", 0, 64],
    ["gap", 66, 68],
    ["message", 64, LONG],
    ["gap", LONG + 100, END - 1],
    ["message", LONG, END],
    ["message", END, hello.length],
  ]);
  expect(entries[1].title).toBe(
    "A gap: the capture lost 2 octets, 66 to 67; all inside one frame, where zeros stand for them",
  );
  expect(Buffer.from(entries[2].frames?.[0]?.preview as Uint8Array).toString()).toBe("\0\0rst");
  expect(entries[2].frames?.[1]).toMatchObject({ start: SECOND, length: 6 });
});

it("knows what a capture of short packets has cut off, at once and not at its end", () => {
  const whole = packet(4, [1, 2], 101, 24, hello.subarray(0, 480));
  const rest = packet(4, [1, 2], 101 + 480, 24, hello.subarray(480));
  const records = [...readPcap(pcap(101, true, [packet(4, [1, 2], 100, 2, NONE), whole.subarray(0, 40 + 90), rest]))];
  expect(records.map(({ octets, missing, time }) => [octets?.length, missing, time])).toEqual([
    [90, undefined, 1000.5],
    [0, 390, 1000.5],
    [hello.length - 480, undefined, 2000.5],
  ]);
  expect(brief(story(records)).map(([kind]) => kind)).toEqual(["greeting", "message", "gap", "message", "message"]);
});

it("tells both sides apart: a gap in one leaves the other, and other connections", () => {
  const answer = Buffer.concat([encodeGreeting(), encodeFrame("answer")]);
  const file = pcap(101, true, [
    packet(4, [1, 2], 100, 2, NONE),
    packet(4, [2, 1], 500, 18, NONE),
    packet(4, [1, 2], 101, 24, hello.subarray(0, 30)),
    packet(4, [1, 2], 101 + 60, 24, hello.subarray(60)),
    packet(4, [2, 1], 501, 24, answer),
    packet(6, [3, 2], 7, 24, answer),
  ]);
  const records = [...readPcap(file)];
  expect(records.map(({ connection, side }) => `${connection} ${side}`)).toEqual([
    "0 client",
    "0 server",
    "1 client",
    "0 client",
  ]);
  const server = story(records.filter(({ connection, side }) => connection === 0 && side === "server"));
  expect(brief(server).map(([kind]) => kind)).toEqual(["greeting", "message"]);
});

it("tells all of a capture that breaks off, and then says so by an Error", () => {
  for (const make of [pcap, pcapng]) {
    const packets = [packet(4, [1, 2], 5, 24, hello), packet(4, [2, 1], 5, 24, hello)];
    const file = make(101, true, packets).subarray(0, -9);
    const records: Recorded[] = [];
    expect(() => {
      for (const record of readPcap(file)) records.push(record);
    }).toThrow(/breaks off/);
    expect(Buffer.from(records[0]?.octets as Uint8Array).equals(hello)).toBe(true);
  }
});

it("refuses a capture that breaks off, wherever it does", () => {
  const file = pcapng(101, true, [packet(4, [1, 2], 5, 24, hello)]);
  for (let cut = 29; cut < file.length; cut++) {
    const damaged = file.subarray(0, cut);
    if (cut === 48) continue; // Between two blocks it is whole.
    expect(() => [...readPcap(damaged)], `${cut}`).toThrow(/breaks off/);
  }
});

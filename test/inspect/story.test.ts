/** Stories of recorded traffic, cut anywhere; captures and hexadecimal of the same octets. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { encodeFrame, encodeGreeting } from "../../src/index.js";
import { type Entry, parseHex, readPcap, Story } from "../../src/inspect/index.js";
import { catalogue } from "../faults/catalogue.js";
import { packet, pcap, pcapng } from "./captured.js";

const folder = new URL("../captures/", import.meta.url);
const { captures } = JSON.parse(readFileSync(new URL("index.json", folder), "utf8"));
const plain = ({ side, start, end, kind, title, name, fields, frames, error }: Entry) => {
  return { side, start, end, kind, title, name, fields, frames, error: error && [error.code, error.offset] };
};

function told(octets: Uint8Array, piece: number) {
  const story = new Story();
  const entries: Entry[] = [];
  for (let at = 0; at < octets.length; at += piece) {
    entries.push(...story.read("server", octets.slice(at, at + piece)));
  }
  return [...entries, ...story.end("server")].map(plain);
}

it("tells every recorded peer the same whole, and octet by octet, and leaves no octet out", () => {
  for (const { fromPeer, messagesFromPeer } of captures) {
    const octets = new Uint8Array(readFileSync(new URL(fromPeer, folder)));
    const whole = told(octets, octets.length);
    // A short run is cut at each octet; a long one in uneven pieces.
    expect(told(octets, octets.length < 1000 ? 1 : 7)).toEqual(whole);
    if (whole.some(({ error }) => error !== undefined)) continue;
    let at = 0;
    for (const { start, end } of whole) {
      expect(start).toBe(at);
      at = end;
    }
    expect(at).toBe(octets.length);
    const messages = whole.filter(({ kind }) => kind === "message");
    expect(messages.length, fromPeer).toBeGreaterThanOrEqual(messagesFromPeer > 0 ? 1 : 0);
  }
});

it("names the octet of each fault in frames and greetings as a session does", () => {
  const seen = catalogue.filter(({ code }) => /^(NOT_ZMTP|OLD_VERSION|MALFORMED_GREETING|RESERVED_FLAGS)$/.test(code));
  expect(seen.length).toBeGreaterThan(20);
  for (const { id, octets, code, offset } of seen) {
    for (const piece of [1, octets.length]) {
      expect([id, told(octets, piece).at(-1)?.error]).toEqual([id, [code, offset]]);
    }
  }
});

const hello = Buffer.concat([encodeGreeting(), encodeFrame("first", { more: true }), encodeFrame("second")]);

it("reads hexadecimal as people paste it", () => {
  const digits = hello.toString("hex");
  const pairs = digits.match(/../g) as string[];
  const lines = (glue: string, head: (at: number) => string, tail: string) =>
    Array.from({ length: Math.ceil(pairs.length / 16) }, (_, i) => {
      return `${head(i * 16)}${pairs.slice(i * 16, i * 16 + 16).join(glue)}${tail}`;
    }).join("\n");
  const offset = (at: number) => at.toString(16).padStart(8, "0");
  const pasted = [
    digits,
    pairs.join(" "),
    pairs.map((pair) => `0x${pair}`).join(", "),
    lines(" ", (at) => `${offset(at)}: `, "  ..text.."),
    lines(" ", (at) => `${offset(at)}  `, "  |abcdef|"),
  ];
  for (const text of pasted) expect(Buffer.from(parseHex(text)).toString("hex")).toBe(digits);
  expect(() => parseHex("ff 0")).toThrow(/odd/);
  expect(() => parseHex("ff zz")).toThrow(/"z"/);
});

const tagged = (before: number, protocol: number) => {
  const header = Buffer.alloc(before + 8);
  // Two tags of VLANs, one inside the other.
  header.writeUInt16BE(0x88a8, protocol);
  header.writeUInt16BE(0x8100, before + 2);
  header.writeUInt16BE(0x0800, before + 6);
  return header;
};

/** What stands in front of IP on each link; on some of them with tags of VLANs. */
const LINKS: [number, Buffer][] = [
  [0, Buffer.alloc(4)],
  [1, Buffer.alloc(14)],
  [1, tagged(14, 12)],
  [101, Buffer.alloc(0)],
  [113, Buffer.alloc(16)],
  [113, tagged(16, 14)],
  [276, Buffer.alloc(20)],
  [276, tagged(20, 0)],
];

it("finds the same stream in captures of every link, both versions of IP and both byte orders", () => {
  // A sequence number that wraps, segments out of order, one sent again, and one that overlaps.
  const base = 0xfffffff0;
  const part = (from: number, to: number) => ({ at: base + 1 + from, octets: hello.subarray(from, to) });
  const parts = [part(0, 10), part(40, 60), part(10, 40), part(10, 40), part(50, hello.length)];
  for (const [link, before] of LINKS) {
    for (const version of [4, 6] as const) {
      const frames = [
        packet(version, [4000, 5000], base, 2, new Uint8Array(0)),
        packet(version, [5000, 4000], 7, 18, new Uint8Array(0)),
        ...parts.map(({ at, octets }) => packet(version, [4000, 5000], at, 24, octets)),
        packet(version, [4000, 5000], base + 1 + hello.length, 17, new Uint8Array(0)),
      ].map((ip) => Buffer.concat([before, ip]));
      for (const little of [true, false]) {
        for (const file of [pcap(link, little, frames), pcapng(link, little, frames)]) {
          const records = [...readPcap(file)];
          expect(new Set(records.map(({ side, connection }) => `${side} ${connection}`))).toEqual(
            new Set(["client 0"]),
          );
          expect(records.at(-1)?.octets).toBeUndefined();
          const stream = Buffer.concat(records.flatMap(({ octets }) => octets ?? []));
          expect(stream.equals(hello)).toBe(true);
          expect(records[0].time).toBe(file.readUInt32BE(0) === 0x0a0d0d0a ? 1000.5 : 2000.5);
        }
      }
    }
  }
});

it("keeps of a message 64 octets a frame and 1024 frames, whatever the peer sends", () => {
  const story = new Story();
  const long = encodeFrame(new Uint8Array(300_000).fill(7), { more: true });
  const chain = Array.from({ length: 5000 }, (_, i) => encodeFrame(`frame ${i}`, { more: i < 4999 }));
  const octets = Buffer.concat([encodeGreeting(), long, ...chain]);
  const [, message] = story.read("client", octets);
  octets.fill(0);
  expect([message.title, message.end]).toEqual(["Message of 5001 frames", octets.length]);
  const { frames = [], fields } = message;
  expect(frames.length).toBe(1024);
  expect(frames[0]).toMatchObject({ start: 64, end: 64 + long.length, length: 300_000 });
  expect(frames[0].preview).toEqual(new Uint8Array(64).fill(7));
  expect(frames[0].preview.buffer.byteLength).toBe(64);
  expect(Buffer.from(frames[1023].preview).toString()).toBe("frame 1022");
  expect(fields[2]).toMatchObject({ name: "payload", start: 73, end: 300_073, value: expect.stringMatching(/…$/) });
  expect(fields.length).toBe(3 * 64);
});

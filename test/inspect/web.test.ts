/** A WebSocket as TCP carries it: upgrade, masks, control frames, ZWS in it; with libzmq at the other end. */
import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import * as zmq from "zeromq";
import { connect } from "../../src/connection/node/connect.js";
import { type Entry, filterName, type Side, Story } from "../../src/inspect/index.js";
import { opened } from "../support/libzmq.js";
import { holes, passing, storyOf, uncovered } from "./passing.js";

const REQUEST =
  "GET /zws HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n" +
  "Sec-WebSocket-Protocol: ZWS2.0\r\nSec-WebSocket-Version: 13\r\n\r\n";
const ANSWER = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nSec-WebSocket-Protocol: ZWS2.0\r\n\r\n";

/** A WebSocket frame; `first` is its first octet. */
function frame(first: number, payload: Buffer, mask?: Buffer): Buffer {
  const { length } = payload;
  const size = length < 126 ? Buffer.of(length) : Buffer.of(126, length >> 8, length & 255);
  if (mask === undefined) return Buffer.concat([Buffer.of(first), size, payload]);
  size[0] |= 0x80;
  return Buffer.concat([Buffer.of(first), size, mask, payload.map((octet, i) => octet ^ mask[i & 3])]);
}

const MASK = Buffer.of(0x11, 0x22, 0x33, 0x44);

/** The story of one side, in pieces of so many octets. */
function told(side: Side, octets: Buffer, piece = octets.length): Entry[] {
  const story = new Story({ framing: "stream" });
  const entries: Entry[] = [];
  for (let at = 0; at < octets.length; at += piece) entries.push(...story.read(side, octets.subarray(at, at + piece)));
  return [...entries, ...story.end(side)];
}

const plain = (entries: readonly Entry[]) =>
  entries.map(({ kind, name, title, start, end, frames, fields, error }) => {
    return { kind, name, title, start, end, frames, fields, error: error && [error.code, error.offset] };
  });

const brief = (entries: readonly Entry[]) => entries.map(({ kind, title, name }) => [kind, title, name ?? ""]);

it("tells what passes between a libzmq publisher and a subscriber of ours, octet by octet as well", async () => {
  const publisher = opened(new zmq.Publisher({ linger: 0 }));
  await publisher.bind("ws://127.0.0.1:*");
  const proxy = await passing(Number(/:(\d+)/.exec(String(publisher.lastEndpoint))?.[1]));
  const path = String(publisher.lastEndpoint).replace(/:\d+/, `:${proxy.port}`);
  const subscriber = await connect(path, { socketType: "SUB", identity: "me" });
  onTestFinished(() => subscriber.destroy());
  subscriber.subscribe("a");
  const sent = new Promise<void>((resolve) => {
    const timer = setInterval(() => void publisher.send(["a topic", Buffer.alloc(300, "long")]), 20);
    onTestFinished(() => clearInterval(timer));
    void proxy.until((entries) => entries.some(({ kind }) => kind === "message")).then(() => resolve());
  });
  await sent;
  const entries = await proxy.until((all) => all.some(({ side, frames }) => side === "server" && frames?.length === 2));
  const passed = [...proxy.passed];
  const client = entries.filter(({ side }) => side === "client");
  expect(brief(client).slice(0, 2)).toEqual([
    ["greeting", expect.stringMatching(/^WebSocket upgrade: GET \S+ HTTP\/1.1; .*ZWS2.0/), ""],
    ["greeting", 'Identity: "me"', ""],
  ]);
  const server = entries.filter(({ side }) => side === "server");
  expect(brief(server).slice(0, 2)).toEqual([
    ["greeting", "WebSocket upgrade: HTTP/1.1 101 Switching Protocols; ZWS2.0", ""],
    ["greeting", "Identity: none", ""],
  ]);
  const message = server.find(({ kind }) => kind === "message");
  expect(message?.frames).toMatchObject([
    { length: 7, more: true },
    { length: 300, more: false },
  ]);
  expect(uncovered(storyOf(passed), passed)).toBe(0);
  expect(holes(storyOf(passed).filter(({ frames }) => frames === undefined || frames.length < 64))).toEqual([]);
  expect(plain(storyOf(passed, 1))).toEqual(plain(storyOf(passed)));
});

it("takes the mask off, puts fragments together, and tells control frames in between", () => {
  const octets = Buffer.concat([
    Buffer.from(REQUEST),
    frame(0x82, Buffer.from("\0"), MASK),
    frame(0x02, Buffer.from("\0first "), MASK),
    frame(0x89, Buffer.from("alive?"), MASK),
    frame(0x80, Buffer.from("second"), MASK),
    frame(0x82, Buffer.concat([Buffer.from("\x02\x05READY\x0bSocket-Type\0\0\0\x03"), Buffer.from("SUB")]), MASK),
    frame(0x88, Buffer.from("\x03\xe8bye", "latin1"), MASK),
  ]);
  const entries = told("client", octets);
  expect(brief(entries)).toEqual([
    ["greeting", "WebSocket upgrade: GET /zws HTTP/1.1; ZWS2.0", ""],
    ["greeting", "Identity: none", ""],
    ["command", "WebSocket Ping", "Ping"],
    ["message", "Message", ""],
    ["command", "READY", "READY"],
    ["command", "WebSocket Close", "Close"],
  ]);
  expect(Buffer.from(entries[3].frames?.[0]?.preview as Uint8Array).toString()).toBe("first second");
  const fields = entries.flatMap((entry) => entry.fields.map(({ name, value }) => [filterName(name), value]));
  expect(fields).toEqual(
    expect.arrayContaining([
      ["http.sec_websocket_protocol", "ZWS2.0"],
      ["websocket.opcode", "Ping"],
      ["websocket.payload_length", "6, masked"],
      ["websocket.masking_key", "4 octets"],
      ["zmtp.metadata.value", '"SUB"'],
      ["websocket.payload.close.status_code", "1000"],
      ["websocket.payload.close.reason", '"bye"'],
    ]),
  );
  expect(holes(entries.filter(({ kind }) => kind !== "message"))).toEqual([]);
  for (const piece of [1, 3]) expect(plain(told("client", octets, piece))).toEqual(plain(entries));
});

const behind = (...frames: Buffer[]) => Buffer.concat([Buffer.from(ANSWER), ...frames]);
const AT = ANSWER.length;

it.each([
  ["text", behind(frame(0x81, Buffer.from("\0"))), "RESERVED_FLAGS", AT, /is text/],
  ["compression", behind(frame(0xc2, Buffer.from("\0"))), "RESERVED_FLAGS", AT, /compressed/],
  [
    "flags",
    behind(frame(0x82, Buffer.from("\0")), frame(0x82, Buffer.of(9))),
    "RESERVED_FLAGS",
    AT + 5,
    /not 0, 1 or 2/,
  ],
  ["an empty message", behind(frame(0x82, Buffer.alloc(0))), "RESERVED_FLAGS", AT + 2, /empty/],
  ["a continuation of nothing", behind(frame(0x80, Buffer.from("\0"))), "RESERVED_FLAGS", AT, /continues no message/],
  [
    "a message in a message",
    behind(frame(2, Buffer.of(0)), frame(2, Buffer.of(0))),
    "RESERVED_FLAGS",
    AT + 3,
    /inside/,
  ],
  ["an unknown opcode", behind(frame(0x8b, Buffer.of(0))), "RESERVED_FLAGS", AT, /opcode 11/],
  ["a frame that breaks off", behind(frame(0x82, Buffer.from("\0abc")).subarray(0, -1)), "TRUNCATED", AT + 5, /frame/],
  ["an answer that breaks off", Buffer.from(ANSWER).subarray(0, -1), "NOT_ZMTP", 0, /0x48/],
  ["HTTP without an upgrade", Buffer.from("HTTP/1.1 200 OK\r\n\r\n"), "NOT_ZMTP", 0, /0x48/],
] as const)("names the octet of a fault: %s", (_, octets, code, offset, message) => {
  for (const piece of [1, octets.length]) {
    const last = told("server", octets, piece).at(-1);
    expect([last?.error?.code, last?.error?.offset]).toEqual([code, offset]);
    expect(`${last?.title} ${last?.error?.message}`).toMatch(message);
  }
});

it("says that a server refuses the upgrade, if there was one", () => {
  const story = new Story({ framing: "stream" });
  story.read("client", Buffer.from(REQUEST));
  const [refused] = story.read("server", Buffer.from("HTTP/1.1 404 Not Found\r\n\r\n"));
  expect([refused.error?.code, refused.title]).toEqual([
    "NOT_ZMTP",
    'The server does not upgrade to WebSocket: it answers "HTTP/1.1 404 Not Found"',
  ]);
});

it("ends a side at a gap", () => {
  const story = new Story({ framing: "stream" });
  story.read("client", Buffer.from(REQUEST));
  expect(story.gap("client", 3)).toMatchObject([{ kind: "gap", start: REQUEST.length, end: REQUEST.length + 3 }]);
  expect(story.read("client", frame(0x82, Buffer.from("\0")))).toEqual([]);
});

it("means the same however it is cut, whatever it holds, and throws for nothing", () => {
  const payload = fc.uint8Array({ maxLength: 140 }).map((octets) => Buffer.from(octets));
  const first = fc.constantFrom(0x82, 0x82, 0x82, 0x02, 0x80, 0x89, 0x8a, 0x88, 0x00, 0x81, 0xc2);
  const parts = fc.array(fc.tuple(first, fc.constantFrom(0, 0, 1, 2, 7), payload, fc.boolean()), { maxLength: 8 });
  const spoilt = fc.option(fc.tuple(fc.nat(), fc.nat(255)));
  fc.assert(
    fc.property(parts, spoilt, fc.integer({ min: 1, max: 50 }), (frames, spoil, piece) => {
      const octets = Buffer.concat([
        Buffer.from(REQUEST),
        ...frames.map(([kind, flag, body, masked]) => {
          return frame(kind, Buffer.concat([Buffer.of(flag), body]), masked ? MASK : undefined);
        }),
      ]);
      if (spoil !== null) octets[spoil[0] % octets.length] = spoil[1];
      // How much lies behind a fault when it is told depends on the cut.
      const same = (entries: readonly Entry[]) =>
        plain(entries).map((e) => (e.kind === "fault" ? { ...e, end: 0 } : e));
      expect(same(told("client", octets, piece))).toEqual(same(told("client", octets)));
    }),
    { numRuns: 300 },
  );
});

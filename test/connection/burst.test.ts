/**
 * Many messages in one tick: the way out looks at few of them, and says of each what it would if it looked. Each test here
 * fails where one of the occasions to look again is forgotten.
 */
import { expect, it } from "vitest";
import { Outflow } from "../../src/connection/outflow.js";
import { ZmtpOutbox } from "../../src/connection/zmtp-outbox.js";
import { defaultCodec, encodeFrame } from "../../src/index.js";
import { NotedTransport } from "../support/noted.js";
import { bytes, concat, pattern } from "../support/pieces.js";

const MiB = 1024 * 1024;

function outflowWith(mark: number) {
  const outbox = new ZmtpOutbox(defaultCodec(), true);
  const outflow = new Outflow(outbox, mark, { moved() {} });
  const transport = new NotedTransport();
  const send = (payload: Uint8Array | string) => {
    outbox.message(payload);
    return outflow.accepted();
  };
  return { outbox, outflow, transport, send };
}

/** With a transport, and open. */
function begun(mark: number) {
  const parts = outflowWith(mark);
  parts.outflow.attach(parts.transport);
  parts.outflow.open(undefined);
  return parts;
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

it("each burst leaves at the end of its own tick", async () => {
  const { outflow, transport, send } = begun(MiB);
  for (let i = 0; i < 3; i++) {
    for (const payload of ["a", "b", `${i}`]) expect(send(payload)).toBe(true);
    expect(transport.chunks.length).toBe(i);
    await tick();
    expect(transport.chunks[i]).toEqual(concat(...["a", "b", `${i}`].map((payload) => encodeFrame(payload))));
    outflow.sent(9);
  }
});

it("what was sent before there was a transport, some ticks ago, leaves once there is one, with what comes then", async () => {
  const { outflow, transport, send } = outflowWith(MiB);
  for (let i = 0; i < 3; i++) send("early");
  await tick();
  send("late");
  outflow.attach(transport);
  outflow.open(undefined);
  send("last");
  await tick();
  const sent = ["early", "early", "early", "late", "last"];
  expect(concat(...transport.chunks)).toEqual(concat(...sent.map((payload) => encodeFrame(payload))));
});

it("128 KiB leave at once, and the rest of the burst at its end", async () => {
  const { transport, send } = begun(MiB);
  for (let i = 0; i < 1400; i++) send(pattern(100));
  expect(transport.octets).toBe(131_172);
  await tick();
  expect(transport.octets).toBe(1400 * 102);
});

it("what comes behind a message that left at once leaves at the end of the tick", async () => {
  const { transport, send } = begun(MiB);
  // No tick's end is to come when it leaves.
  await tick();
  send(pattern(131_072));
  send("behind");
  await tick();
  expect(transport.chunks.at(-1)).toEqual(encodeFrame("behind"));
});

it("the mark is seen at the message that reaches it, whatever else waits", () => {
  const { outflow, send } = begun(1000);
  expect(send(pattern(98))).toBe(true);
  expect(send(pattern(98))).toBe(true);
  outflow.command(bytes(4, 1, 0));
  outflow.command(pattern(497));
  expect(send(pattern(98))).toBe(true);
  expect(send(pattern(98))).toBe(true);
  expect(send(pattern(97))).toBe(true);
  expect(outflow.waiting).toBe(999);
  expect(send("")).toBe(false);
});

it("a system that takes no more is told to the sender at the mark, and that it takes more, when it does", async () => {
  const { outflow, transport, send } = begun(1000);
  transport.roomy = false;
  send(pattern(491));
  await tick();
  expect([send(pattern(98)), send(pattern(98)), send(pattern(290)), send("")]).toEqual([true, true, true, false]);
  transport.roomy = true;
  outflow.sent(500);
  expect([transport.octets, outflow.waiting]).toEqual([1001, 501]);
  outflow.sent(501);
  expect(send("more")).toBe(true);
  await tick();
  expect(transport.chunks.at(-1)).toEqual(encodeFrame("more"));
});

it("messages that the system will take count no more once a mark in messages is reached; those that it will not, do", async () => {
  const { outbox, outflow, transport, send } = begun(MiB);
  for (let i = 0; i < 10; i++) send(pattern(10));
  outflow.relieve();
  expect([outbox.messages, transport.octets, outflow.waiting]).toEqual([0, 0, 120]);
  await tick();
  expect(transport.octets).toBe(120);
  // 128 KiB are worth a write.
  outbox.message(pattern(130_000));
  outbox.message(pattern(10_000));
  outflow.relieve();
  expect([outbox.messages, transport.octets]).toEqual([0, 120 + 130_009 + 10_009]);
  transport.roomy = false;
  send(pattern(10));
  await tick();
  send(pattern(10));
  outflow.relieve();
  expect(outbox.messages).toBe(1);
});

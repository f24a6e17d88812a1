/** Many messages each way, in order and whole, with the back-pressure of a real socket. */
import { describe, expect, it } from "vitest";
import { Pair } from "zeromq";
import { FLOOD } from "../support/amount.js";
import { codecs } from "../support/codecs.js";
import { meet, opened } from "../support/libzmq.js";

const COUNT = FLOOD;
const AT_ONCE = 1000;

/** Message `i`, of a length that changes from one to the next: most short, some long. */
const filler = "-".repeat(300);
const text = (i: number) => `${i} ${filler.slice(0, (i * 7) % 300)}`;

const inputs = codecs.flatMap((codec) => (["receive", "receiveBatches"] as const).map((way) => ({ codec, way })));

describe.each(inputs)("$codec.name codec, $way", ({ codec, way }) => {
  it(`${COUNT} messages each way at the same time`, async () => {
    const theirs = opened(new Pair());
    const wire = await meet({ socketType: "PAIR", codec }, theirs, { way });

    const weSend = async () => {
      for (let i = 0; i < COUNT; i += AT_ONCE) {
        const messages = Array.from({ length: AT_ONCE }, (_, j) => wire.session.send(text(i + j)));
        await wire.write(Buffer.concat(messages));
      }
    };
    const theySend = async () => {
      for (let i = 0; i < COUNT; i++) await theirs.send(text(i));
    };
    const weReceive = async () => {
      for (let i = 0; i < COUNT; i++) same(await wire.message(), text(i));
    };
    const theyReceive = async () => {
      for (let i = 0; i < COUNT; i++) same(await theirs.receive(), text(i));
    };
    await Promise.all([weSend(), theySend(), weReceive(), theyReceive()]);
  });
});

/** As `expect` says it, without the price of a hundred thousand times `expect`. */
function same(message: readonly Buffer[], expected: string): void {
  if (message.length !== 1 || message[0].toString("latin1") !== expected)
    expect(message.map(String)).toEqual([expected]);
}

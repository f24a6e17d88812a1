/** A short soak, and that a soak would notice. The long one: `npm run soak`. */
import { expect, it } from "vitest";
import { Program } from "../examples/program.js";
// @ts-expect-error: a program in plain JavaScript
import { Ledger, Reconciliation } from "./ledger.js";
// @ts-expect-error: a program in plain JavaScript
import { makeMessage, readMessage } from "./message.js";
// @ts-expect-error: a program in plain JavaScript
import { wrongs } from "./verdict.js";

it("loses and doubles nothing for some seconds", { timeout: 240_000 }, async () => {
  const program = Program.file("test/soak/run.js", "--seconds", "8");
  const code = await program.exit;
  expect(program.errors).not.toContain("WRONG");
  expect([code, program.lines.at(-1)]).toEqual([0, expect.stringContaining("nothing lost or doubled")]);
  expect(program.lines.join("\n")).toMatch(/[1-9]\d* killed/);
});

it("counts what comes twice, and what is missing", () => {
  const ledger = new Ledger(0);
  for (const number of [0, 1, 5, 3, 4, 5, 40_000, 40_002, 2]) ledger.take(number);
  // 5 twice; 2 so late that it counts as twice.
  expect(ledger).toMatchObject({ count: 7, doubled: 2 });
  expect(ledger.close()).toMatchObject({ missing: 1 + (40_000 - 6) + 1, gaps: 3 });
  const late = new Ledger(undefined);
  for (const number of [7, 8, 7]) late.take(number);
  expect(late.close()).toMatchObject({ count: 2, doubled: 1, missing: 0 });
});

it("notices a changed octet anywhere", () => {
  const message = makeMessage(Buffer.from("soak"), 3, 4711).map((frame: Buffer) => Buffer.from(frame));
  expect(readMessage(message)).toMatchObject({ stream: 3, number: 4711 });
  for (const [at, { length }] of message.entries()) {
    if (length === 0) continue;
    const changed = message.map((frame: Buffer) => Buffer.from(frame));
    changed[at][length - 1] ^= 1;
    expect(() => readMessage(changed)).toThrow("has changed");
  }
  expect(() => readMessage([...message, Buffer.alloc(0)])).toThrow("has changed");
});

const stream = {
  stream: 1,
  kind: "work",
  wild: true,
  from: "ours",
  to: "libzmq",
  sender: { lasting: true },
  way: { state: { broken: 2 } },
  count: 10,
  doubled: 0,
  gaps: 2,
  missing: 5,
  sent: 15,
};
const sample = (at: number, rss: number) => ({ process: "ours", at, rss, heap: 1, handles: 1 });
const flat = Array.from({ length: 100 }, (_, at) => sample(at, 100e6));
const judge = (change: object, rest: object = {}) =>
  wrongs({
    streams: [{ ...stream, ...change }],
    answers: new Reconciliation(),
    clients: [],
    samples: flat,
    seconds: 600,
    ...rest,
  });

it("finds nothing wrong with what is right", () => expect(judge({})).toEqual([]));

it.each([
  ["a message that comes twice", { doubled: 1 }, {}, "came twice"],
  ["more gaps than broken connections", { gaps: 3 }, {}, "3 gaps"],
  ["a loss on a connection that nothing breaks", { wild: false, sent: undefined }, {}, "no connection was broken"],
  ["the loss of the last ones there", { wild: false, missing: 0 }, {}, "10 of 15"],
  ["silence", { count: undefined }, {}, "nothing came"],
  ["a growing memory", {}, { samples: flat.map(({ at }) => sample(at, 100e6 + at * 1e6)) }, "rss grew"],
  ["an open question", {}, { clients: [{ name: "ours", last: { open: 1 } }] }, "without an answer"],
])("reports %s", (_, change, rest, words) => expect(judge(change, rest)).toEqual([expect.stringContaining(words)]));

it("reports an answer to what nobody has heard", () => {
  const answers = new Reconciliation();
  answers.done(["1:1", "1:2"]);
  answers.acknowledge(["1:1", "1:3"]);
  expect([answers.acknowledged, answers.lost]).toEqual([2, 1]);
  expect(judge({}, { answers })).toEqual([expect.stringContaining("acknowledged")]);
  answers.done(["1:3"]);
  expect(answers.lost).toBe(0);
});

/** Tests that mutants asked for: each was a change of the connection that no other test noticed. */
import { expect, it } from "vitest";
import { checkNumber } from "../../src/connection/number-rule.js";
import { overTransport } from "../../src/index.js";
import { pair } from "../support/connections.js";

const RULE = { unit: "octets", least: 1, most: Number.POSITIVE_INFINITY };

it.each([
  ["5", '"5"'],
  [null, "null"],
  [true, "true"],
  [{}, "an object"],
  [[], "an object"],
])("says what was given in place of a number: %j", (value, shown) =>
  expect(() => checkNumber("mark", value, RULE)).toThrow(`mark is a number of octets, from 1 on, not ${shown}`),
);

it.each([undefined, null, "tcp", {}])("says what opens a transport: not %j", async (wrong) =>
  expect(overTransport(wrong as never, { socketType: "PAIR" })).rejects.toThrow("overTransport takes a function"),
);

it.each([
  [97, true],
  [98, false],
])("a message of %i octets leaves room below a mark of 100: %s", async (octets, room) => {
  const [near] = await pair("tcp://127.0.0.1:0", { socketType: "PAIR", highWaterMark: 100 });
  // Its header has two. Nothing of it has left yet: all that a turn sends leaves at its end.
  expect(near.send(new Uint8Array(octets))).toBe(room);
});

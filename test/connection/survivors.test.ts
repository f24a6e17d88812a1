/** Tests that mutants asked for: each was a change of the connection that no other test noticed. */
import { expect, it } from "vitest";
import { parseEndpoint } from "../../src/connection/endpoint.js";
import { checkNumber } from "../../src/connection/number-rule.js";
import { overTransport, type TransportUser } from "../../src/index.js";
import { nextMessage, pair } from "../support/connections.js";
import { NotedTransport } from "../support/noted.js";
import { hello } from "../support/raw.js";

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

it.each(["nonsense", "TCP://x:1", "http://x", ""])("says what an endpoint begins with: not %j", (wrong) =>
  expect(() => parseEndpoint(wrong)).toThrow("is no endpoint: it begins with tcp://, ipc://, ws:// or wss://"),
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

it("a message may be written in place by octets or by numbers", async () => {
  const [near, far] = await pair("tcp://127.0.0.1:0", { socketType: "PAIR" });
  const first = near.room(2);
  near.memory.set([1, 2], first);
  const second = near.room(4);
  near.view.setUint32(second, 0x01020304);
  expect(Array.from((await nextMessage(far))[0])).toEqual([1, 2]);
  expect(Array.from((await nextMessage(far))[0])).toEqual([1, 2, 3, 4]);
});

it("ref() and unref() are the transport's, and nothing where it has none", async () => {
  for (const able of [true, false]) {
    const transport = new NotedTransport();
    if (!able) Object.assign(transport, { ref: undefined, unref: undefined });
    let user!: TransportUser;
    const opening = overTransport(
      (some) => {
        user = some;
        return transport;
      },
      { socketType: "PAIR" },
    );
    user.attached(transport);
    user.received(hello("PAIR"));
    const connection = await opening;
    transport.asked.length = 0;
    connection.ref();
    connection.unref();
    expect(transport.asked).toEqual(able ? ["ref", "unref"] : []);
    connection.destroy();
  }
});

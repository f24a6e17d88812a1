/** Strangers of a listener by themselves: who is turned away, by which address. */
import { expect, it } from "vitest";
import { Strangers } from "../../src/connection/node/strangers.js";

/** Who is turned away when these come, one after the other, of whom two of one address may be strangers at once. */
function turnedAway(addresses: readonly (string | undefined)[], maxHandshakes = 100): [number, string][] {
  const strangers = new Strangers({ maxHandshakes, maxHandshakesPerAddress: 2 });
  const turned: [number, string][] = [];
  for (const [i, address] of addresses.entries()) {
    const stranger = {
      address,
      turnAway(error: { code: string }) {
        strangers.delete(stranger);
        turned.push([i, error.code]);
      },
    };
    strangers.add(stranger);
    strangers.makeRoomFor(stranger);
  }
  return turned;
}

it.each([
  ["one of IPv4, whatever its ports", ["10.0.0.1:1", "10.0.0.2:1", "10.0.0.1:2", "10.0.0.1:3", "10.0.0.2:2"], 0],
  [
    "one network of IPv6, whatever the rest",
    ["[2001:db8:0:1::1]:5", "[::1]:1", "[2001:db8:0:1::2]:5", "[2001:db8::1:9:0:0:3]:5"],
    0,
  ],
  ["IPv4 as a socket of IPv6 shows it", ["[::ffff:10.0.0.2]:1", "10.0.0.1:1", "[::ffff:10.0.0.1]:2", "10.0.0.1:3"], 1],
  ["those of ipc://", ["10.0.0.1:1", undefined, undefined, undefined], 1],
])("the oldest of %s is turned away for the third", (_, addresses, index) => {
  expect(turnedAway(addresses)).toEqual([[index, "TOO_MANY_HANDSHAKES"]]);
});

it("networks that differ in their first half are counted apart", () => {
  const addresses = ["[2001:db8:0:1::1]:5", "[2001:db8:0:1::2]:5", "[2001:db8:0:2::1]:5", "[2001:db8:0:2::2]:5"];
  expect(turnedAway(addresses)).toEqual([]);
});

it("the oldest of all is turned away where there are too many in all", () => {
  expect(turnedAway(["10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1", "10.0.0.4:1"], 3)).toEqual([[0, "TOO_MANY_HANDSHAKES"]]);
});

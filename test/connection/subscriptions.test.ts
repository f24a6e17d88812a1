import { describe, expect, it } from "vitest";
import { Subscriptions } from "../../src/connection/subscriptions.js";
import { ascii, pattern } from "../support/pieces.js";

describe("what a subscriber wants", () => {
  it("is what any of its prefixes begins, each counted", () => {
    const wanted = new Subscriptions();
    expect(wanted.match("a")).toBe(false);
    wanted.add(ascii("ab"));
    wanted.add(ascii("ab"));
    expect([wanted.match("a"), wanted.match("ab"), wanted.match(ascii("abc")), wanted.match("b")]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    wanted.remove(ascii("ab"));
    expect(wanted.match("ab")).toBe(true);
    wanted.remove(ascii("ab"));
    wanted.remove(ascii("ab"));
    expect(wanted.match("ab")).toBe(false);
    wanted.add(ascii(""));
    expect(wanted.match("")).toBe(true);
  });

  it("costs its octets and its place, and nothing once it is cancelled", () => {
    const wanted = new Subscriptions();
    wanted.add(pattern(1000));
    const { cost } = wanted;
    expect(cost).toBeGreaterThan(1000);
    wanted.add(pattern(1000));
    expect(wanted.cost).toBe(2 * cost);
    wanted.remove(pattern(1000));
    wanted.remove(pattern(999));
    expect(wanted.cost).toBe(cost);
    wanted.remove(pattern(1000));
    expect(wanted.cost).toBe(0);
  });

  it("takes a bounded amount of memory", () => {
    const wanted = new Subscriptions();
    let taken = 0;
    while (wanted.add(pattern(100_000, taken + 1))) taken++;
    expect(taken).toBeGreaterThan(100);
    expect(taken).toBeLessThan(200);
  });
});

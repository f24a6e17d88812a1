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

  it("takes a bounded amount of memory", () => {
    const wanted = new Subscriptions();
    let taken = 0;
    while (wanted.add(pattern(100_000, taken + 1))) taken++;
    expect(taken).toBeGreaterThan(100);
    expect(taken).toBeLessThan(200);
  });
});

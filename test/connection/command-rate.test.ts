import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CommandRate } from "../../src/connection/command-rate.js";
import { COMMAND_BURST, COMMANDS_PER_SECOND } from "../../src/connection/limits.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** How many commands are tolerated, up to `most`, with so many milliseconds between two. */
function tolerated(rate: CommandRate, most: number, milliseconds: number): number {
  for (let count = 0; count < most; count++) {
    if (!rate.allows()) return count;
    vi.setSystemTime(Date.now() + milliseconds);
  }
  return most;
}

describe("commands that nobody asked for", () => {
  it("may come at a steady pace for ever, as those of a heartbeat do", () => {
    expect(tolerated(new CommandRate(), 5 * COMMAND_BURST, 1000)).toBe(5 * COMMAND_BURST);
  });

  it("may come so many at once, and no more", () => {
    expect(tolerated(new CommandRate(), 2 * COMMAND_BURST, 0)).toBe(COMMAND_BURST);
  });

  it("may come so many a second once the burst is used, and no more", () => {
    const rate = new CommandRate();
    tolerated(rate, COMMAND_BURST, 0);
    vi.setSystemTime(Date.now() + 2500);
    expect(tolerated(rate, COMMAND_BURST, 0)).toBe(2.5 * COMMANDS_PER_SECOND);
  });

  it("save up no more than a burst", () => {
    const rate = new CommandRate();
    tolerated(rate, COMMAND_BURST, 0);
    vi.setSystemTime(Date.now() + 3_600_000);
    expect(tolerated(rate, 2 * COMMAND_BURST, 0)).toBe(COMMAND_BURST);
  });
});

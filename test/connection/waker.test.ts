/** When the other thread is woken: at once where that is rare, else once a millisecond. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Waker } from "../../src/connection/thread/waker.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** A waker whose reader sleeps whenever it is told of something; what it did, in a word each. */
function waker() {
  const turns: (() => void)[] = [];
  const did: string[] = [];
  const asleep = { now: true };
  const made = new Waker({
    publish() {
      did.push("told");
      return asleep.now;
    },
    wake: () => void did.push("woke"),
    later: (act) => void turns.push(act),
  });
  const turn = () => {
    for (const act of turns.splice(0)) act();
    return did.splice(0).join(" ");
  };
  const pass = (milliseconds: number) => {
    vi.advanceTimersByTime(milliseconds);
    return turn();
  };
  /** Three at once: more than are told of one by one. */
  const rush = () => {
    for (let i = 0; i < 3; i++) {
      made.arrived();
      expect(turn()).toBe("told woke");
    }
  };
  return { made, asleep, turn, pass, rush };
}

it("tells once a turn of what is rare, and wakes only who sleeps", () => {
  const { made, asleep, turn, pass } = waker();
  made.arrived();
  made.arrived();
  expect(turn()).toBe("told woke");
  expect(pass(5)).toBe("");
  asleep.now = false;
  made.arrived();
  expect(turn()).toBe("told");
});

it("tells once a millisecond of what comes more often, until a tick finds nothing", () => {
  const { made, turn, pass, rush } = waker();
  rush();
  for (let i = 0; i < 3; i++) {
    made.arrived();
    made.arrived();
    expect(turn()).toBe("");
    expect(pass(1)).toBe("told woke");
  }
  expect(pass(1)).toBe("");
  made.arrived();
  expect(turn()).toBe("told woke");
});

it("does not wait for the tick where there is no more room, nor once the application has spoken", () => {
  const { made, turn, pass, rush } = waker();
  rush();
  made.arrived();
  made.hurry();
  expect(turn()).toBe("told woke");
  made.arrived();
  expect(turn()).toBe("");
  made.prompt();
  expect(turn()).toBe("told woke");
  made.arrived();
  expect(turn()).toBe("told woke");
  expect(pass(5)).toBe("");
});

it("wakes for what was told of elsewhere", () => {
  const { made, asleep, turn } = waker();
  asleep.now = false;
  made.owe();
  expect(turn()).toBe("told woke");
});

it("is still again once the application has spoken, though nothing waits to be told of", () => {
  const { made, turn, pass, rush } = waker();
  rush();
  made.prompt();
  expect(pass(5)).toBe("");
  made.arrived();
  expect(turn()).toBe("told woke");
});

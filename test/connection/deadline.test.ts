/** Time for others, and the end of a tick, where the engine has timers and promises alone, as a page has. */
import { describe, expect, it, onTestFinished } from "vitest";
import { deadline, onceRead, Patience } from "../../src/connection/deadline.js";
import { TickEnd } from "../../src/connection/tick.js";
import { after as timerFor } from "../../src/connection/timer.js";
import { busy } from "../support/busy.js";

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** As a page: without immediates. */
function withoutImmediates(): void {
  const { setImmediate } = globalThis;
  onTestFinished(() => {
    globalThis.setImmediate = setImmediate;
  });
  globalThis.setImmediate = undefined as never;
}

describe("a deadline", () => {
  it.each(["immediates", "timers alone"])("comes once all that is due before has been done: %s", async (engine) => {
    if (engine === "timers alone") withoutImmediates();
    const done: string[] = [];
    await new Promise<void>((resolve) => {
      onceRead(() => {
        done.push("read");
        resolve();
      });
      setTimeout(() => done.push("timer"));
      busy(5);
    });
    expect(done).toEqual(["timer", "read"]);
  });

  it("does not come before its time, nor once it is stopped", async () => {
    const began = performance.now();
    const stop = deadline(20, () => expect.unreachable("it was stopped"));
    stop();
    await new Promise<void>((resolve) => void deadline(60, resolve));
    expect(performance.now() - began).toBeGreaterThan(59);
    await pause(0);
  });

  it("that was stopped while the sockets are read does not come either", async () => {
    let come = false;
    const stop = deadline(1, () => {
      come = true;
    });
    // Behind the timer of the deadline, and before it has read: a busy thread runs both timers in one go.
    const behind = pause(2);
    busy(5);
    await behind;
    stop();
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(come).toBe(false);
  });

  it("gives as long again as this thread was late, once, and no longer than it had at first", async () => {
    const began = performance.now();
    const come = new Promise<void>((resolve) => void deadline(150, resolve));
    busy(400);
    await come;
    // 150 ms from 400 on: what it was late by is more than it had.
    expect(performance.now() - began).toBeGreaterThan(545);
  });

  it("takes the place of the one before, and can be stopped, twice", async () => {
    const patience = new Patience();
    const come: string[] = [];
    patience.stop();
    patience.wait(10, () => come.push("first"));
    await new Promise<void>((resolve) => patience.wait(20, resolve));
    patience.wait(10, () => come.push("third"));
    patience.stop();
    patience.stop();
    await new Promise<void>((resolve) => void deadline(30, resolve));
    expect(come).toEqual([]);
  });

  it("that lasts longer than an engine can count never comes", () => {
    expect(timerFor(2 ** 31, () => {})).toBeUndefined();
    expect(timerFor(Number.POSITIVE_INFINITY, () => {})).toBeUndefined();
    const timer = timerFor(2 ** 31 - 1, () => {});
    expect(timer).toBeDefined();
    expect((timer as NodeJS.Timeout).hasRef()).toBe(false);
    clearTimeout(timer);
  });
});

describe("the end of a tick", () => {
  it.each(["a tick queue", "promises alone"])("comes once a loop that awaits has said all: %s", async (engine) => {
    const said: number[] = [];
    const left: number[][] = [];
    const act = () => void left.push(said.splice(0));
    const end =
      engine === "promises alone"
        ? new TickEnd(act, () => said.length, { nextTick: undefined })
        : new TickEnd(act, () => said.length);
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 20; i++) {
        said.push(i);
        end.ask();
        expect(end.asked).toBe(true);
        await undefined;
        await undefined;
      }
      await pause(0);
      expect(end.asked).toBe(false);
    }
    const all = Array.from({ length: 20 }, (_, i) => i);
    expect(left).toEqual([all, all]);
  });
});

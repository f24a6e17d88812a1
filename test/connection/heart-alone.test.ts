/** A heart by itself, told by a test what is heard: each check is of an order of events, however late they come. */
import { describe, expect, it, onTestFinished } from "vitest";
import { Heart } from "../../src/connection/heart.js";

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A heart, its PINGs by their TTL, and when it gave the peer up. */
function beating() {
  const told = { listening: true, beats: [] as number[], deaths: [] as number[], diedAt: 0 };
  const heart = new Heart({
    get listening() {
      return told.listening;
    },
    beat: (ttl) => void told.beats.push(ttl),
    dead(silence) {
      told.deaths.push(silence);
      told.diedAt = Date.now();
      heart.stop();
    },
  });
  onTestFinished(() => heart.stop());
  return { heart, told };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(1);
}

describe("a heart", () => {
  it("asks three times without an answer and no more, with the TTL in whole tenths of a second", async () => {
    const { heart, told } = beating();
    heart.start({ interval: 2, timeout: 60_000, ttl: 299 });
    heart.start({ interval: 1, timeout: 60_000, ttl: 1000 });
    await until(() => told.beats.length === 3);
    await pause(20);
    expect(told.beats).toEqual([2, 2, 2]);
    heart.heard();
    await until(() => told.beats.length === 6);
  });

  it("that was stopped does not begin again, and honours nothing", async () => {
    const { heart, told } = beating();
    heart.stop();
    heart.start({ interval: 1 });
    heart.honour(1);
    await pause(150);
    expect([told.beats, told.deaths]).toEqual([[], []]);
  });

  it("gives up a peer that answers nothing, a timeout after it was first asked", async () => {
    const { heart, told } = beating();
    const began = Date.now();
    heart.start({ interval: 20, timeout: 60 });
    await until(() => told.deaths.length > 0);
    expect(told.deaths).toEqual([60]);
    expect(told.diedAt - began).toBeGreaterThanOrEqual(79);
  });

  it("waits as long as the interval where no timeout is given", async () => {
    const { heart, told } = beating();
    heart.start({ interval: 40 });
    await until(() => told.deaths.length > 0);
    expect(told.deaths).toEqual([40]);
  });

  it("does not give up a peer that is heard before each verdict", async () => {
    const { heart, told } = beating();
    heart.start({ interval: 10, timeout: 40 });
    // Timers come in the order in which they are due, late or not: this one before the verdict.
    const speaking = setInterval(() => heart.heard(), 5);
    onTestFinished(() => clearInterval(speaking));
    await until(() => told.beats.length === 20);
    expect(told.deaths).toEqual([]);
    clearInterval(speaking);
    const last = Date.now();
    await until(() => told.deaths.length > 0);
    expect(told.diedAt - last).toBeGreaterThanOrEqual(39);
  });

  it("counts the peer's TTL from the last word, and takes the last TTL for the one that counts", async () => {
    const { heart, told } = beating();
    heart.honour(600);
    heart.honour(1);
    await pause(60);
    heart.heard();
    const last = Date.now();
    await until(() => told.deaths.length > 0);
    expect(told.deaths).toEqual([100]);
    expect(told.diedAt - last).toBeGreaterThanOrEqual(99);
  });

  it("is told by a TTL of 0 to give nobody up", async () => {
    const { heart, told } = beating();
    heart.honour(1);
    heart.honour(0);
    await pause(150);
    expect(told.deaths).toEqual([]);
  });

  it.each(["TTL", "timeout"])("takes no silence for the peer's while nobody reads: %s", async (whose) => {
    const { heart, told } = beating();
    told.listening = false;
    if (whose === "TTL") heart.honour(1);
    else heart.start({ interval: 20, timeout: 100 });
    await pause(250);
    expect(told.deaths).toEqual([]);
    // As a link does that reads again.
    told.listening = true;
    heart.heard();
    const last = Date.now();
    await until(() => told.deaths.length > 0);
    expect(told.diedAt - last).toBeGreaterThanOrEqual(99);
  });
});

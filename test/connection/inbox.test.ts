import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { Inbox } from "../../src/connection/inbox.js";
import { plainPayload } from "../../src/connection/payload-maker.js";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const inbox = () => new Inbox({ filled() {}, exhausted() {} }, plainPayload);

describe("an inbox that is never empty", () => {
  it("keeps nothing of what was taken", async () => {
    const busy = inbox();
    const taken: WeakRef<Uint8Array>[] = [];
    busy.addMessage([new Uint8Array(1000)]);
    for (let i = 0; i < 500; i++) {
      busy.addMessage([new Uint8Array(1000)]);
      const message = busy.takeMessage();
      taken.push(new WeakRef((message as Uint8Array[])[0]));
    }
    // A WeakRef holds what it refers to until the turn is over in which it was made.
    await new Promise((resolve) => setTimeout(resolve));
    collect();
    // The engine's stack may still hold the last one.
    expect(taken.filter((ref) => ref.deref() !== undefined).length).toBeLessThanOrEqual(1);
  });

  it("gives everything in order, however much has been taken and however much waits", () => {
    const busy = inbox();
    let added = 0;
    let taken = 0;
    for (const [add, take] of [
      [1, 1],
      [3, 1],
      [500, 70],
      [10, 200],
      [64, 64],
      [1000, 1200],
    ]) {
      for (let i = 0; i < add; i++) busy.addMessage([Uint8Array.of(added & 255, added++ >> 8)]);
      for (let i = 0; i < take; i++) {
        const message = busy.takeMessage();
        if (message === undefined) break;
        expect(message[0][0] | (message[0][1] << 8)).toBe(taken++);
      }
    }
    while (busy.readable) expect(busy.takeMessage()?.[0][0]).toBe(taken++ & 255);
    expect(taken).toBe(added);
    expect(busy.cost).toBe(0);
  });
});

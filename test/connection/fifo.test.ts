/** A queue, held against a list. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fifo } from "../../src/connection/fifo.js";

describe("a queue", () => {
  it("gives what a list would, however much comes and goes", () => {
    const steps = fc.array(fc.integer({ min: -150, max: 150 }), { maxLength: 20 });
    fc.assert(
      fc.property(steps, (changes) => {
        const queue = new Fifo<number>();
        const list: number[] = [];
        let next = 1;
        for (const change of changes) {
          for (let i = 0; i < change; i++) {
            queue.push(next);
            list.push(next++);
          }
          for (let i = 0; i < -change; i++) {
            expect(queue.peek()).toBe(list[0]);
            expect(queue.shift()).toBe(list.shift());
          }
          expect([queue.length, queue.peek()]).toEqual([list.length, list[0]]);
        }
        queue.clear();
        expect([queue.length, queue.peek(), queue.shift()]).toEqual([0, undefined, undefined]);
      }),
      { numRuns: 60 },
    );
  });
});

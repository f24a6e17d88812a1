/** The codec's memory: regions that do not overlap, with the slack that wide stores need. */
import { expect, it } from "vitest";
import { type Engine, engineOf } from "../../src/codec/engine.js";
import * as layout from "../../src/codec/layout.js";
import { codecs } from "../support/codecs.js";

const WIDEST_STORE = 16;

/** In order: where each region begins, how many octets it has, and what may be written behind it. */
const regions: readonly [string, number, number, number][] = [
  ["status", layout.STATUS, 4, 0],
  ["greeting", layout.GREETING, layout.GREETING_SIZE, 0],
  ["table", layout.TABLE, layout.CAPACITY * 8, 0],
  ["selection", layout.SELECTION, layout.CAPACITY * 8, 0],
  ["window", layout.WINDOW, layout.WINDOW_SIZE, WIDEST_STORE],
  ["output", layout.OUTPUT, layout.OUTPUT_SIZE, WIDEST_STORE],
  ["the end", layout.MEMORY_PAGES * layout.PAGE, 0, 0],
];

it("has regions that do not overlap, and slack where wide loads and stores go further", () => {
  for (let i = 1; i < regions.length; i++) {
    const [before, start, size, slack] = regions[i - 1];
    const [name, next] = regions[i];
    expect(next, `${name} behind ${before}`).toBeGreaterThanOrEqual(start + size + slack);
    expect(next % 8, name).toBe(0);
  }
});

it("has, in the window, two places for a chunk, each behind its headroom", () => {
  expect(layout.INPUT).toBe(layout.HEADROOM);
  expect(layout.LANDING).toBe(layout.INPUT + layout.INPUT_SIZE + layout.HEADROOM);
  expect(layout.WINDOW_SIZE).toBe(layout.LANDING + layout.LANDING_SIZE);
});

it("needs all of its pages", () => {
  const end = layout.OUTPUT + layout.OUTPUT_SIZE + layout.SLACK;
  expect(layout.MEMORY_PAGES * layout.PAGE - end).toBeLessThan(layout.PAGE);
});

it.each(codecs.map((codec) => ({ name: codec.name, engine: engineOf(codec) as Engine })))(
  "is what the views of the $name engine show",
  ({ engine }) => {
    const { table, selection, window, landing, output, greeting, status } = engine;
    // WebAssembly's memory is as large as asconfig.json says.
    expect(window.buffer.byteLength).toBe(layout.MEMORY_PAGES * layout.PAGE);
    expect([status.byteOffset, greeting.byteOffset, table.byteOffset]).toEqual([
      layout.STATUS,
      layout.GREETING,
      layout.TABLE,
    ]);
    expect([selection.byteOffset, window.byteOffset]).toEqual([layout.SELECTION, layout.WINDOW]);
    expect([landing.byteOffset, landing.length]).toEqual([layout.WINDOW + layout.LANDING, layout.LANDING_SIZE]);
    expect([output.byteOffset, output.length]).toEqual([layout.OUTPUT, layout.OUTPUT_SIZE]);
  },
);

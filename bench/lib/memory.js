/** Octets that this process holds, and octets that work leaves behind for the collector. */
import { spawnSync } from "node:child_process";
import { median } from "./compare.js";

/** Young objects stay where they are until we ask: no collection falls between two looks. */
const FLAGS = ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64"];

/** Starts this program again with the collector in reach; returns in the second start only. */
export function withCollector() {
  if (globalThis.gc) return;
  const { status } = spawnSync(process.execPath, [...FLAGS, ...process.argv.slice(1)], { stdio: "inherit" });
  process.exit(status ?? 1);
}

/** Heap and what hangs on it; `external` has the ArrayBuffers in it. */
export function inUse() {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export function held() {
  for (let i = 0; i < 4; i++) globalThis.gc();
  return inUse();
}

/** Octets that each of `count` things made by `make` holds. */
export function each(count, make) {
  make(-1);
  const things = new Array(count).fill(undefined);
  const before = held();
  for (let i = 0; i < count; i++) things[i] = make(i);
  const octets = (held() - before) / count;
  // Alive until here.
  if (things.length !== count) throw new Error("lost");
  return octets;
}

/** As much may be left behind between two looks: far less than the young generation holds. */
const LOOK = 8 * 1024 * 1024;

/** Octets allocated per unit of work, collected or not; the median of rounds. */
export function garbage(work, units, { rounds = 9 } = {}) {
  // The compilers allocate too: let them finish first.
  for (let i = 0; i < 2000; i++) work();
  const calls = Math.max(10, Math.min(3000, Math.floor(LOOK / (allocated(work, 50) / 50))));
  return median(Array.from({ length: rounds }, () => allocated(work, calls))) / (calls * units);
}

function allocated(work, calls) {
  // The second ends what the first still sweeps in other threads.
  globalThis.gc();
  globalThis.gc();
  const before = inUse();
  for (let i = 0; i < calls; i++) work();
  return inUse() - before;
}

/** Contenders for one job, measured in turns so that the machine's moods hit all alike; medians of many rounds, ratios per round. */
import { Bench } from "tinybench";

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Nanoseconds of work that every clock can see, a browser's coarse one included. */
const VISIBLE = 200_000;

/** How long a comparison takes: rounds, and milliseconds for each contender in each. */
export const effort = { rounds: 7, time: 25 };

/** For contenders that allocate: long enough for the collector to come round, so that each pays for what itself leaves behind. */
export const ALLOCATING = { rounds: 5, time: 200 };

/**
 * Runs each contender in every round, in turn, and returns its nanoseconds per unit, one figure for each round.
 *
 * @param contenders - By name, functions that do `units` units of work per call.
 * @param options.elsewhere - By name, contenders that time themselves: functions that resolve to nanoseconds per unit.
 */
export async function compare(contenders, units, { rounds = effort.rounds, time = effort.time, elsewhere = {} } = {}) {
  const names = Object.keys(contenders);
  const found = Object.fromEntries([...names, ...Object.keys(elsewhere)].map((name) => [name, []]));
  const repeats = {};
  // The first round warms up, and says how often the work must be repeated for the clock to see it.
  for (const name of names) repeats[name] = Math.ceil(VISIBLE / (await timed(contenders[name], time)));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      found[name].push((await timed(repeated(contenders[name], repeats[name]), time)) / repeats[name] / units);
    }
    for (const name of Object.keys(elsewhere)) found[name].push(await elsewhere[name]());
  }
  return found;
}

/** Mean nanoseconds of one call: what it leaves to the collector is part of its price. */
async function timed(work, time) {
  const bench = new Bench({ time, warmup: false, iterations: 3 });
  bench.add("work", work);
  await bench.run();
  const { result } = bench.tasks[0];
  if (result.state === "errored") throw result.error;
  return Math.max(result.latency.mean * 1e6, 1);
}

function repeated(work, count) {
  return () => {
    for (let i = 0; i < count; i++) work();
  };
}

/** How many times as fast `name` is as `other`: the median of the rounds' ratios. */
export function ratio(found, name, other) {
  return median(found[other].map((nanoseconds, round) => nanoseconds / found[name][round]));
}

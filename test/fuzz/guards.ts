/** Guards in the codec's memory: octets between the regions that nobody may write, and lent octets that spoil when their time is over. */
import type { FrameBatch } from "../../src/index.js";
import { engines, type Inside, LANDING, REGIONS } from "./internals.js";

const CANARY = 0xa5;
const POISON = 0xdb;
/** `gather` copies sixteen octets at a time, and may so write behind the output's end. */
const OVERSHOOT = 16;

interface Guard {
  readonly where: string;
  readonly octets: Uint8Array;
}

function guardsOf(engine: Inside): Guard[] {
  const memory = engine.window.buffer;
  const guards: Guard[] = [];
  let [before, end] = ["the start", 0];
  for (const [name, from, size] of [...REGIONS, ["the end", memory.byteLength, 0] as const]) {
    const begin = before === "output" ? end + OVERSHOOT : end;
    if (from > begin) {
      const octets = new Uint8Array(memory, begin, from - begin).fill(CANARY);
      guards.push({ where: `${engine.name}: between ${before} and ${name}`, octets });
    }
    [before, end] = [name, from + size];
  }
  return guards;
}

const guards = engines.flatMap(guardsOf);
const canary = new Uint8Array(Math.max(...guards.map(({ octets }) => octets.length))).fill(CANARY);

/** Where something was written that nobody may write to; undefined if all is well. */
export function trespass(): string | undefined {
  return guards.find(({ octets }) => Buffer.compare(octets, canary.subarray(0, octets.length)) !== 0)?.where;
}

/** Mends the guards after a find. */
export function restore(): void {
  for (const { octets } of guards) octets.fill(CANARY);
}

/**
 * From here on the payloads of a borrowed batch are overwritten when it expires: who reads them later sees nonsense at once. What
 * sockets read into is left alone: it holds the next octets by then.
 */
export function poison(engine: Inside): void {
  const lent: Uint8Array[] = [];
  const { track, invalidate } = engine;
  Object.assign(engine, {
    track(this: Inside, batch: FrameBatch) {
      const end = batch.end(batch.length - 1);
      if (batch.bytes === engine.window && end <= LANDING) lent.push(batch.bytes.subarray(batch.start(0), end));
      return track.call(this, batch);
    },
    invalidate(this: Inside) {
      invalidate.call(this);
      while (lent.length > 0) lent.pop()?.fill(POISON);
    },
  });
}

/** Runs of equal headers that break, and tables that end inside one: both codecs against the oracle, frame by frame. */
import { describe, expect, it } from "vitest";
import { FrameDecoder, ZmtpError } from "../../src/index.js";
import { CAPACITY, engines } from "../fuzz/internals.js";
import { hardRuns } from "../fuzz/runs.js";
import { compareScan } from "../fuzz/twins.js";
import { readFrames } from "../oracle/framing.js";

const LIMIT = 1000;
const MORE = 0x80000000;

/** Of each frame its size, its MORE and its first octet; then the fault; then how many frames. */
function decoded(decoder: FrameDecoder, octets: Uint8Array): (number | string)[] {
  const found: (number | string)[] = [];
  let count = 0;
  try {
    for (const batch of decoder.push(octets)) {
      for (let i = 0; i < batch.length; i++) {
        const payload = batch.payload(i);
        found.push(payload.length, batch.more(i) ? 1 : 0, payload[0] ?? -1);
      }
      count += batch.length;
    }
  } catch (error) {
    if (!(error instanceof ZmtpError)) throw error;
    found.push(error.code, error.offset as number);
  }
  found.push(count);
  return found;
}

/** The same, of the oracle. */
function wanted(octets: Uint8Array): (number | string)[] {
  const { frames, fault } = readFrames(octets, LIMIT);
  const found: (number | string)[] = frames.flatMap(({ start, end, more }) => [
    end - start,
    more ? 1 : 0,
    end > start ? octets[start] : -1,
  ]);
  if (fault !== undefined) found.push(fault.code, fault.offset);
  return [...found, frames.length];
}

describe("runs of equal headers that end where it hurts", () => {
  it("make the same rows of both twins, and none behind the table", () => {
    for (const { name, octets } of hardRuns()) {
      for (const engine of engines) engine.selection[0] = 0x5eed;
      compareScan(octets, 0, octets.length, LIMIT);
      for (const engine of engines) expect(engine.selection[0], name).toBe(0x5eed);
    }
  });

  it("make the rows that the oracle has, up to the table's last", () => {
    for (const { name, octets } of hardRuns()) {
      const messages = readFrames(octets, LIMIT).frames;
      const command = messages.findIndex((frame) => frame.command);
      const frames = messages.slice(0, command < 0 ? CAPACITY : command).slice(0, CAPACITY);
      const rows = frames.flatMap(({ start, end, more }) => [start, end | (more ? MORE : 0) | 0]);
      for (const engine of engines) {
        engine.window.set(octets);
        expect(engine.scan(0, octets.length, LIMIT), name).toBe(frames.length);
        const found = engine.table.subarray(0, rows.length);
        if (!rows.every((word, i) => word === found[i])) expect([...found], name).toEqual(rows);
      }
    }
  });

  it("are the oracle's frames and the oracle's fault to a decoder", () => {
    for (const { name, octets } of hardRuns()) {
      const frames = wanted(octets);
      for (const codec of engines) {
        const found = decoded(new FrameDecoder({ codec, maxFrameSize: LIMIT }), octets);
        if (!frames.every((word, i) => word === found[i])) expect(found, name).toEqual(frames);
        expect(found.length, name).toBe(frames.length);
      }
    }
  });
});

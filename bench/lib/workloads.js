/** The streams that are measured: what peers send, 0 B to 64 KiB, uniform, mixed and multipart. */
import { encodeFrame } from "monocoque";

/** A chunk as a socket delivers it. */
export const CHUNK = 64 * 1024;

/** The same numbers in every run and on every engine. */
function* randomNumbers(seed = 1) {
  for (;;) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    yield seed / 2 ** 32;
  }
}

const random = randomNumbers();

/** Each gives the next frame's size and MORE. */
const SHAPES = {
  "0 B": () => [0, false],
  "16 B": () => [16, false],
  "64 B": () => [64, false],
  "256 B": () => [256, false],
  "1 KiB": () => [1024, false],
  "16 KiB": () => [16_384, false],
  "64 KiB": () => [65_536, false],
  "mixed 8–300 B": () => [8 + Math.floor(random.next().value * 293), false],
  "3-part 5/0/64 B": (i) => [[5, 0, 64][i % 3], i % 3 < 2],
};

/** A workload: whole frames, about one chunk of them, and how many. */
function workload(name, shape) {
  const parts = [];
  let size = 0;
  for (let i = 0; ; i++) {
    const [length, more] = shape(i);
    const frame = encodeFrame(new Uint8Array(length).fill(i), { more });
    if (parts.length > 0 && size + frame.length > CHUNK) break;
    parts.push(frame);
    size += frame.length;
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { name, bytes, frames: parts.length };
}

export const workloads = Object.entries(SHAPES).map(([name, shape]) => workload(name, shape));

export const named = (name) => workloads.find((workload) => workload.name === name);

/** 64-byte frames in chunks that end in the middle of one: what a slow link delivers. */
export function fragmented(chunkSize) {
  const { bytes, frames } = named("64 B");
  const chunks = [];
  for (let at = 0; at < bytes.length; at += chunkSize) chunks.push(bytes.subarray(at, at + chunkSize));
  return { name: `64 B in chunks of ${chunkSize} B`, chunks, frames };
}

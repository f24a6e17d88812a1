// The codec on its own: one stream of frames in memory, decoded by turns with WebAssembly, TypeScript and a naive decoder.
import { setImmediate as breathe } from "node:timers/promises";
import { FrameDecoder, FrameEncoder, jsCodec, wasmCodec } from "monocoque";
import { NaiveDecoder } from "../../bench/lib/naive.js";
import { FRAME_SIZE, writeFrame } from "./messages.js";
import { startBar } from "./progress.js";

const FRAMES = 60_000;
const CHUNK = 64 * 1024;
const ROUNDS = 9;
const ROUND_MS = 100;

/** The sum of the octets that a consumer reads: the last of each frame's number. */
let expectedSum = 0;
for (let number = 0; number < FRAMES; number++) expectedSum += number & 255;

/** Frames and octets per second of each decoder, medians of all rounds. */
export async function measureCodecs() {
  const chunks = streamInChunks();
  const decoders = [
    { name: "wasm", consume: batchConsumer(new FrameDecoder({ codec: wasmCodec() })), rounds: [] },
    { name: "js", consume: batchConsumer(new FrameDecoder({ codec: jsCodec() })), rounds: [] },
    { name: "naive", consume: frameConsumer(new NaiveDecoder()), rounds: [] },
  ];
  const bar = startBar("wasm, js and naive by turns", ROUNDS * decoders.length);
  for (const decoder of decoders) timeRound(decoder, chunks); // cold code: not counted
  for (let round = 0; round < ROUNDS; round++) {
    for (const decoder of decoders) {
      decoder.rounds.push(timeRound(decoder, chunks));
      bar.increment();
      await breathe(); // for Ctrl-C
    }
  }
  bar.stop();
  return summary(decoders, chunks);
}

function streamInChunks() {
  const encoder = new FrameEncoder();
  const payload = new Uint8Array(FRAME_SIZE);
  for (let number = 0; number < FRAMES; number++) {
    writeFrame(payload, number, 0);
    encoder.frame(payload);
  }
  const stream = Buffer.from(encoder.flush());
  const chunks = [];
  for (let at = 0; at < stream.length; at += CHUNK) chunks.push(stream.subarray(at, at + CHUNK));
  return chunks;
}

/** Reads the last octet of each frame's number, by index. */
function batchConsumer(decoder) {
  return (chunk, tally) => {
    for (const batch of decoder.push(chunk)) {
      const { bytes, length } = batch;
      let sum = 0;
      for (let i = 0; i < length; i++) sum += bytes[batch.start(i) + 3];
      tally.frames += length;
      tally.sum += sum;
    }
  };
}

/** The same octet, from the object that stands for the frame. */
function frameConsumer(decoder) {
  return (chunk, tally) => {
    for (const { payload } of decoder.push(chunk)) {
      tally.frames++;
      tally.sum += payload[3];
    }
  };
}

/** Frames per second over as many passes as fit in a round. */
function timeRound({ name, consume }, chunks) {
  const start = performance.now();
  let passes = 0;
  let elapsed = 0;
  while (elapsed < ROUND_MS) {
    const tally = { frames: 0, sum: 0 };
    for (const chunk of chunks) consume(chunk, tally);
    if (tally.frames !== FRAMES || tally.sum !== expectedSum) {
      throw new Error(`${name} decoded ${tally.frames} frames of ${FRAMES}, their octets sum to ${tally.sum}`);
    }
    passes++;
    elapsed = performance.now() - start;
  }
  return (passes * FRAMES * 1000) / elapsed;
}

function summary(decoders, chunks) {
  const octetsPerFrame = chunks.reduce((sum, { length }) => sum + length, 0) / FRAMES;
  const naive = median(decoders.find(({ name }) => name === "naive").rounds);
  const results = decoders.map(({ name, rounds }) => {
    const framesPerSecond = median(rounds);
    return {
      name,
      framesPerSecond,
      slowest: Math.min(...rounds),
      fastest: Math.max(...rounds),
      octetsPerSecond: framesPerSecond * octetsPerFrame,
      ratio: framesPerSecond / naive,
    };
  });
  return { results, rounds: ROUNDS, payloadSize: FRAME_SIZE, chunkSize: CHUNK };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

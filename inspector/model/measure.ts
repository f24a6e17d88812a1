/** The two codecs against each other in this browser: the same octets in turns, so that what slows the one slows the other. */
import { type Codec, encodeFrame, FrameDecoder, jsCodec, wasmCodec } from "monocoque";
import { Breath } from "./breath.js";

export interface Measured {
  /** Octets of one payload. */
  readonly payload: number;
  /** Million frames a second; undefined where WebAssembly does not work. */
  readonly wasm: number | undefined;
  readonly typescript: number;
}

const PAYLOADS = [8, 64, 256, 1024];
const CHUNK = 1 << 16;
const ROUNDS = 15;
/** Milliseconds of one round, at least: clocks in a page are coarse. */
const ROUND = 12;

/** One octet of each payload is read and added up here, so that no engine leaves the work out. */
let sum = 0;

/** The median of each codec's rounds, payload by payload. */
export async function measure(told: (found: Measured) => void): Promise<void> {
  const wasm = working();
  const typescript = jsCodec();
  const breath = new Breath();
  for (const payload of PAYLOADS) {
    const chunk = framesOf(payload);
    const rates: Record<"wasm" | "typescript", number[]> = { wasm: [], typescript: [] };
    for (let round = 0; round < ROUNDS; round++) {
      if (wasm) rates.wasm.push(rate(wasm, chunk));
      rates.typescript.push(rate(typescript, chunk));
      await breath.take();
    }
    told({ payload, wasm: median(rates.wasm), typescript: median(rates.typescript) as number });
  }
  if (Number.isNaN(sum)) throw new Error("the measured work came to nothing");
}

function working(): Codec | undefined {
  try {
    return wasmCodec();
  } catch {
    return undefined;
  }
}

function framesOf(payload: number): Uint8Array {
  const frame = encodeFrame(Uint8Array.from({ length: payload }, (_, i) => i));
  const count = Math.floor(CHUNK / frame.length);
  const chunk = new Uint8Array(count * frame.length);
  for (let i = 0; i < count; i++) chunk.set(frame, i * frame.length);
  return chunk;
}

/** Million frames a second. */
function rate(codec: Codec, chunk: Uint8Array): number {
  const decoder = new FrameDecoder({ codec });
  const start = performance.now();
  let frames = 0;
  let took = 0;
  while (took < ROUND) {
    for (const batch of decoder.push(chunk)) {
      for (let i = 0; i < batch.length; i++) sum += batch.bytes[batch.start(i)];
      frames += batch.length;
    }
    took = performance.now() - start;
  }
  return frames / took / 1000;
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

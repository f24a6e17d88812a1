/**
 * `node bench/counts.js`: a guard against regressions that counts and times nothing, so that a busy machine cannot fool it. Exits 1 where
 * something is allocated per frame that should not be, or where a frame takes more instructions than it may (Linux's `perf` counts them).
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { FrameDecoder, FrameEncoder, jsCodec, wasmCodec } from "monocoque";
import { activeSession } from "./codec/consume.js";
import { garbage, withCollector } from "./lib/memory.js";
import { main } from "./lib/program.js";
import { named } from "./lib/workloads.js";

const sink = { octets: 0 };
const whole = named("64 B");
const half = { bytes: whole.bytes.subarray(0, 66 * (whole.frames >> 1)), frames: whole.frames >> 1 };

/** Reads a batch as the README says: by index, no object. */
function touch(batch) {
  let sum = 0;
  for (let i = 0; i < batch.length; i++) sum += batch.bytes[batch.start(i)] + batch.end(i) + (batch.more(i) ? 1 : 0);
  sink.octets += sum;
}

const decode = (codec, { bytes }) => {
  const decoder = new FrameDecoder({ codec });
  return () => {
    for (const batch of decoder.push(bytes)) touch(batch);
  };
};

const receiveBatches = (codec, { bytes }) => {
  const session = activeSession(codec);
  return () => {
    for (const event of session.receiveBatches(bytes)) touch(event.batch);
  };
};

const reserveAndCommit = (codec, { bytes }) => {
  const decoder = new FrameDecoder({ codec });
  return () => {
    decoder.reserve(bytes.length).set(bytes);
    for (const batch of decoder.commit(bytes.length)) touch(batch);
  };
};

/** Into one buffer of the output's size: what is left is the encoder's own. */
const encode = (codec, { frames: count }) => {
  const encoder = new FrameEncoder({ codec });
  const payload = new Uint8Array(64);
  return () => {
    for (let i = 0; i < count; i++) encoder.frame(payload);
    sink.octets += encoder.flush().length;
  };
};

/**
 * What each may allocate, in octets, per frame and per chunk: nothing per frame (the smallest object has 12,
 * the rest is noise), a little per chunk; an encoder, its output. */
const BUDGETS = {
  "decode, batch by index": [decode, 0.5, 500],
  "reserve and commit, batch by index": [reserveAndCommit, 0.5, 700],
  "session.receiveBatches, by index": [receiveBatches, 0.5, 1200],
  "encode, the output included": [encode, 66.5, 1200],
};

/** Frames between two counts of instructions. */
const MANY = 20_000_000;
/** Instructions that a frame of 64 B may take from chunk to consumer. */
const MOST_INSTRUCTIONS = 60;

async function allocations({ progress }) {
  const rows = [];
  for (const codec of [wasmCodec(), jsCodec()]) {
    for (const [path, [make, mostFrame, mostChunk]] of Object.entries(BUDGETS)) {
      progress(`${path}, ${codec.name}`);
      // Two sizes of chunk tell what is a frame's from what is a chunk's.
      const [large, small] = [whole, half].map((chunk) => garbage(make(codec, chunk), 1));
      const frame = (large - small) / (whole.frames - half.frames);
      const chunk = large - frame * whole.frames;
      const fine = frame <= mostFrame && chunk <= mostChunk;
      if (!fine) process.exitCode = 1;
      rows.push({
        path,
        codec: codec.name,
        "a frame": frame.toFixed(2),
        "at most": String(mostFrame),
        "a chunk": chunk,
        "at most a chunk": mostChunk,
        "": fine ? "ok" : "BROKEN",
      });
    }
  }
  return {
    title: "Allocations",
    note: "Octets allocated for each frame of 64 B, and for each chunk beside its frames.",
    columns: Object.keys(rows[0]),
    rows,
  };
}

async function instructions({ progress }) {
  progress("instructions");
  const rows = [];
  const few = counted(MANY);
  const twice = few && counted(2 * MANY);
  if (twice === undefined) {
    const note = "NOT COUNTED: this machine lets nobody count instructions (`perf stat -e instructions:u`).";
    console.warn(note);
    return { title: "Instructions", note, columns: [], rows };
  }
  const perFrame = (twice - few) / MANY;
  if (perFrame > MOST_INSTRUCTIONS) process.exitCode = 1;
  rows.push({
    path: "decode, batch by index",
    codec: "wasm",
    "instructions a frame": perFrame,
    "at most": MOST_INSTRUCTIONS,
    "": perFrame <= MOST_INSTRUCTIONS ? "ok" : "BROKEN",
  });
  return { title: "Instructions", columns: Object.keys(rows[0]), rows };
}

/** Instructions of a process that decodes so many frames; undefined where they cannot be counted. */
function counted(count) {
  const program = [process.execPath, fileURLToPath(import.meta.url), "--decode", String(count)];
  const { status, stderr } = spawnSync("perf", ["stat", "-x,", "-e", "instructions:u", ...program], {
    encoding: "utf8",
  });
  const number = Number(/^(\d+),/m.exec(stderr ?? "")?.[1]);
  return status === 0 && number > 0 ? number : undefined;
}

if (process.argv[2] === "--decode") {
  const work = decode(wasmCodec(), whole);
  for (let done = 0; done < Number(process.argv[3]); done += whole.frames) work();
  process.exit(0);
}

withCollector();
await main("Counts", { allocations, instructions }, {}, 2 * Object.keys(BUDGETS).length + 1);
process.exit();

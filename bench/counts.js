/**
 * `node bench/counts.js`: a guard against regressions that counts and times nothing, so that a busy machine cannot fool it. Exits 1 where
 * something is allocated per frame that should not be, or where a frame takes more instructions than it may (`perf` counts them where the
 * machine lets it, else `valgrind`).
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

/** Frames in the first count of instructions, and in the second: what lies between them is the frames' alone. */
const FEW = 2_000_000;
const MANY = 6_000_000;
/** Instructions that a frame of 64 B may take: from chunk to consumer, from payload to chunk, where `set` alone takes some 200. */
const MOST_INSTRUCTIONS = { "decode, batch by index": 120, "encode, the output included": 350 };

/** A copy by one repeated instruction would count as many as it has octets. */
const PLAIN_LOOPS = "glibc.cpu.x86_rep_movsb_threshold=1073741824:glibc.cpu.x86_rep_stosb_threshold=1073741824";

/** Programs that count another's instructions, and what they say of it. */
const COUNTERS = {
  perf: [["perf", "stat", "-x,", "-e", "instructions:u"], /^(\d+),/m],
  valgrind: [
    ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"],
    /I\s+refs:\s+([\d,]+)/,
  ],
};

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
  const counter = Object.keys(COUNTERS).find((name) => counted(name, "true") !== undefined);
  if (counter === undefined) {
    const note = `NOT COUNTED: none of ${Object.keys(COUNTERS).join(", ")} counts instructions here.`;
    console.warn(note);
    return { title: "Instructions", note, columns: [], rows: [] };
  }
  const rows = [];
  for (const [path, most] of Object.entries(MOST_INSTRUCTIONS)) {
    progress(`instructions, ${path}`);
    const [few, many] = [FEW, MANY].map((frames) => counted(counter, ...alone(path, frames)));
    const found = (many - few) / (MANY - FEW);
    const fine = found > 0 && found <= most;
    if (!fine) process.exitCode = 1;
    rows.push({ path, codec: "wasm", "a frame": found, "at most": most, "": fine ? "ok" : "BROKEN" });
  }
  return {
    title: "Instructions",
    note: `Instructions for each frame of 64 B, counted by ${counter}.`,
    columns: Object.keys(rows[0]),
    rows,
  };
}

/** This program, when it is to take a path with so many frames and do nothing else. */
const alone = (path, frames) => [
  process.execPath,
  "--single-threaded",
  fileURLToPath(import.meta.url),
  "--only",
  path,
  String(frames),
];

/** Instructions of another program; undefined where they cannot be counted. */
function counted(counter, ...program) {
  const [[command, ...options], pattern] = COUNTERS[counter];
  const { status, stderr } = spawnSync(command, [...options, ...program], {
    encoding: "utf8",
    env: { ...process.env, GLIBC_TUNABLES: PLAIN_LOOPS },
  });
  const number = Number(pattern.exec(stderr ?? "")?.[1].replaceAll(",", ""));
  return status === 0 && number > 0 ? number : undefined;
}

const [only, path, frames] = process.argv.slice(2);
if (only === "--only") {
  const work = BUDGETS[path][0](wasmCodec(), whole);
  for (let done = 0; done < Number(frames); done += whole.frames) work();
  process.exit(0);
}

withCollector();
await main(
  "Counts",
  { allocations, instructions },
  {},
  2 * Object.keys(BUDGETS).length + Object.keys(MOST_INSTRUCTIONS).length,
);
process.exit();

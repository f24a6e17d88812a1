/** `monocoque bench`: what the codec and a connection over loopback do on this machine. A rough look, without peers. */
import { arch, cpus, platform, totalmem } from "node:os";
import type { Codec } from "../codec/codec.js";
import { FrameDecoder } from "../codec/decoder.js";
import { encodeMessage, FrameEncoder } from "../codec/encoder.js";
import { jsCodec } from "../codec/js.js";
import { wasmCodec } from "../codec/wasm.js";
import type { Command, Context } from "./command.js";
import { EXIT, type ExitCode, UsageError } from "./exit.js";
import { openLoopback } from "./loopback.js";
import { short } from "./short.js";
import { wrap } from "./wrap.js";

/** One figure. */
interface Figure {
  readonly what: string;
  /** Octets of a message. */
  readonly size: number;
  /** Messages a second: the median of all rounds, the slowest and the fastest. */
  readonly rate: number;
  readonly slowest: number;
  readonly fastest: number;
}

/** One thing to measure: does `messages` of them, once. */
interface Trial {
  readonly what: string;
  readonly size: number;
  readonly messages: number;
  run(): void | Promise<void>;
}

const SIZES = [64, 1024, 65_536];
/** Octets that the codec works on in one round. */
const STREAM = 8 * 1024 * 1024;
/** What a socket hands over at once. */
const CHUNK = 65_536;

export const BENCH: Command = {
  name: "bench",
  summary: "what the codec and loopback do on this machine",
  usage: "[--quick]",
  options: { quick: { type: "boolean", help: "a few rounds of each: some seconds in all" } },
  notes: [
    "Each figure is the median of its rounds; all trials take turns, so that a busy moment meets each of them.",
    "Loopback has both peers in this one thread: two processes do more. Other libraries are compared in bench/.",
  ],
  examples: ["monocoque bench --quick", "monocoque bench --json > figures.jsonl"],
  run: bench,
};

async function bench({ args, say, signal }: Context): Promise<ExitCode> {
  if (args.positionals.length > 0)
    throw new UsageError(`"${args.positionals[0]}" is one too many: bench takes options only`);
  const quick = args.values.quick === true;
  const machine = machineHere();
  if (say.json) say.object({ type: "machine", ...machine });
  else {
    const text = `${machine.cpu} (${machine.cores} cores), ${machine.platform}, Node ${machine.node}`;
    for (const line of wrap(text, say.width)) say.line(line);
  }
  const loopback = await openLoopback(quick);
  try {
    const trials = [...codecTrials("js", jsCodec()), ...codecTrials("wasm", wasmCodec()), ...loopback.trials];
    const figures = await measure(trials, quick ? 3 : 15, signal, (done) => say.progress(`bench ${done} %`));
    say.progress("");
    for (const figure of figures) {
      if (say.json) say.object({ type: "figure", ...figure });
      else say.line(row(figure, say.width));
    }
  } finally {
    loopback.close();
  }
  return EXIT.GOOD;
}

function machineHere() {
  const [first] = cpus();
  return {
    cpu: first?.model ?? "unknown",
    cores: cpus().length,
    memory: totalmem(),
    platform: `${platform()} ${arch()}`,
    node: process.versions.node,
  };
}

function row({ what, size, rate, slowest, fastest }: Figure, columns: number): string {
  const name = `${what} ${size} B`;
  const figure = short(rate, "/s");
  const octets = short(rate * size, "B/s");
  if (columns < 60) return `${name}\n  ${figure}  ${octets}`;
  const range = `${short(slowest, "/s")} to ${short(fastest, "/s")}`;
  return `${name.padEnd(24)}${figure.padStart(11)}${octets.padStart(12)}  ${range}`;
}

/** Every trial once a round. Stops between two trials when it is told to. */
async function measure(
  trials: readonly Trial[],
  rounds: number,
  signal: AbortSignal,
  progress: (percent: number) => void,
): Promise<Figure[]> {
  const rates = trials.map((): number[] => []);
  // The first round is for the engine to warm up, and is not counted.
  for (let round = -1; round < rounds && !signal.aborted; round++) {
    for (const [i, trial] of trials.entries()) {
      const start = performance.now();
      await trial.run();
      if (round >= 0) rates[i]?.push((trial.messages / (performance.now() - start)) * 1000);
      progress(Math.round((100 * ((round + 1) * trials.length + i + 1)) / ((rounds + 1) * trials.length)));
      // So that Ctrl-C is heard.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) break;
    }
  }
  return trials.flatMap(({ what, size }, i) => {
    const sorted = (rates[i] as number[]).toSorted((a, b) => a - b);
    const rate = sorted[sorted.length >> 1];
    return rate === undefined
      ? []
      : [{ what, size, rate, slowest: sorted[0] as number, fastest: sorted.at(-1) as number }];
  });
}

function codecTrials(name: string, codec: Codec): Trial[] {
  return SIZES.flatMap((size) => {
    const payload = new Uint8Array(size).fill(size);
    const frame = encodeMessage([payload]);
    const messages = Math.floor(STREAM / frame.length);
    const stream = new Uint8Array(messages * frame.length);
    for (let i = 0; i < messages; i++) stream.set(frame, i * frame.length);
    return [
      { what: `decode ${name}`, size, messages, run: () => decode(stream, messages, codec) },
      { what: `encode ${name}`, size, messages, run: () => encode(payload, messages, codec) },
    ];
  });
}

function decode(stream: Uint8Array, messages: number, codec: Codec): void {
  const decoder = new FrameDecoder({ codec });
  let seen = 0;
  for (let at = 0; at < stream.length; at += CHUNK) {
    for (const batch of decoder.push(stream.subarray(at, at + CHUNK))) seen += batch.length;
  }
  if (seen !== messages) throw new Error(`${seen} of ${messages} frames were decoded`);
}

function encode(payload: Uint8Array, messages: number, codec: Codec): void {
  const encoder = new FrameEncoder({ codec });
  for (let i = 0; i < messages; i++) {
    encoder.frame(payload);
    if (encoder.length >= CHUNK) encoder.recycle(encoder.flush());
  }
}

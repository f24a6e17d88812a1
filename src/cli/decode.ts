/** `monocoque decode`: recorded octets as a timeline, and where they break off. RFC 37. */
import { createReadStream } from "node:fs";
import { addAbortSignal } from "node:stream";
import { setImmediate as breathe } from "node:timers/promises";
import {
  isPcap,
  isRecording,
  parseHex,
  RAW_SIDE,
  RECORDING_MAGIC,
  type Recorded,
  RecordingReader,
  readPcap,
  type Side,
  Story,
} from "../inspect/index.js";
import type { Command, Context } from "./command.js";
import { EXIT, type ExitCode, UsageError } from "./exit.js";
import { StoryView } from "./story-view.js";

export const DECODE: Command = {
  name: "decode",
  summary: "read recorded octets, and say where they break off",
  usage: "[FILE|-] [--hex] [--side SIDE]",
  options: {
    hex: { type: "boolean", help: "what is read is hexadecimal, as xxd, hexdump or Wireshark write it" },
    side: { type: "string", value: "SIDE", help: `who sent raw octets: client or server; default ${RAW_SIDE}` },
  },
  notes: [
    "FILE is what one side sent, from its greeting on; a recording of monocoque tap; or a capture, pcap or pcapng.",
    "The client, →, is who dialled. ZMTP is told, and ZWS from its upgrade on.",
    "What a capture lost is said: a side goes on if all of it lies inside one frame, and is not told further if not.",
    "-v shows every field of every entry, with its meaning.",
  ],
  examples: ["monocoque decode peers.tap", "monocoque decode capture.pcapng -v", "xclip -o | monocoque decode --hex"],
  run: decode,
};

/** Octets of hexadecimal or of a capture at most: these are read whole. */
const MOST_WHOLE = 512 * 1024 * 1024;

const NAMES = { client: "client", server: "server" } as const;

async function decode(context: Context): Promise<ExitCode> {
  const { args, say, stdin, signal } = context;
  const [file = "-", extra] = args.positionals;
  if (extra !== undefined) throw new UsageError(`"${extra}" is one too many: see monocoque decode --help`);
  const side = sideOf(args.values.side);
  const source = file === "-" ? stdin : createReadStream(file, { highWaterMark: 1 << 18 });
  // Who waits for the next octets is woken, too.
  const pieces: AsyncIterable<Buffer> = addAbortSignal(signal, source);
  const telling = new Telling(context);
  try {
    for await (const records of recordsOf(pieces, args.values.hex === true, side)) {
      say.together(() => {
        for (const record of records) telling.tell(record);
      });
      await say.room();
      // A file is read without a pause: in this one Ctrl-C is heard.
      await breathe();
      if (signal.aborted) return EXIT.GOOD;
    }
  } catch (error) {
    if (signal.aborted) return EXIT.GOOD;
    telling.end();
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    throw new UsageError(`${file}: ${error.message}`);
  }
  telling.end();
  return telling.faults > 0 ? EXIT.PROTOCOL : EXIT.GOOD;
}

function sideOf(name: unknown): Side {
  if (name === undefined) return RAW_SIDE;
  if (name === "client" || name === "server") return name;
  throw new UsageError(`--side is client or server, not "${name}"`);
}

/** One story for each connection. */
class Telling {
  faults = 0;
  gaps = 0;
  entries = 0;
  readonly #context: Context;
  readonly #stories = new Map<number, { story: Story; view: StoryView; sides: Set<Recorded["side"]> }>();

  constructor(context: Context) {
    this.#context = context;
  }

  tell({ connection, side, octets, time, missing }: Recorded): void {
    const { story, view, sides } = this.#of(connection);
    if (octets === undefined) {
      sides.delete(side);
      this.#show(connection, view, story.end(side), time);
      return;
    }
    sides.add(side);
    if (missing !== undefined) {
      this.gaps++;
      this.#show(connection, view, story.gap(side, missing), time);
    }
    view.keep(side, octets);
    this.#show(connection, view, story.read(side, octets), time);
  }

  /** Nothing more comes: what is unfinished is said. */
  end(): void {
    for (const [connection, { story, view, sides }] of this.#stories) {
      for (const side of sides) this.#show(connection, view, story.end(side), undefined);
    }
    const { say } = this.#context;
    if (this.#stories.size === 0) return;
    const gaps = this.gaps > 0 ? `; gaps: ${this.gaps}` : "";
    say.note(`${this.entries} entries of ${this.#stories.size} connections; faults: ${this.faults}${gaps}`);
  }

  #of(connection: number) {
    const known = this.#stories.get(connection);
    if (known !== undefined) return known;
    const { say } = this.#context;
    const made = {
      story: new Story({ framing: "stream" }),
      view: new StoryView(say, NAMES, say.verbose),
      sides: new Set<Recorded["side"]>(),
    };
    this.#stories.set(connection, made);
    return made;
  }

  #show(connection: number, view: StoryView, entries: ReturnType<Story["read"]>, time: number | undefined): void {
    this.entries += entries.length;
    this.faults += entries.filter(({ error }) => error !== undefined).length;
    view.show(entries, connection, time);
  }
}

/** What the source holds, as records; a lone stream of octets is that of `side`. */
async function* recordsOf(pieces: AsyncIterable<Buffer>, hex: boolean, side: Side): AsyncGenerator<Recorded[], void> {
  const one = (octets: Uint8Array): Recorded => ({ time: Number.NaN, connection: 0, side, octets });
  if (hex) return yield [one(parseHex((await whole(pieces)).toString("latin1")))];
  const iterator = pieces[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < RECORDING_MAGIC.length) {
    const { value, done } = await iterator.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const rest = { [Symbol.asyncIterator]: () => iterator };
  if (isPcap(head)) return yield* chunked(readPcap(Buffer.concat([head, await whole(rest)])));
  const recording = new RecordingReader();
  const recorded = isRecording(head);
  const read = (piece: Buffer) => (recorded ? recording.push(piece) : [one(piece)]);
  if (head.length > 0) yield read(head);
  for await (const piece of rest) yield read(piece);
  if (recorded && recording.unfinished > 0) throw new Error("the recording breaks off inside a record");
}

/** In pieces, so that a reader who is slow is waited for. */
function* chunked(records: Iterable<Recorded>): Generator<Recorded[], void> {
  let some: Recorded[] = [];
  let failure: unknown;
  try {
    for (const record of records) {
      some.push(record);
      if (some.length < 256) continue;
      yield some;
      some = [];
    }
  } catch (error) {
    failure = error;
  }
  yield some;
  if (failure !== undefined) throw failure;
}

async function whole(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    all.push(piece);
    length += piece.length;
    if (length > MOST_WHOLE) throw new Error(`over ${MOST_WHOLE} octets: cut it into parts`);
  }
  return Buffer.concat(all);
}

/** Messages as lines and back: as quoted text, as hexadecimal digits, as JSON. No RFC section: this is ours. */
import type { Arguments, Options } from "./command.js";
import { UsageError } from "./exit.js";
import { harmlessJson } from "./harmless.js";
import { quote, textOf, unhex, unquote } from "./quote.js";

/** A way to write messages, and to read them. */
export interface Format {
  /** What ends a message: a line feed, or NUL. */
  readonly end: "\n" | "\0";
  write(frames: readonly Uint8Array[]): string;
  read(line: string): Uint8Array[];
  /** As `read`, of a message on the command line. */
  given(text: string): Uint8Array[];
}

/** The options that choose one. */
export const FORMAT_OPTIONS: Options = {
  hex: { type: "boolean", help: "frames as hexadecimal digits, a space between two" },
  null: { type: "boolean", short: "0", help: "messages end with NUL, not with a line feed" },
};

/** How each is written; a TAB or a space stands between two frames. */
const FORMATS = {
  text: {
    write: (frames: readonly Uint8Array[]) => frames.map(quote).join("\t"),
    read: (line: string) => line.split("\t").map(unquote),
  },
  hex: {
    write: (frames: readonly Uint8Array[]) => frames.map((frame) => Buffer.from(frame).toString("hex")).join(" "),
    read: (line: string) => line.split(" ").map(unhex),
  },
  json: {
    write: (frames: readonly Uint8Array[]) => harmlessJson({ type: "message", frames: frames.map(jsonFrame) }),
    read: readJson,
  },
} as const;

/** The format that the options ask for. */
export function formatOf({ values }: Arguments): Format {
  if (values.json && values.hex) throw new UsageError("--json and --hex exclude each other: choose one");
  const name = values.json ? "json" : values.hex ? "hex" : "text";
  // What a person types is a text, even if a program reads what comes out.
  const given = values.hex ? FORMATS.hex.read : FORMATS.text.read;
  return { end: values.null ? "\0" : "\n", ...FORMATS[name], given };
}

/** A frame in JSON: a text where it is UTF-8, else its octets in hexadecimal. */
function jsonFrame(frame: Uint8Array): { text: string } | { hex: string } {
  const text = textOf(frame);
  return text === undefined ? { hex: Buffer.from(frame).toString("hex") } : { text };
}

const JSON_SHAPE =
  'a line of --json is a text, an array of frames, or {"frames": […]}; a frame is a text, {"text"} or {"hex"}';

function readJson(line: string): Uint8Array[] {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UsageError(`${JSON_SHAPE}: this line is no JSON: ${JSON.stringify(line.slice(0, 60))}`);
  }
  const frames = Array.isArray(value) ? value : ((value as { frames?: unknown } | null)?.frames ?? [value]);
  if (!Array.isArray(frames) || frames.length === 0) throw new UsageError(JSON_SHAPE);
  return frames.map(readJsonFrame);
}

function readJsonFrame(frame: unknown): Uint8Array {
  if (typeof frame === "string") return Buffer.from(frame);
  const { text, hex } = (frame ?? {}) as { text?: unknown; hex?: unknown };
  if (typeof text === "string") return Buffer.from(text);
  if (typeof hex === "string") return unhex(hex);
  throw new UsageError(JSON_SHAPE);
}

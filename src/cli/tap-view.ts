/** What `tap` shows of the octets that pass: each frame, or how many a second. */
import { type Entry, type FramePart, type Side, Story } from "../inspect/index.js";
import { harmless } from "./harmless.js";
import { quote } from "./quote.js";
import { entryObject, plainMessage } from "./story-view.js";
import type { Talk } from "./talk.js";

/** Is told what passes. */
export interface View {
  opened(connection: number): void;
  passed(connection: number, side: Side, octets: Uint8Array): void;
  ended(connection: number, side: Side): void;
  end(): void;
}

const ARROWS: Readonly<Record<Side, string>> = { client: ">", server: "<" };

/** Frames of a message that a line shows. */
const MOST_FRAMES = 16;
/** What passes is no concern of ours: a frame is not refused for its length. */
const ANY_SIZE = 0x7fffffff;

/** A connection that passes, and how many of its sides are open. */
interface Passing {
  readonly story: Story;
  open: number;
}

/** Entry by entry. `>` is what the client sends, `<` what the server sends. */
export function framesView(say: Talk): View {
  const passing = new Map<number, Passing>();
  const show = (connection: number, entry: Entry) => {
    if (say.json) say.object(entryObject(entry, connection));
    else say.line(`#${connection} ${say.paint("name", ARROWS[entry.side], "stdout")} ${textOf(entry)}`);
  };
  return {
    opened(connection) {
      say.detail(`connection #${connection}`);
      passing.set(connection, { story: new Story({ maxFrameSize: ANY_SIZE }), open: 2 });
    },
    passed(connection, side, octets) {
      for (const entry of passing.get(connection)?.story.read(side, octets) ?? []) show(connection, entry);
    },
    ended(connection, side) {
      const known = passing.get(connection);
      for (const entry of known?.story.end(side) ?? []) show(connection, entry);
      if (say.json) say.object({ type: "end", connection, side });
      else say.line(`#${connection} ${say.paint("name", ARROWS[side], "stdout")} end`);
      if (known !== undefined && --known.open === 0) passing.delete(connection);
    },
    end: () => {},
  };
}

function textOf({ kind, title, start, end, frames = [], error }: Entry): string {
  if (kind === "message") return frames.slice(0, MOST_FRAMES).map(frameText).join("  ");
  if (kind === "command") return `${harmless(title)}, ${end - start} octets`;
  if (kind === "fault") return `not ZMTP from here on: ${error === undefined ? title : plainMessage(error)}`;
  return harmless(title);
}

function frameText({ length, preview }: FramePart): string {
  return `[${length}] ${quote(preview)}${length > preview.length ? "…" : ""}`;
}

/** Octets a second, each way. */
export function ratesView(say: Talk): View {
  const seconds = { client: 0, server: 0 };
  const all = { client: 0, server: 0 };
  let connections = 0;
  const tell = () => {
    if (say.json) say.object({ type: "rates", connections, client: seconds.client, server: seconds.server });
    else say.line(`> ${rate(seconds.client)}  < ${rate(seconds.server)}  connections ${connections}`);
    seconds.client = 0;
    seconds.server = 0;
  };
  const timer = setInterval(tell, 1000);
  const ends = new Map<number, number>();
  return {
    opened() {
      connections++;
    },
    passed(_, side, octets) {
      seconds[side] += octets.length;
      all[side] += octets.length;
    },
    ended(connection) {
      const ended = (ends.get(connection) ?? 0) + 1;
      ends.set(connection, ended);
      if (ended < 2) return;
      ends.delete(connection);
      connections--;
    },
    end() {
      clearInterval(timer);
      if (say.json) say.object({ type: "total", client: all.client, server: all.server });
      else say.line(`in all > ${all.client} octets  < ${all.server} octets`);
    },
  };
}

const UNITS = ["B/s", "kB/s", "MB/s", "GB/s"] as const;

function rate(octets: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, octets)) / 3));
  return `${(octets / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}

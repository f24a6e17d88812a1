/** What `tap` shows of the octets that pass: each frame, or how many a second. */
import { type Entry, type FramePart, type Side, Story } from "../inspect/index.js";
import { harmless } from "./harmless.js";
import { quote } from "./quote.js";
import { short } from "./short.js";
import { entryObject, plainMessage } from "./story-view.js";
import type { Talk } from "./talk.js";
import { cut } from "./wrap.js";

/** Octets that may wait for whoever reads before those who send have to wait, too. */
const WAITING = 16 * 1024 * 1024;

/** Is told what passes. */
export interface View {
  /** Whether too much waits to be read: then `room` tells when to go on. */
  readonly full: boolean;
  room(): Promise<void>;
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
    else {
      const head = `#${connection} `;
      const text = cut(textOf(entry), say.width - head.length - 2);
      say.line(`${head}${say.paint("name", ARROWS[entry.side], "stdout")} ${text}`);
    }
  };
  return {
    get full() {
      return say.waiting > WAITING;
    },
    room: () => say.room(),
    opened(connection) {
      say.detail(`connection #${connection}`);
      passing.set(connection, { story: new Story({ framing: "stream", maxFrameSize: ANY_SIZE }), open: 2 });
    },
    passed(connection, side, octets) {
      const entries = passing.get(connection)?.story.read(side, octets) ?? [];
      say.together(() => {
        for (const entry of entries) show(connection, entry);
      });
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

function textOf({ kind, name, title, start, end, frames = [], error }: Entry): string {
  if (kind === "message" && name === undefined) return frames.slice(0, MOST_FRAMES).map(frameText).join("  ");
  if (kind === "command" || kind === "message") return `${harmless(title)}, ${end - start} octets`;
  if (kind === "fault") return `not told from here on: ${error === undefined ? title : plainMessage(error)}`;
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
    else say.line(`> ${short(seconds.client, "B/s")}  < ${short(seconds.server, "B/s")}  connections ${connections}`);
    seconds.client = 0;
    seconds.server = 0;
  };
  const timer = setInterval(tell, 1000);
  const ends = new Map<number, number>();
  return {
    full: false,
    room: async () => {},
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

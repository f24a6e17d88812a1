/** What `tap` shows of the octets that pass: each frame, or how many a second. */
import type { Side } from "../inspect/recording.js";
import { type Said, SideReader } from "./frames-view.js";
import { harmless } from "./harmless.js";
import type { Talk } from "./talk.js";

/** Is told what passes. */
export interface View {
  opened(connection: number): void;
  passed(connection: number, side: Side, octets: Uint8Array): void;
  ended(connection: number, side: Side): void;
  end(): void;
}

const ARROWS: Readonly<Record<Side, string>> = { client: ">", server: "<" };

/** Frame by frame. `>` is what the client sends, `<` what the server sends. */
export function framesView(say: Talk): View {
  const readers = new Map<string, SideReader>();
  const show = (connection: number, side: Side, event: object, text: string) => {
    if (say.json) say.object({ connection, side, ...event });
    else say.line(`#${connection} ${say.paint("name", ARROWS[side], "stdout")} ${text}`);
  };
  return {
    opened: (connection) => say.detail(`connection #${connection}`),
    passed(connection, side, octets) {
      const key = `${connection} ${side}`;
      const reader = readers.get(key) ?? new SideReader();
      readers.set(key, reader);
      for (const said of reader.read(octets)) show(connection, side, eventOf(said), textOf(said));
    },
    ended(connection, side) {
      readers.delete(`${connection} ${side}`);
      show(connection, side, { type: "end" }, "end");
    },
    end: () => {},
  };
}

function eventOf({ kind, name, lengths, frames, error }: Said): object {
  if (kind !== "fault") return { type: kind, name, lengths, frames };
  const { code, message, offset, section, hint } = error as NonNullable<Said["error"]>;
  return { type: kind, code, message, offset, section, hint };
}

function textOf({ kind, name, lengths = [], frames = [], error }: Said): string {
  if (kind === "greeting") return `greeting, mechanism ${harmless(name ?? "")}`;
  if (kind === "command") return `${harmless(name ?? "")}, ${lengths[0]} octets`;
  if (kind === "message") return frames.map((frame, i) => `[${lengths[i]}] ${frame}`).join("  ");
  return `not ZMTP from here on: ${harmless(error?.message ?? "")}`;
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

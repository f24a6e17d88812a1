/** One entry as a row of the list. */
import type { Entry } from "../inspect.js";
import { KINDS, type Log, SIDES } from "../model/log.js";
import { element } from "./dom.js";
import { arrow, glyphs, harmless, seconds, size } from "./text.js";

/** Octets of a payload that a row shows. */
const GLIMPSE = 48;

export function drawRow(log: Log, row: number): { kind: string; cells: readonly Node[] } {
  const { table } = log;
  const side = SIDES[table.sides[row]];
  const kind = KINDS[table.kinds[row]];
  const entry = log.entry(row);
  const title = titleOf(entry, log.names[table.names[row]], kind);
  const glimpse = entry === undefined ? "" : glimpseOf(entry);
  const length = table.lengths[row];
  const cells = [
    element("span", { class: "time" }, seconds(table.times[row])),
    element(
      "span",
      { class: `side ${side}` },
      element("span", { "aria-hidden": "true" }, arrow(side)),
      element("span", { class: "unseen" }, `${side} `),
    ),
    element("span", { class: "title" }, title),
    element("span", { class: "glimpse" }, glimpse),
    element("span", { class: "length" }, size(length)),
  ];
  return { kind, cells };
}

function titleOf(entry: Entry | undefined, name: string, kind: string): string {
  if (entry === undefined) return name || kind;
  return harmless(entry.title);
}

function glimpseOf(entry: Entry): string {
  if (entry.error) return entry.error.code;
  if (entry.frames === undefined) return "";
  const shown = entry.frames.slice(0, 4).map(({ preview }) => glyphs(preview.subarray(0, GLIMPSE)) || "∅");
  return shown.join(" │ ") + (entry.frames.length > shown.length ? " │ …" : "");
}

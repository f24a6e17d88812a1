/** The chosen entry: its octets, what each field means, its frames, and what is wrong with it. */
import type { Entry, Field } from "../inspect.js";
import type { Log } from "../model/log.js";
import { element } from "./dom.js";
import { drawDump, mark } from "./dump.js";
import { roleOf } from "./roles.js";
import { count, counted, glyphs, harmless, seconds } from "./text.js";

/** Fields and frames that are listed; the rest is counted. */
const MOST_FIELDS = 200;

export function drawDetail(root: HTMLElement, log: Log, row: number, perRow: number): void {
  const entry = log.entry(row);
  if (entry === undefined) {
    root.replaceChildren(element("p", { class: "note" }, "This entry cannot be decoded alone."));
    return;
  }
  const fields = entry.fields.slice(0, MOST_FIELDS);
  const rows = fields.map((field, index) => drawField(field, index));
  const table = drawTable(rows);
  const faulty = entry.error?.offset;
  const dump = drawDump({ octets: log.octetsOf(row), start: entry.start, fields, faulty }, perRow, (index) => {
    mark(table, index);
  });
  table.addEventListener("pointerover", ({ target }) => {
    const index = (target as Element).closest<HTMLElement>("[data-field]")?.dataset.field;
    if (index === undefined) return;
    mark(table, Number(index));
    mark(dump, Number(index));
  });
  root.replaceChildren(drawHead(entry), ...drawFault(entry), dump, ...drawFrames(entry), table, ...drawRest(entry));
}

/** What stands there before anything is chosen. */
export function drawNothing(root: HTMLElement): void {
  root.replaceChildren(
    element("p", { class: "note" }, "Choose an entry, and see its octets and what each of them means."),
  );
}

function drawHead(entry: Entry): HTMLElement {
  const time = entry.time === undefined ? "" : ` · ${seconds(entry.time)} s`;
  const where = `${entry.side} · octets ${count(entry.start)} to ${count(entry.end)}${time} · ${entry.section}`;
  return element("header", {}, element("h2", {}, harmless(entry.title)), element("p", { class: "where" }, where));
}

/** What is wrong, where, and what to do. */
export function drawFault({ title, error }: Entry): HTMLElement[] {
  if (error === undefined) return [];
  const where = error.offset === undefined ? "" : `octet ${count(error.offset)}`;
  const [what] = error.message.split(/ \(octet|\. /);
  return [
    element(
      "div",
      { class: "fault" },
      element("p", { class: "code" }, [error.code, where].filter(Boolean).join(" · ")),
      ...(what === title ? [] : [element("p", { class: "what" }, `${harmless(what)}.`)]),
      element("p", {}, harmless(error.hint ?? "")),
      element("p", { class: "where" }, error.section ?? ""),
    ),
  ];
}

function drawField(field: Field, index: number): HTMLElement {
  const { start, end } = field;
  return element(
    "tr",
    { "data-field": `${index}` },
    element("td", { class: "at" }, end - start > 1 ? `${start}–${end - 1}` : `${start}`),
    element("th", { scope: "row" }, element("span", { class: `chip ${roleOf(field)}` }, harmless(field.name))),
    element("td", { class: "value" }, harmless(field.value)),
    element("td", {}, harmless(field.meaning), " ", element("small", {}, field.section)),
  );
}

function drawTable(rows: readonly HTMLElement[]): HTMLElement {
  if (rows.length === 0) return element("p", { class: "note" }, "None of these octets has a meaning any more.");
  const heads = ["Octets", "Field", "Value", "Meaning"].map((text) => element("th", { scope: "col" }, text));
  const head = element("thead", {}, element("tr", {}, ...heads));
  return element("table", { class: "fields" }, head, element("tbody", {}, ...rows));
}

function drawRest({ fields }: Entry): HTMLElement[] {
  const rest = fields.length - MOST_FIELDS;
  return rest > 0 ? [element("p", { class: "note" }, `and ${counted(rest, "more field")}`)] : [];
}

/** The frames of a message, when it has several. */
function drawFrames({ frames = [] }: Entry): HTMLElement[] {
  if (frames.length < 2) return [];
  const items = frames
    .slice(0, MOST_FIELDS)
    .map(({ length, preview, more }) =>
      element(
        "li",
        {},
        element("code", {}, glyphs(preview) + (length > preview.length ? "…" : "")),
        " ",
        element("small", {}, `${counted(length, "octet")}${more ? ", more follow" : ", the last"}`),
      ),
    );
  return [
    element("h3", {}, `One message of ${counted(frames.length, "frame")}`),
    element("ol", { class: "frames" }, ...items),
  ];
}

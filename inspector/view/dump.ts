/**
 * Octets in rows, each coloured by the field it belongs to. A field says its meaning when the pointer or the focus is on it; arrow keys
 * go from field to field.
 */
import type { Field } from "../inspect.js";
import { element } from "./dom.js";
import { roleOf } from "./roles.js";
import { counted, glyphs, harmless, hex } from "./text.js";

/** Octets of one field that are shown; the rest of a long payload is counted. */
const MOST = 512;

export interface Dump {
  readonly octets: Uint8Array;
  /** Where the first of them stands in its side's stream. */
  readonly start: number;
  readonly fields: readonly Field[];
  /** The octet that proves a fault. */
  readonly faulty: number | undefined;
}

/** Draws the dump, `perRow` octets in a row; `tell` hears which field somebody looks at. */
export function drawDump(dump: Dump, perRow: number, tell: (index: number) => void): HTMLElement {
  const root = element("div", {
    class: "dump",
    role: "group",
    "aria-label": "Octets. Arrow keys go from field to field",
  });
  const shown = dump.octets.subarray(0, MOST);
  const fieldAt = fieldOfEach(dump, shown.length);
  const seen = new Set<number>();
  for (let row = 0; row < shown.length; row += perRow) {
    root.append(drawLine(dump, shown, fieldAt, row, Math.min(row + perRow, shown.length), seen));
  }
  if (dump.octets.length > MOST) root.append(element("p", { class: "more" }, restOf(dump)));
  const first = root.querySelector<HTMLElement>("[tabindex]");
  if (first) first.tabIndex = 0;
  root.addEventListener("pointerover", ({ target }) => look(root, target, tell));
  root.addEventListener("focusin", ({ target }) => look(root, target, tell));
  root.addEventListener("keydown", (event) => step(root, event));
  return root;
}

const restOf = ({ octets }: Dump): string => `and ${counted(octets.length - MOST, "more octet", "more octets")}`;

/** In the place of a password, which may be seen by whoever looks over a shoulder. */
const HIDDEN = "•";
const isSecret = (field: Field | undefined): boolean => field?.name === "password";

/** The number of the innermost field of each octet, or -1. */
function fieldOfEach({ fields, start }: Dump, length: number): Int32Array {
  const found = new Int32Array(length).fill(-1);
  const widest = fields.map((field, index) => ({ field, index })).sort((a, b) => width(b.field) - width(a.field));
  for (const { field, index } of widest)
    found.fill(index, Math.max(0, field.start - start), Math.max(0, field.end - start));
  return found;
}

const width = ({ start, end }: Field): number => end - start;

function drawLine(
  dump: Dump,
  octets: Uint8Array,
  fieldAt: Int32Array,
  from: number,
  to: number,
  seen: Set<number>,
): HTMLElement {
  const cells = element("span", { class: "cells" });
  const text = element("span", { class: "glyphs", "aria-hidden": "true" });
  for (let at = from; at < to; ) {
    let end = at + 1;
    while (end < to && fieldAt[end] === fieldAt[at]) end++;
    const index = fieldAt[at];
    const parts = Array.from(octets.subarray(at, end), (octet, i) =>
      drawOctet(dump, dump.fields[index], octet, at + i),
    );
    cells.append(drawStretch(dump, index, parts, !seen.has(index)));
    const words = isSecret(dump.fields[index]) ? HIDDEN.repeat(end - at) : glyphs(octets.subarray(at, end));
    text.append(element("span", { class: roleOf(dump.fields[index]), "data-field": `${index}` }, words));
    seen.add(index);
    at = end;
  }
  const offset = element("span", { class: "offset", "aria-hidden": "true" }, `${dump.start + from}`);
  return element("div", { class: "line" }, offset, cells, text);
}

function drawOctet({ start, faulty }: Dump, field: Field | undefined, octet: number, at: number): HTMLElement {
  const bad = start + at === faulty;
  const text = isSecret(field) ? HIDDEN.repeat(2) : hex(octet);
  return element("b", bad ? { class: "faulty", title: "This octet proves the fault" } : {}, text);
}

/** Octets of one field in one row. The first stretch of a field takes the focus for all of it. */
function drawStretch(dump: Dump, index: number, octets: readonly HTMLElement[], first: boolean): HTMLElement {
  const field = dump.fields[index];
  const attributes = { class: `stretch ${roleOf(field)}`, "data-field": `${index}` };
  if (field === undefined || !first) return element("span", attributes, ...octets);
  const { faulty } = dump;
  const proof =
    faulty !== undefined && faulty >= field.start && faulty < field.end ? ` The fault is octet ${faulty}.` : "";
  const label = `${field.name}: ${harmless(field.value)}. ${harmless(field.meaning)} ${field.section}.${proof}`;
  return element("span", { ...attributes, role: "img", tabindex: "-1", "aria-label": label }, ...octets);
}

function look(root: HTMLElement, target: EventTarget | null, tell: (index: number) => void): void {
  const index = (target as Element).closest<HTMLElement>("[data-field]")?.dataset.field;
  if (index === undefined || index === "-1") return;
  mark(root, Number(index));
  tell(Number(index));
}

/** Marks a field wherever it stands. */
export function mark(root: HTMLElement, index: number): void {
  for (const old of root.querySelectorAll(".looked")) old.classList.remove("looked");
  for (const part of root.querySelectorAll(`[data-field="${index}"]`)) part.classList.add("looked");
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function step(root: HTMLElement, event: KeyboardEvent): void {
  const by = STEPS[event.key];
  if (by === undefined) return;
  const fields = [...root.querySelectorAll<HTMLElement>("[tabindex]")];
  const at = fields.indexOf(document.activeElement as HTMLElement);
  const next = fields[at + by];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  fields[at].tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

/** What is open now: its log, which rows are wanted, which is chosen. */
import { filter, testOf, type Wish } from "./model/filter.js";
import { KINDS, type Log } from "./model/log.js";
import { drawDetail, drawFault, drawNothing } from "./view/detail.js";
import { announce, byId, element } from "./view/dom.js";
import { List } from "./view/list.js";
import { RatePlot } from "./view/rate.js";
import { drawRow } from "./view/row.js";
import { count, counted, harmless, size } from "./view/text.js";

/** Milliseconds from one picture of a log that grows to the next. */
const PICTURE = 100;

/** Pixels that an entry's octets take, sixteen in a row, with their characters beside them. */
const SIXTEEN = 660;

export class Session {
  #log: Log | undefined;
  #stop = new AbortController();
  /** The rows that are wanted; undefined: all. */
  #wanted: number[] | undefined;
  #filtering = new AbortController();
  /** Rows that the filter has seen. */
  #filtered = 0;
  #row = -1;
  #state = "";
  #drawing = 0;
  /** When the last picture was drawn. */
  #drawn = 0;
  /** Octets in a row of the entry that is shown. */
  #drawnPerRow = 0;
  readonly #plot = new RatePlot();
  readonly #list = new List(byId("list"), (index) => this.#chose(this.#wanted?.[index] ?? index));

  constructor() {
    const kinds = KINDS.map((kind) => {
      const box = element("input", { type: "checkbox", value: kind, checked: true });
      return element("label", { hidden: true }, box, kind);
    });
    byId("kinds").append(...kinds);
    byId("filter").addEventListener("input", () => void this.#filter());
    byId("filter").addEventListener("submit", (event) => event.preventDefault());
    new ResizeObserver(() => this.#perRow() !== this.#drawnPerRow && this.#drawChosen()).observe(byId("detail"));
  }

  /** Shows a new log in the place of the old one. The signal says when it is closed. */
  open(name: string, log: Log, state = "reading"): AbortSignal {
    this.close();
    this.#log = log;
    byId("source-name").textContent = harmless(name);
    byId("start").hidden = true;
    byId("inspect").hidden = false;
    byId("again").hidden = false;
    this.#state = state;
    drawNothing(byId("detail"));
    this.grown();
    byId("source-name").focus();
    return this.#stop.signal;
  }

  /** Lets go of what is open. */
  close(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#filtering.abort();
    this.#log = undefined;
    this.#wanted = undefined;
    this.#filtered = 0;
    this.#row = -1;
    byId<HTMLFormElement>("filter").reset();
    for (const id of ["inspect", "again", "verdict", "rate", "talk", "which"]) byId(id).hidden = true;
    byId("start").hidden = false;
  }

  /** The log has grown. Many calls are one picture, and pictures are not what a long file should wait for. */
  grown(): void {
    const wait = Math.max(0, this.#drawn + PICTURE - performance.now());
    if (this.#drawing === 0) this.#drawing = window.setTimeout(() => requestAnimationFrame(() => this.#draw()), wait);
  }

  /** All has been read. */
  whole(): void {
    this.#ended("");
    announce(byId("source-facts").textContent ?? "");
  }

  /** The source cannot be read to its end. */
  broken(error: unknown): void {
    this.#ended("");
    this.#tell(error);
  }

  /** A live connection is over. */
  over(error: unknown): void {
    this.#ended("closed");
    if (error !== undefined) this.#tell(error);
    else announce("The connection is closed.");
  }

  #ended(state: string): void {
    this.#state = state;
    this.#draw();
    const row = this.#log?.faults[0] ?? 0;
    if (this.#row < 0) this.#list.choose(row);
  }

  #tell(error: unknown): void {
    const verdict = byId("verdict");
    const text = error instanceof Error ? error.message : String(error);
    verdict.replaceChildren(element("p", {}, harmless(text)));
    verdict.hidden = false;
    announce(text);
  }

  #draw(): void {
    clearTimeout(this.#drawing);
    this.#drawing = 0;
    this.#drawn = performance.now();
    const log = this.#log;
    if (log === undefined) return;
    this.#extend(log);
    const follow = byId("talk").hidden === false && this.#list.atEnd;
    this.#list.show({
      length: this.#wanted?.length ?? log.table.length,
      draw: (index) => drawRow(log, this.#wanted?.[index] ?? index),
    });
    if (follow) this.#list.follow();
    this.#plot.show(log.rates);
    this.#drawFacts(log);
    this.#drawVerdict(log);
  }

  /** New rows pass the filter that is set. */
  #extend(log: Log): void {
    const { length } = log.table;
    if (this.#wanted !== undefined) {
      const test = testOf(log, this.#wish());
      for (let row = this.#filtered; row < length; row++) if (test(row)) this.#wanted.push(row);
    }
    this.#filtered = length;
  }

  #drawFacts(log: Log): void {
    const connections = counted(log.conversations.length, "connection");
    const gaps = log.kindCounts[KINDS.indexOf("gap")];
    const entries = counted(log.table.length, "entry", "entries");
    const facts = [size(log.octets), connections, entries, gaps > 0 ? counted(gaps, "gap") : "", this.#state];
    byId("source-facts").textContent = facts.filter(Boolean).join(" · ");
    const shown = this.#wanted?.length;
    byId("count").textContent = shown === undefined ? "" : `${count(shown)} of ${count(log.table.length)} shown`;
    this.#drawKinds(log);
    this.#drawConversations(log);
  }

  /** Only kinds that there are can be left out. */
  #drawKinds({ kindCounts }: Log): void {
    [...byId("kinds").querySelectorAll("label")].forEach((label, kind) => {
      label.hidden = kindCounts[kind] === 0;
    });
  }

  #drawConversations({ conversations }: Log): void {
    const select = byId<HTMLSelectElement>("conversation");
    byId("which").hidden = conversations.length < 2;
    if (select.options.length === conversations.length + 1) return;
    const options = conversations.map(({ title }, i) => element("option", { value: `${i}` }, harmless(title)));
    const { value } = select;
    select.replaceChildren(element("option", { value: "" }, "all connections"), ...options);
    select.value = value;
  }

  /** The first fault, said above everything else. */
  #drawVerdict(log: Log): void {
    const [row] = log.faults;
    const verdict = byId("verdict");
    if (row === undefined || verdict.dataset.row === `${row}`) {
      if (row !== undefined) verdict.hidden = false;
      return;
    }
    const entry = log.entry(row);
    const [fault] = entry === undefined ? [] : drawFault(entry);
    if (fault === undefined) return;
    const error = entry?.error;
    const where = error?.offset === undefined ? "" : ` at octet ${count(error.offset)} of what the ${entry?.side} sent`;
    const go = element("button", { type: "button" }, "Show the octet");
    go.addEventListener("click", () => this.#goTo(row));
    const text = element("p", {}, element("strong", {}, `It breaks off${where}. `), harmless(error?.hint ?? ""));
    verdict.replaceChildren(text, go);
    verdict.hidden = false;
  }

  #goTo(row: number): void {
    if (this.#wanted !== undefined && !this.#wanted.includes(row)) {
      byId<HTMLFormElement>("filter").reset();
      this.#wanted = undefined;
      this.#draw();
    }
    this.#list.choose(this.#wanted?.indexOf(row) ?? row);
    byId("list").focus();
  }

  #wish(): Wish {
    const boxes = byId("kinds").querySelectorAll<HTMLInputElement>("input:checked");
    const side = byId<HTMLSelectElement>("side").value;
    const conversation = byId<HTMLSelectElement>("conversation").value;
    return {
      search: byId<HTMLInputElement>("search").value,
      kinds: new Set(Array.from(boxes, ({ value }) => value)),
      side: side === "" ? undefined : Number(side === "server"),
      conversation: conversation === "" ? undefined : Number(conversation),
    };
  }

  async #filter(): Promise<void> {
    this.#filtering.abort();
    this.#filtering = new AbortController();
    const { signal } = this.#filtering;
    const log = this.#log;
    if (log === undefined) return;
    const found = await filter(log, this.#wish(), signal);
    if (signal.aborted) return;
    this.#wanted = found;
    this.#filtered = log.table.length;
    const at = found === undefined ? this.#row : found.indexOf(this.#row);
    this.#list.moved(at);
    this.#draw();
    // What is left out is not left beside what was found.
    if (at < 0 && found !== undefined && found.length > 0) this.#list.choose(0);
    announce(found === undefined ? "All entries are shown" : `${counted(found.length, "entry", "entries")} found`);
  }

  #chose(row: number): void {
    this.#row = row;
    this.#drawChosen();
  }

  #perRow(): number {
    return byId("detail").clientWidth < SIXTEEN ? 8 : 16;
  }

  #drawChosen(): void {
    if (this.#log === undefined || this.#row < 0) return;
    const detail = byId("detail");
    const perRow = this.#perRow();
    this.#drawnPerRow = perRow;
    detail.style.setProperty("--per-row", `${perRow}`);
    drawDetail(detail, this.#log, this.#row, perRow);
    detail.scrollTop = 0;
  }
}

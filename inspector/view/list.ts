/**
 * A list of any length of which only what is seen is in the document. The focus stays on the list; which row is chosen is told by
 * `aria-activedescendant`, and each row says the how-manieth of how many it is.
 */
import { element } from "./dom.js";

/** Browsers end an element at about 16 to 33 million pixels. A longer list scrolls in proportion. */
const TALLEST = 12_000_000;
/** Rows drawn above and below what is seen. */
const MARGIN = 6;

export interface Rows {
  /** How many. */
  readonly length: number;
  /** The contents of one. */
  draw(index: number): { readonly kind: string; readonly cells: readonly Node[] };
}

export class List {
  readonly #root: HTMLElement;
  readonly #space = element("div", { role: "presentation", class: "space" });
  readonly #choose: (index: number) => void;
  #rows: Rows = { length: 0, draw: () => ({ kind: "", cells: [] }) };
  #chosen = -1;
  #drawing = 0;

  constructor(root: HTMLElement, choose: (index: number) => void) {
    this.#root = root;
    this.#choose = choose;
    root.append(this.#space);
    root.addEventListener("scroll", () => this.#soon(), { passive: true });
    root.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("click", ({ target }) => {
      const row = (target as Element).closest<HTMLElement>("[data-index]");
      if (row) this.choose(Number(row.dataset.index));
    });
    new ResizeObserver(() => this.#soon()).observe(root);
  }

  /** Other rows, or more of the same. */
  show(rows: Rows): void {
    this.#rows = rows;
    this.#space.style.height = `${Math.min(rows.length * this.#height, TALLEST)}px`;
    this.#soon();
  }

  /** What was chosen stands at another index now; -1: nowhere. */
  moved(index: number): void {
    this.#chosen = index;
  }

  choose(index: number): void {
    const last = this.#rows.length - 1;
    if (last < 0) return;
    this.#chosen = Math.max(0, Math.min(index, last));
    this.#reveal();
    this.#draw();
    this.#choose(this.#chosen);
  }

  /** Scrolls to the end, where the newest is. */
  follow(): void {
    this.#root.scrollTop = this.#root.scrollHeight;
  }

  /** Whether the end is in sight. */
  get atEnd(): boolean {
    return this.#root.scrollHeight - this.#root.scrollTop - this.#root.clientHeight < 2 * this.#height;
  }

  get #height(): number {
    return Number.parseFloat(getComputedStyle(this.#root).getPropertyValue("--row")) || 30;
  }

  get #seen(): number {
    return Math.max(1, Math.floor(this.#root.clientHeight / this.#height));
  }

  /** Pixels of scrolling for one row: less than its height in a list that is too tall. */
  get #stride(): number {
    const travel = Math.min(this.#rows.length * this.#height, TALLEST) - this.#root.clientHeight;
    const rows = this.#rows.length - this.#root.clientHeight / this.#height;
    return rows > 0 ? Math.max(travel / rows, 1e-6) : this.#height;
  }

  #reveal(): void {
    const top = this.#root.scrollTop / this.#stride;
    if (this.#chosen < top) this.#root.scrollTop = this.#chosen * this.#stride;
    const first = this.#chosen + 1 - this.#root.clientHeight / this.#height;
    if (first > top) this.#root.scrollTop = first * this.#stride;
  }

  #soon(): void {
    if (this.#drawing !== 0) return;
    this.#drawing = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    cancelAnimationFrame(this.#drawing);
    this.#drawing = 0;
    const height = this.#height;
    const top = this.#root.scrollTop / this.#stride;
    const first = Math.max(0, Math.floor(top) - MARGIN);
    const last = Math.min(this.#rows.length, Math.ceil(top) + this.#seen + MARGIN);
    const rows: Node[] = [];
    for (let index = first; index < last; index++) {
      const row = this.#row(index);
      row.style.transform = `translateY(${this.#root.scrollTop + (index - top) * height}px)`;
      rows.push(row);
    }
    this.#space.replaceChildren(...rows);
    const active = this.#chosen >= first && this.#chosen < last ? `row-${this.#chosen}` : "";
    if (active) this.#root.setAttribute("aria-activedescendant", active);
    else this.#root.removeAttribute("aria-activedescendant");
  }

  #row(index: number): HTMLElement {
    const { kind, cells } = this.#rows.draw(index);
    const attributes = {
      role: "option",
      id: `row-${index}`,
      class: `entry ${kind}`,
      "data-index": `${index}`,
      "aria-selected": `${index === this.#chosen}`,
      "aria-setsize": `${this.#rows.length}`,
      "aria-posinset": `${index + 1}`,
    };
    return element("div", attributes, ...cells);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = this.#target(event.key);
    if (target === undefined) return;
    event.preventDefault();
    this.choose(target);
  }

  #target(key: string): number | undefined {
    switch (key) {
      case "ArrowDown":
        return this.#chosen + 1;
      case "ArrowUp":
        return this.#chosen - 1;
      case "PageDown":
        return this.#chosen + this.#seen;
      case "PageUp":
        return this.#chosen - this.#seen;
      case "Home":
        return 0;
      case "End":
        return this.#rows.length - 1;
      default:
        return undefined;
    }
  }
}

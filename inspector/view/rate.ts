/** Entries a second of each side, over time. */
import uPlot from "uplot";
import { SIDES } from "../model/log.js";
import type { Rates } from "../model/rates.js";
import { byId, element } from "./dom.js";
import { arrow, count } from "./text.js";

const HEIGHT = 96;

export class RatePlot {
  readonly #root = byId("rate");
  #plot: uPlot | undefined;
  #rates: Rates | undefined;

  constructor() {
    const sides = SIDES.map((side) => element("span", { class: `side ${side}` }, `${arrow(side)} ${side}`));
    this.#root.append(element("p", { class: "legend" }, "Entries a second", ...sides));
    new ResizeObserver(() => this.#fit()).observe(this.#root);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#again());
  }

  /** Draws what there is; nothing, where nobody noted times. */
  show(rates: Rates): void {
    this.#rates = rates;
    this.#root.hidden = rates.length < 2;
    if (this.#root.hidden) return;
    const [times, client, server] = rates.series();
    this.#root.setAttribute("role", "img");
    this.#root.setAttribute("aria-label", labelOf(client, server));
    this.#plot ??= this.#made();
    this.#plot.setData([times, client, server]);
  }

  #again(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    if (this.#rates) this.show(this.#rates);
  }

  #fit(): void {
    if (this.#root.clientWidth > 0) this.#plot?.setSize({ width: this.#root.clientWidth, height: HEIGHT });
  }

  #made(): uPlot {
    const colours = getComputedStyle(document.documentElement);
    const colour = (name: string) => colours.getPropertyValue(name).trim();
    const ink = paint(colour("--soft"));
    const line = { stroke: paint(colour("--line")), width: 1 };
    const font = "11px system-ui, sans-serif";
    const axis = { stroke: ink, font, ticks: { show: false }, gap: 4 };
    const series = (label: string, name: string) => ({
      label,
      stroke: paint(colour(name)),
      width: 1.5,
      points: { show: false },
    });
    const options: uPlot.Options = {
      width: this.#root.clientWidth || 320,
      height: HEIGHT,
      padding: [8, 20, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false } },
      axes: [
        { ...axis, size: 22, grid: { show: false }, values: (_, ticks) => ticks.map((tick) => `${tick} s`) },
        { ...axis, size: 52, space: 28, grid: line, values: (_, ticks) => ticks.map((tick) => `${count(tick)}/s`) },
      ],
      series: [{}, series("client", "--client"), series("server", "--server")],
    };
    return new uPlot(options, [[], [], []], this.#root);
  }
}

/** A canvas knows no `light-dark()`: the colour as the browser resolves it. */
function paint(colour: string): string {
  const probe = document.createElement("i");
  probe.style.color = colour;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const peak = (rates: readonly number[]): string => count(Math.round(Math.max(0, ...rates)));

const labelOf = (client: readonly number[], server: readonly number[]): string =>
  `Entries a second over time: the client up to ${peak(client)}, the server up to ${peak(server)}`;

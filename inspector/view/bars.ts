/** Two bars for each size of payload, and the ratio of the two. */
import { type Measured, measure } from "../model/measure.js";
import { byId, element } from "./dom.js";
import { size } from "./text.js";

export function setUpMeasure(): void {
  const go = byId<HTMLButtonElement>("measure-go");
  const bars = byId("bars");
  byId("to-measure").addEventListener("click", () => {
    byId("measure").scrollIntoView({ block: "start" });
    go.focus({ preventScroll: true });
  });
  go.addEventListener("click", async () => {
    go.disabled = true;
    go.textContent = "Measuring…";
    bars.setAttribute("aria-busy", "true");
    const found: Measured[] = [];
    await measure((one) => {
      found.push(one);
      draw(bars, found);
    });
    bars.setAttribute("aria-busy", "false");
    go.textContent = "Measure again";
    go.disabled = false;
  });
}

function draw(root: HTMLElement, found: readonly Measured[]): void {
  const most = Math.max(...found.flatMap(({ wasm = 0, typescript }) => [wasm, typescript]));
  const groups = found.map((one) => {
    const { payload, wasm, typescript } = one;
    return element(
      "div",
      { class: "bars" },
      element("h3", {}, `payloads of ${size(payload)}`, element("span", {}, verdictOf(one))),
      ...(wasm === undefined ? [] : [bar("WebAssembly", wasm, most, "server")]),
      bar("TypeScript", typescript, most, "client"),
    );
  });
  root.replaceChildren(...groups);
}

function verdictOf({ wasm, typescript }: Measured): string {
  if (wasm === undefined) return "no WebAssembly here";
  return `WebAssembly ${(wasm / typescript).toFixed(1)}×`;
}

function bar(name: string, rate: number, most: number, colour: string): HTMLElement {
  const fill = element("i", { class: colour });
  fill.style.width = `${(100 * rate) / most}%`;
  const value = `${rate.toPrecision(3)} million frames a second`;
  return element("p", {}, element("span", { class: "who" }, name), element("span", { class: "track" }, fill), value);
}

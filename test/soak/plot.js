/** The picture of a soak: memory, handles and the delay of the event loop, over time. */
import { parse, View } from "vega";
import { compile } from "vega-lite";

const TITLE = "A soak: our server and our client through proxies that break connections";

const panel = (field, title, dash) => ({
  width: 640,
  height: 130,
  mark: { type: "line", strokeWidth: 1.5 },
  encoding: {
    x: { field: "at", type: "quantitative", title: "seconds", scale: { nice: false }, axis: { grid: false } },
    y: { field, type: "quantitative", title, axis: { gridColor: "#e5e5e5" } },
    color: { field: "line", type: "nominal", scale: { range: dash }, legend: { title: null, labelLimit: 0 } },
  },
});

/** As SVG. */
export async function plot(samples) {
  const MB = 1e6;
  const memory = samples.flatMap(({ at, process, rss, heap }) => [
    { at, line: `${process}: resident`, memory: rss / MB },
    { at, line: `${process}: heap and buffers`, memory: heap / MB },
  ]);
  const rest = samples.map(({ at, process, handles, p99 }) => ({ at, line: process, handles, p99 }));
  const { spec } = compile({
    background: "white",
    padding: 12,
    title: { text: TITLE, anchor: "start", fontSize: 15, offset: 14 },
    resolve: { scale: { color: "independent" } },
    vconcat: [
      { data: { values: memory }, ...panel("memory", "MB", ["#6bbf59", "#0b6e4f", "#7da2e3", "#3066be"]) },
      { data: { values: rest }, ...panel("handles", "file descriptors", ["#0b6e4f", "#3066be"]) },
      { data: { values: rest }, ...panel("p99", "event loop, p99, ms", ["#0b6e4f", "#3066be"]) },
    ],
    config: { view: { stroke: null }, font: "sans-serif", axis: { labelFontSize: 11, titleFontSize: 11 } },
  });
  const svg = await new View(parse(spec), { renderer: "none" }).toSVG();
  const plain = svg.replace(/ (role|aria-[a-z]+)="[^"]*"/g, "");
  return `${plain.replace(/^<svg[^>]*>/, (tag) => `${tag}<title>${TITLE}</title>`)}\n`;
}

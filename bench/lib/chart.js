/** The README's chart: throughput by size. */
import { parse, View } from "vega";
import { compile } from "vega-lite";

/** Contenders shown, and how. */
const LINES = {
  "ours → ours": { name: "Monocoque, batches()", color: "#0b6e4f" },
  "ours → ours, for await": { name: "Monocoque, for await", color: "#6bbf59" },
  "C → C": { name: "libzmq, C", color: "#3066be" },
  "addon → addon": { name: "zeromq addon", color: "#c1292e" },
};

const TITLE = "Messages a second over TCP, PUSH to PULL, two processes";

/** As SVG, from the throughput's table. */
export async function draw({ rows }, machine) {
  const lines = Object.entries(LINES).filter(([column]) => typeof rows[0][column] === "number");
  const values = rows.flatMap((row) =>
    lines.map(([column, { name }]) => ({ size: row.messages, peers: name, rate: row[column] * 1e6 })),
  );
  const color = {
    field: "peers",
    type: "nominal",
    scale: { domain: lines.map(([, { name }]) => name), range: lines.map(([, { color }]) => color) },
    legend: { title: null, orient: "right", labelFontSize: 12, labelLimit: 240 },
  };
  const { spec } = compile({
    background: "white",
    padding: 12,
    width: 520,
    height: 300,
    title: {
      text: TITLE,
      subtitle: machine,
      anchor: "start",
      fontSize: 15,
      subtitleFontSize: 11,
      subtitleColor: "#666",
      offset: 14,
    },
    data: { values },
    encoding: {
      x: { field: "size", type: "ordinal", sort: null, title: "message size", axis: { labelAngle: 0, grid: false } },
      y: {
        field: "rate",
        type: "quantitative",
        scale: { type: "log" },
        title: "messages a second, logarithmic",
        axis: { format: "~s", values: [1e4, 1e5, 1e6, 1e7, 1e8], gridColor: "#e5e5e5" },
      },
      color,
    },
    layer: [
      { mark: { type: "line", strokeWidth: 2.5 } },
      { mark: { type: "point", filled: true, size: 60, opacity: 1 } },
    ],
    config: { view: { stroke: null }, font: "sans-serif", axis: { labelFontSize: 12, titleFontSize: 12 } },
  });
  const svg = await new View(parse(spec), { renderer: "none" }).toSVG();
  // One picture for a reader, not each of its marks.
  const plain = svg.replace(/ (role|aria-[a-z]+)="[^"]*"/g, "");
  return `${plain.replace(/^<svg[^>]*>/, (tag) => `${tag}<title>${TITLE}</title>`)}\n`;
}

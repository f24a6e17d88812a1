/** Results as rows, printed as Markdown. */

export function markdown({ title, note, columns, rows }) {
  const parts = [`### ${title}`, ...(note ? [note] : []), ...(rows.length > 0 ? [table({ columns, rows })] : [])];
  return `${parts.join("\n\n")}\n`;
}

/** The table alone. */
export function table({ columns, rows }) {
  const cells = [columns, ...rows.map((row) => columns.map((column) => shown(row[column])))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const line = (row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join("\n");
}

function shown(value) {
  if (value === undefined) return "–";
  return typeof value === "string" ? value : figure(value);
}

/** Three digits that matter. */
export function figure(value) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0 || Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return value.toPrecision(value >= 10 ? 3 : 2);
}

export const times = (value) => `${figure(value)}×`;

// Makes docs/probe.svg, the README's picture: `node test/docs/picture.js`. It is what the program prints, colours and all, when
// somebody has given it the port of a web server. Needs dist/.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, env, execPath } from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const SHOWN = "tcp://127.0.0.1:5556";

/** Runs the program; both of its streams go into one file, so that their order is what a terminal shows. */
async function recorded(args) {
  const folder = mkdtempSync(join(tmpdir(), "monocoque-picture-"));
  try {
    const path = join(folder, "terminal");
    const file = openSync(path, "a");
    const { NO_COLOR: _, ...inherited } = env;
    const options = { env: { ...inherited, FORCE_COLOR: "1", COLUMNS: "80" }, stdio: ["ignore", file, file] };
    await once(spawn(execPath, [join(root, "dist/cli.js"), ...args], options), "close");
    return readFileSync(path, "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a terminal shows when the program meets a web server. */
async function probed() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const endpoint = `tcp://127.0.0.1:${server.address().port}`;
    const text = await recorded(["probe", endpoint]);
    return `$ npx monocoque probe ${SHOWN}\n${text.replaceAll(endpoint, SHOWN)}`;
  } finally {
    server.close();
  }
}

/** What changes the style of text: ESC [ codes m. */
const STYLE = new RegExp(`${String.fromCharCode(27)}\\[([\\d;]*)m`, "g");

/** Colours that can be read on the picture's ground, by the number that ECMA-48 gives them. */
const COLOURS = { 31: "#ff7b72", 32: "#7ee787", 33: "#f2cc60", 36: "#79c0ff" };
const [CELL, LINE, MARGIN, SIZE] = [8.4, 19, 20, 14];

const SPACE = String.fromCharCode(0xa0);

/** Text for XML. Its spaces are made such that no viewer joins them. */
const escaped = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(" ", SPACE);

/** The attributes of text under these codes. */
function attributes(codes) {
  const colour = codes.map((code) => COLOURS[code]).find(Boolean);
  const weight = codes.includes("1") ? ' font-weight="bold"' : "";
  const faint = codes.includes("2") ? ' opacity="0.65"' : "";
  return `${colour ? ` fill="${colour}"` : ""}${weight}${faint}`;
}

/** One line: runs of text between the codes that change its style, each in the column where a terminal has it. */
function drawn(line, row) {
  let column = 0;
  let codes = [];
  const runs = [];
  // Between two runs of text stand the codes that were caught: "text", "1", "text", "0", …
  for (const [index, part] of line.split(STYLE).entries()) {
    if (index % 2 === 1) codes = part === "" || part === "0" ? [] : [...codes, ...part.split(";")];
    else if (part !== "") {
      const x = (MARGIN + column * CELL).toFixed(1);
      const width = (part.length * CELL).toFixed(1);
      const place = `x="${x}" textLength="${width}" lengthAdjust="spacingAndGlyphs"`;
      runs.push(`<tspan ${place}${attributes(codes)}>${escaped(part)}</tspan>`);
      column += part.length;
    }
  }
  return `<text y="${MARGIN + 32 + row * LINE}">${runs.join("")}</text>`;
}

/** The picture of what a terminal shows. */
export function picture(text) {
  const lines = text.trimEnd().split("\n");
  const columns = Math.max(...lines.map((line) => line.replace(STYLE, "").length));
  const [width, height] = [Math.ceil(columns * CELL + 2 * MARGIN), lines.length * LINE + 2 * MARGIN + 26];
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map(
    (fill, i) => `<circle cx="${22 + i * 20}" cy="20" r="6" fill="${fill}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>monocoque probe finds a web server where a ZeroMQ peer was expected</title>
<rect width="100%" height="100%" rx="10" fill="#0d1117"/>
${dots.join("")}
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="${SIZE}" fill="#e6edf3">
${lines.map(drawn).join("\n")}
</g>
</svg>
`;
}

/** docs/probe.svg as it has to be. */
export const probe = async () => picture(await probed());

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(root, "docs/probe.svg"), await probe());

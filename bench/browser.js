/**
 * `npm run bench:browser [-- SUITE …] [--json FILE]`: the codec's suites in a real Chromium (`CHROMIUM` names another than
 * /usr/bin/chromium), and what a page receives from libzmq over ws://.
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { rolldown } from "rolldown";
import { node } from "./lib/children.js";
import { median, ratio } from "./lib/compare.js";
import { temporaryFolder } from "./lib/native.js";
import { main } from "./lib/program.js";
import { times } from "./lib/table.js";

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
const ARGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync".split(" ");

const SUITES = ["scan", "consume", "owned", "session", "encode", "batches", "greeting"];
const RECEIVERS = ["ours, batches()", "ours, for await", "bare WebSocket", "jszmq"];
const SIZES = { "64 B": 64, "1 KiB": 1024 };
const MESSAGES = 12_000;
const ROUNDS = 7;
/** Milliseconds that the page may be silent. */
const PATIENCE = 60_000;

const folder = temporaryFolder();
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

async function bundle(options, file, output) {
  const build = await rolldown({ platform: "browser", logLevel: "silent", ...options });
  await build.write({ file: join(folder, file), format: "esm", ...output });
  await build.close();
}

/** jszmq leans on Node's modules: what a page lacks of them is put in their place. Returns what stood in the way. */
async function bundleJszmq() {
  const polyfill = (name) => here(`../node_modules/${name}/`);
  try {
    await bundle(
      {
        input: "jszmq",
        cwd: here("."),
        resolve: {
          alias: {
            buffer: polyfill("buffer"),
            events: polyfill("events"),
            assert: polyfill("assert"),
            util: polyfill("util"),
          },
        },
        transform: { define: { global: "globalThis", "process.env.NODE_ENV": '"production"' } },
        plugins: [
          {
            name: "only for listening",
            resolveId: (id) => (/^(url|http|https|node:.*)$/.test(id) ? `\0${id}` : undefined),
            load: (id) =>
              id.startsWith("\0") && /^.(url|http|https|node:.*)$/.test(id) ? "export default {}" : undefined,
          },
        ],
      },
      "jszmq.js",
      { banner: "globalThis.process ??= { env: {}, nextTick: queueMicrotask };" },
    );
    return "";
  } catch (error) {
    return error.message.split("\n")[0];
  }
}

/** Isolated, so that the page's clock is as fine as it can be. */
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

/** How much a page draws while it receives: messages of a run that lasts some seconds. */
const STREAM = 120_000;
const STREAM_ROUNDS = 5;

/**
 * A plain static folder, and a page that asks here what to do next: no debugger looks on, since one that does hears of every message
 * that a WebSocket receives, and slows it down twenty times.
 */
class Page {
  progress = () => {};
  #jobs = [];
  #asking;
  #result;
  #patience;
  #server = createServer((request, response) => this.#answer(request, response));
  #headers;

  constructor(headers) {
    this.#headers = headers;
  }

  async listen() {
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${this.#server.address().port}/`;
  }

  run(...job) {
    return new Promise((resolve, reject) => {
      this.#result = { resolve, reject };
      this.#jobs.push(job);
      this.#hand();
      this.#heard();
    }).finally(() => clearTimeout(this.#patience));
  }

  /** A page that has failed to load says nothing. */
  #heard() {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#result.reject(new Error("the page does not answer")), PATIENCE);
  }

  #hand() {
    if (this.#asking === undefined || this.#jobs.length === 0) return;
    this.#asking.end(JSON.stringify(this.#jobs.shift()));
    this.#asking = undefined;
  }

  async #answer(request, response) {
    const name = request.url.slice(1) || "index.html";
    if (name === "job") {
      this.#asking = response;
      this.#hand();
    } else if (request.method === "POST") {
      const said = JSON.parse(Buffer.concat(await request.toArray()));
      response.end();
      if (name === "progress") {
        this.#heard();
        this.progress(said);
      }
      if (said.error) this.#result.reject(new Error(said.error));
      else if (name === "result") this.#result.resolve(said.value);
    } else this.#file(name, response);
  }

  #file(name, response) {
    if (name === "index.html") {
      response.writeHead(200, { ...this.#headers, "content-type": "text/html" });
      response.end('<!doctype html><script type="module" src="page.js"></script>');
    } else if (/^[\w-]+\.js$/.test(name) && existsSync(join(folder, name))) {
      const headers = { ...this.#headers, "content-type": "text/javascript" };
      response.writeHead(200, headers).end(readFileSync(join(folder, name)));
    } else response.writeHead(404).end();
  }
}

await bundle({ input: here("browser/page.js") }, "page.js");
await bundle({ input: here("../dist/page-thread.js") }, "page-thread.js");
const obstacle = await bundleJszmq();
const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
// In the browser's own context, which Playwright leaves alone.
const devtools = await browser.newBrowserCDPSession();

async function opened(headers) {
  const page = new Page(headers);
  const { targetId } = await devtools.send("Target.createTarget", { url: await page.listen() });
  return Object.assign(page, { targetId });
}

const page = await opened(ISOLATED);

const suite =
  (name) =>
  async ({ progress }) => {
    page.progress = progress;
    const table = await page.run("suite", name);
    return { ...table, columns: table.columns.filter((column) => table.rows.some((row) => row[column] !== undefined)) };
  };

/** From libzmq in a process of its own into the page, receivers in turn. */
async function ws({ progress }) {
  const without = obstacle || (await page.run("jszmq"));
  if (without) console.warn(`SKIPPED: jszmq cannot be brought into a page: ${without}`);
  const names = RECEIVERS.filter((name) => name !== "jszmq" || !without);
  const peer = node("push-ws")("push");
  await peer.next("ready");
  const measured = async (name, size) => {
    peer.tell(`go ${size} ${MESSAGES}`);
    const [endpoint] = await peer.next("at");
    const time = await page.run("receive", name, endpoint, size, MESSAGES);
    await peer.next("done");
    return time;
  };
  const rows = [];
  for (const [title, size] of Object.entries(SIZES)) {
    const found = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = -1; round < ROUNDS; round++) {
      for (const name of names) {
        progress(`ws:// ${title}, ${name}${round < 0 ? ", warming up" : `, round ${round + 1}`}`);
        const time = await measured(name, size);
        if (round >= 0) found[name].push(time);
      }
    }
    rows.push({
      messages: title,
      "floor / batches()": times(ratio(found, "bare WebSocket", "ours, batches()")),
      "floor / for await": times(ratio(found, "bare WebSocket", "ours, for await")),
      "for await vs jszmq": found.jszmq && times(ratio(found, "ours, for await", "jszmq")),
      ...Object.fromEntries(names.map((name) => [name, 1e6 / median(found[name])])),
    });
  }
  peer.close();
  return {
    title: "ws:// from libzmq into a page",
    note: `Thousand messages a second from a libzmq PUSH in another process, medians of ${ROUNDS} rounds that alternate in one page. The floor is a bare WebSocket that counts messages and does nothing else; up to 1.3× of it was the aim.${without ? ` jszmq cannot be brought into a page: ${without}` : ""}`,
    columns: Object.keys(rows[0]),
    rows,
  };
}

/** Where the connection is at work, and in which page. */
const PLACES = {
  "main thread": { thread: false, headers: ISOLATED },
  "worker, shared": { thread: true, headers: ISOLATED },
  "worker, transferred": { thread: true, headers: {} },
};

/** A stream at full rate from libzmq, and the frames that the page draws meanwhile. */
async function frames({ progress }) {
  const peer = node("push-ws")("push");
  await peer.next("ready");
  const measured = async ({ thread, headers }, size) => {
    // A page of its own each time: only one that is in front draws.
    const page = await opened(headers);
    page.progress = progress;
    peer.tell(`go ${size} ${STREAM}`);
    const [endpoint] = await peer.next("at");
    const found = await page.run("frames", thread, endpoint, size, STREAM);
    await peer.next("done");
    await devtools.send("Target.closeTarget", { targetId: page.targetId });
    return found;
  };
  const rows = [];
  for (const [title, size] of Object.entries(SIZES)) {
    const found = Object.fromEntries(Object.keys(PLACES).map((name) => [name, []]));
    for (let round = 0; round < STREAM_ROUNDS; round++) {
      for (const [name, place] of Object.entries(PLACES)) {
        progress(`frames, ${title}, ${name}, round ${round + 1}`);
        found[name].push(await measured(place, size));
      }
    }
    for (const [name, all] of Object.entries(found)) {
      const of = (field) => median(all.map((one) => one[field]));
      rows.push({
        messages: title,
        "connection in": name,
        "longest gap, ms": of("longest"),
        "p99, ms": of("p99"),
        "frames/s": median(all.map(({ frames, seconds }) => frames / seconds)),
        "thousand messages/s": 1e6 / of("time"),
      });
    }
  }
  peer.close();
  return {
    title: "Frames under a stream",
    note: `${STREAM} messages from a libzmq PUSH over ws://, as fast as they come, read in runs: milliseconds between two animation frames of the page. Medians of ${STREAM_ROUNDS} rounds that alternate, each in a page of its own.`,
    columns: Object.keys(rows[0]),
    rows,
  };
}

try {
  const suites = { ...Object.fromEntries(SUITES.map((name) => [name, suite(name)])), ws, frames };
  const steps =
    42 +
    Object.keys(SIZES).length * RECEIVERS.length * (ROUNDS + 1) +
    Object.keys(SIZES).length * Object.keys(PLACES).length * STREAM_ROUNDS;
  await main("Browser", suites, { on: [`Chromium ${browser.version()}`] }, steps);
} finally {
  await browser.close();
}
process.exit(process.exitCode);

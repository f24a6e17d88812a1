/**
 * `npm run bench:inspector [-- SUITE …] [--megabytes 50] [--rounds 3] [--json FILE]`: the inspector page in a real Chromium (`CHROMIUM`
 * names another than /usr/bin/chromium), opened from file://, with a long file before it.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { buildReady, encodeFrame, encodeGreeting } from "monocoque";
import { RECORDING_MAGIC, recordHeader } from "monocoque/inspect";
import { chromium } from "playwright-core";
import { temporaryFolder } from "./lib/native.js";
import { main } from "./lib/program.js";

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
const ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"];
const options = { megabytes: { type: "string", default: "50" }, rounds: { type: "string", default: "3" } };
const { values } = parseArgs({ options: { ...options, json: { type: "string" } }, allowPositionals: true });
const MEGABYTES = Number(values.megabytes);
const ROUNDS = Number(values.rounds);
const PAYLOAD = 64;
/** Pictures while a list scrolls. */
const FRAMES = 120;
/** Milliseconds for which a page is left alone. */
const REST = 1000;

const folder = temporaryFolder();
const page = fileURLToPath(new URL("../dist/inspector.html", import.meta.url));
const opening = [encodeGreeting(), buildReady({ socketType: "PUSH" })];

/** A file of about so many octets: what it begins with, and one piece many times. */
function fileOf(name, head, pieceOf) {
  const path = join(folder, name);
  const file = openSync(path, "w");
  const pieces = [];
  let octets = 0;
  for (let i = 0; octets < MEGABYTES * 1e6; i++) {
    const piece = i === 0 ? Buffer.concat(head) : pieceOf(i);
    octets += piece.length;
    pieces.push(piece);
    if (pieces.length < 4096 && octets < MEGABYTES * 1e6) continue;
    writeSync(file, Buffer.concat(pieces.splice(0)));
  }
  closeSync(file);
  return path;
}

const message = (i) => encodeFrame(`${i}`.padStart(PAYLOAD, "."));
const record = (time, side, octets) => [recordHeader({ time, connection: 0, side, octets }), octets];
const handshake = ["client", "server"].flatMap((side) => opening.flatMap((octets) => record(0, side, octets)));
/** As a tap records what flows fast: a buffer of the kernel's at a time. */
const flood = Buffer.concat(Array.from({ length: 990 }, (_, i) => message(i)));

const FILES = {
  raw: ["raw octets", () => fileOf("raw.bin", opening, message)],
  fast: [
    "a recording, 64 KiB a record",
    () => fileOf("fast.tap", [RECORDING_MAGIC, ...handshake], (i) => Buffer.concat(record(i, "client", flood))),
  ],
  slow: [
    "a recording, a message a record",
    () => {
      const side = (i) => (i % 2 ? "client" : "server");
      return fileOf("slow.tap", [RECORDING_MAGIC, ...handshake], (i) => Buffer.concat(record(i, side(i), message(i))));
    },
  ],
};

/** In the page: how long the longest gap between two animation frames is, and when the first entry is seen. */
function watch() {
  const seen = { longest: 0, first: 0, began: 0 };
  let last = performance.now();
  const frame = () => {
    const now = performance.now();
    seen.longest = Math.max(seen.longest, now - last);
    last = now;
    if (seen.first === 0 && document.querySelector(".entry")?.textContent) seen.first = now - seen.began;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  addEventListener("change", () => Object.assign(seen, { began: performance.now(), longest: 0, first: 0 }), true);
  Object.assign(window, { seen, forget: () => Object.assign(seen, { longest: 0 }) });
}

async function opened(path) {
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
  const tab = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  tab.setDefaultTimeout(60_000);
  await tab.addInitScript(watch);
  await tab.goto(pathToFileURL(page).href);
  const devtools = await tab.context().newCDPSession(tab);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return 1000 * metrics.find(({ name }) => name === "TaskDuration").value;
  };
  // The floor: a page that does nothing.
  await tab.evaluate((time) => new Promise((resolve) => setTimeout(resolve, time, window.forget())), REST);
  const rest = await tab.evaluate(() => window.seen.longest);
  const before = await busy();
  await tab.getByLabel("A capture, a recording or raw octets").setInputFiles(path);
  const whole = await tab.evaluate(
    () =>
      new Promise((resolve) => {
        const facts = document.getElementById("source-facts");
        const look = () => {
          if (!/entr/.test(facts.textContent) || /reading/.test(facts.textContent)) setTimeout(look, 5);
          else resolve(performance.now() - window.seen.began);
        };
        look();
      }),
  );
  const reading = await tab.evaluate(() => ({ ...window.seen }));
  const work = (await busy()) - before;
  const scrolling = await scrolled(tab);
  const frame = ((await busy()) - before - work) / FRAMES;
  const search = await searched(tab);
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize } = await devtools.send("Runtime.getHeapUsage");
  const entries = await tab.locator("#source-facts").textContent();
  await browser.close();
  const count = Number(/([\d,]+) entr/.exec(entries)[1].replaceAll(",", ""));
  return {
    whole,
    work,
    rest,
    reading,
    scrolling,
    frame,
    search,
    heap: usedSize,
    buffers: backingStorageSize,
    entries: count,
  };
}

/** The bar dragged from end to end, and the wheel turned from there: each picture shows other rows. */
async function scrolled(tab) {
  await tab.evaluate(() => window.forget());
  await tab.evaluate(async (frames) => {
    const list = document.getElementById("list");
    for (let i = 0; i < frames; i++) {
      const dragged = (list.scrollHeight * 2 * i) / frames;
      list.scrollTop = i < frames / 2 ? dragged : list.scrollTop - 300;
      await new Promise(requestAnimationFrame);
    }
  }, FRAMES);
  return tab.evaluate(() => window.seen.longest);
}

/** What is nowhere is looked for everywhere. */
async function searched(tab) {
  return tab.evaluate(async () => {
    const count = document.getElementById("count");
    const search = document.getElementById("search");
    const began = performance.now();
    search.value = "is nowhere";
    search.dispatchEvent(new InputEvent("input", { bubbles: true }));
    while (!/^0 of/.test(count.textContent)) await new Promise((resolve) => setTimeout(resolve, 5));
    return performance.now() - began;
  });
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

const suite =
  ([file, make]) =>
  async ({ progress }) => {
    progress(`${file}: writing ${MEGABYTES} MB`);
    const path = make();
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      progress(`${file}, round ${round + 1}`);
      rounds.push(await opened(path));
    }
    const of = (figure) => median(rounds.map(figure));
    return {
      title: file[0].toUpperCase() + file.slice(1),
      note: `${MEGABYTES} MB in messages of ${PAYLOAD} B; medians of ${ROUNDS} rounds in a browser each. A frame is what is between two pictures.`,
      columns: ["what", "figure"],
      rows: Object.entries({
        entries: rounds[0].entries,
        "first entry seen after, ms": of(({ reading }) => reading.first),
        "all read after, ms": of(({ whole }) => whole),
        "CPU of the page's thread till then, ms": of(({ work }) => work),
        "longest frame, the page at rest, ms": of(({ rest }) => rest),
        "longest frame, reading, ms": of(({ reading }) => reading.longest),
        "longest frame, scrolling, ms": of(({ scrolling }) => scrolling),
        "CPU of a frame, scrolling, ms": of(({ frame }) => frame),
        "search of all, ms": of(({ search }) => search),
        "heap, MB": of(({ heap }) => heap / 1e6),
        "buffers, MB": of(({ buffers }) => buffers / 1e6),
      }).map(([what, figure]) => ({ what, figure })),
    };
  };

const suites = Object.fromEntries(Object.entries(FILES).map(([name, file]) => [name, suite(file)]));
await main("Inspector", suites, { options }, (ROUNDS + 1) * Object.keys(FILES).length);
process.exit(process.exitCode);

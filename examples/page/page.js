// Subscribes to a libzmq publisher over ws:// and plots how many messages come a second, and how smoothly the page runs
// meanwhile: with the connection's work in the page's own thread, or in a worker. No bundler, no build.
import { connect, defaultCodec } from "./dist/page.js";

const endpoint = new URLSearchParams(location.search).get("endpoint") ?? "ws://127.0.0.1:5557";
const EVERY = 200; // milliseconds between two points
const POINTS = 150; // half a minute
const HEIGHT = 260; // pixels
const RECENT = 50; // points of smoothness that are kept: ten seconds
const FULL = 60; // frames a second at the top of their scale
const STALL = 100; // milliseconds at the top of theirs: a longer one is cut off

const $ = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const counts = { messages: 0, octets: 0, dropped: 0 };
const rates = [];
let next; // the number the next message should have

/** A message is ["tick", number]. Its number is read where it lies: no string, no object, for any message. */
function count(batch) {
  const { bytes, length } = batch;
  for (let i = 0; i < length; i++) {
    if (batch.more(i)) continue;
    let number = 0;
    for (let at = batch.start(i), end = batch.end(i); at < end; at++) number = number * 10 + bytes[at] - 48;
    counts.octets += batch.end(i) - batch.start(0);
    counts.messages++;
    counts.dropped += number - (next ?? number);
    next = number + 1;
  }
}

function say(state, text) {
  document.querySelector("main").dataset.state = state;
  $("state").textContent = text;
}

/** Where the connection's work is done: "main" or "worker". The switch ends it, and the next one is made there. */
let where = "main";
let connection;

async function listen() {
  connection = await connect(endpoint, { socketType: "SUB", thread: where === "worker" });
  connection.subscribe("tick");
  $("memory").textContent = connection.thread ? `${connection.thread} memory` : "this thread";
  say("live", "live");
  for await (const batch of connection.batches()) count(batch);
}

async function listenForever() {
  for (;;) {
    const before = where;
    await listen().catch((error) => console.warn(error.message));
    next = undefined;
    if (where !== before) continue;
    say("waiting", "waiting for the publisher");
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

for (const choice of document.querySelectorAll("input[name=where]")) {
  choice.addEventListener("change", () => {
    where = choice.value;
    smooth[where] = [];
    connection?.destroy();
  });
}

/** What was drawn since the last point: frames, and the longest time between two. */
const drawn = { frames: 0, stall: 0, last: undefined };
/** Points of both ways: how many frames a second, and the longest stall, in milliseconds. */
const smooth = { main: [], worker: [] };

function frame(now) {
  if (drawn.last !== undefined) {
    drawn.frames++;
    drawn.stall = Math.max(drawn.stall, now - drawn.last);
  }
  drawn.last = now;
  requestAnimationFrame(frame);
}

/** A page that nobody sees draws nothing: that is no stall. */
document.addEventListener("visibilitychange", () => {
  drawn.last = undefined;
});

function plotSmoothness(elapsed) {
  const points = smooth[where];
  if (drawn.last === undefined) return;
  points.push({
    frames: (drawn.frames * 1000) / elapsed,
    stall: Math.max(drawn.stall, performance.now() - drawn.last),
  });
  Object.assign(drawn, { frames: 0, stall: 0 });
  if (points.length > RECENT) points.shift();
  const card = document.querySelector(`[data-where=${where}]`);
  const mean = points.reduce((sum, { frames }) => sum + frames, 0) / points.length;
  card.querySelector(".frames").textContent = whole.format(mean);
  card.querySelector(".stall").textContent = whole.format(Math.max(...points.map(({ stall }) => stall)));
  const x = (i) => ((i + 0.5) / RECENT) * 100;
  const y = (part) => (40 - Math.min(part, 1) * 38).toFixed(1);
  card
    .querySelector(".line")
    .setAttribute("d", `M${points.map(({ frames }, i) => `${x(i)} ${y(frames / FULL)}`).join("L")}`);
  card
    .querySelector(".bars")
    .setAttribute("d", points.map(({ stall }, i) => `M${x(i)} 40V${y(stall / STALL)}`).join(""));
}

/** A round number to end the scale at: 1, 2 or 5 and zeros. */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 100)));
  return [1, 2, 5, 10].map((digit) => digit * power).find((top) => top >= value);
}

function plot() {
  const width = $("plot").clientWidth;
  $("plot").setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  const top = ceiling(Math.max(...rates) * 1.1);
  const y = (rate) => HEIGHT - (rate / top) * HEIGHT;
  const points = rates.map(
    (rate, i) => `${width - ((rates.length - 1 - i) / (POINTS - 1)) * width} ${y(rate).toFixed(1)}`,
  );
  const line = `M${points.join("L")}`;
  $("line").setAttribute("d", line);
  $("area").setAttribute("d", `${line}V${HEIGHT}H${points[0].split(" ")[0]}Z`);
  $("now").setAttribute("cx", width);
  $("now").setAttribute("cy", y(rates.at(-1)));
  $("grid").innerHTML = [0, 0.25, 0.5, 0.75, 1]
    .map((part) => [y(part * top), whole.format(part * top)])
    .map(([at, label]) => `<path class="rule" d="M0 ${at}H${width}"/><text x="0" y="${at - 6}">${label}</text>`)
    .join("");
}

let last = { ...counts, at: performance.now() };
setInterval(() => {
  const now = { ...counts, at: performance.now() };
  const messages = now.messages - last.messages;
  rates.push((messages * 1000) / (now.at - last.at));
  if (rates.length > POINTS) rates.shift();
  const recent = rates.slice(-5);
  $("rate").textContent = whole.format(recent.reduce((sum, rate) => sum + rate, 0) / recent.length);
  $("total").textContent = whole.format(now.messages);
  $("dropped").textContent = whole.format(now.dropped);
  $("octets").textContent = `${whole.format((now.octets - last.octets) / (now.at - last.at))} KB/s`;
  plotSmoothness(now.at - last.at);
  last = now;
  plot();
}, EVERY);

$("codec").textContent = defaultCodec().name;
$("endpoint").textContent = endpoint;
requestAnimationFrame(frame);
await listenForever();

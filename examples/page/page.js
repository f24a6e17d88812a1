// Subscribes to a libzmq publisher over ws:// and plots how many messages come a second. No bundler, no build.
import { connect, defaultCodec } from "./dist/index.js";

const endpoint = new URLSearchParams(location.search).get("endpoint") ?? "ws://127.0.0.1:5557";
const EVERY = 200; // milliseconds between two points
const POINTS = 150; // half a minute
const HEIGHT = 260; // pixels

const $ = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const counts = { messages: 0, octets: 0, dropped: 0 };
const rates = [];
let next; // the number the next message should have

/** A message is ["tick", number]. Its number is read where it lies: no string, no object, for any message. */
function count(batch) {
  const { bytes, length } = batch;
  counts.octets += bytes.length;
  for (let i = 0; i < length; i++) {
    if (batch.more(i)) continue;
    let number = 0;
    for (let at = batch.start(i), end = batch.end(i); at < end; at++) number = number * 10 + bytes[at] - 48;
    counts.messages++;
    counts.dropped += number - (next ?? number);
    next = number + 1;
  }
}

function say(state, text) {
  document.querySelector("main").dataset.state = state;
  $("state").textContent = text;
}

async function listen() {
  const connection = await connect(endpoint, { socketType: "SUB" });
  connection.subscribe("tick");
  say("live", "live");
  for await (const batch of connection.batches()) count(batch);
}

async function listenForever() {
  for (;;) {
    await listen().catch((error) => console.warn(error.message));
    say("waiting", "waiting for the publisher");
    next = undefined;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
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
  last = now;
  plot();
}, EVERY);

$("codec").textContent = defaultCodec().name;
$("endpoint").textContent = endpoint;
await listenForever();

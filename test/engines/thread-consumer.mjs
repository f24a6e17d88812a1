// A thread that takes messages from a connection whose work another thread does; `workerData` is { url, port, count }.
import { parentPort, workerData } from "node:worker_threads";
import { connect } from "monocoque/node";
import { same, text } from "./checks.js";

const { url, port, count } = workerData;
const connection = await connect(url, { socketType: "PULL", thread: port });
let number = 0;
for await (const [payload] of connection) {
  same(text(payload), `message ${number}`);
  if (++number === count) break;
}
parentPort.postMessage(`${number} in order`);

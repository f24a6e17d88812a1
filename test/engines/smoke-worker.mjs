// The smoke suite's codec and session in a worker thread.
import process from "node:process";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import * as monocoque from "monocoque";
import { runChecks, universalChecks } from "./checks.js";

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  const held = await new Promise((resolve, reject) => {
    worker.on("message", ({ line, held }) => (line === undefined ? resolve(held) : console.log(line)));
    worker.on("error", reject);
  });
  await worker.terminate();
  if (!held) process.exitCode = 1;
} else {
  const held = await runChecks(universalChecks(monocoque, "wasm"), (line) => parentPort.postMessage({ line }));
  parentPort.postMessage({ held });
}

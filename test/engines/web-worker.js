// The smoke suite's codec and session in a Web Worker or a service worker: says each line to whoever asks, then whether all held.
import * as monocoque from "../../dist/index.js";
import { runChecks, universalChecks } from "./checks.js";

globalThis.onmessage = async ({ data: codecName, source }) => {
  const asker = source ?? globalThis;
  const lines = [];
  const held = await runChecks(universalChecks(monocoque, codecName), (line) => lines.push(line));
  asker.postMessage({ held, lines });
};

/** `node test/faults/run.js libzmq` fills libzmq.json; `node test/faults/run.js docs` writes docs/faults.md. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as zmq from "zeromq";
import { type Answers, askAll } from "./ask-libzmq.js";
import { faultsPage } from "./page.js";

const FILE = "test/faults/libzmq.json";
const [what] = process.argv.slice(2);

if (what === "libzmq") {
  const answers = await askAll();
  writeFileSync(FILE, `${JSON.stringify({ libzmq: zmq.version, answers }, null, 2)}\n`);
  console.log(`${Object.keys(answers).length} faults, libzmq ${zmq.version}: ${FILE}`);
} else if (what === "docs") {
  const { libzmq, answers } = JSON.parse(readFileSync(FILE, "utf8")) as { libzmq: string; answers: Answers };
  mkdirSync("docs", { recursive: true });
  writeFileSync("docs/faults.md", faultsPage(libzmq, answers));
  console.log("docs/faults.md");
} else {
  console.error("node test/faults/run.js libzmq | docs");
  process.exitCode = 2;
}

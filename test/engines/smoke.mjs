// The smoke suite: what every engine must be able to do with the package, in plain JavaScript and with no test runner.
//
//   <engine> smoke.mjs [endpoint of a libzmq PULL] [endpoint of a libzmq PUSH that gives back what the PULL took] [the same two on ws://]
//
// One line for each check; exits with 1 if one does not hold. Without endpoints it stays in memory and on the loopback.
import process from "node:process";
import * as monocoque from "monocoque/node";
import { pattern, runChecks, same, text, universalChecks } from "./checks.js";
import { COUNT, throughLibzmq } from "./through-libzmq.js";

const { connect, listen } = monocoque;
const [pull, push, wsPull, wsPush] = process.argv.slice(2);

/** A ROUTER that echoes batches, and a DEALER that asks it; then both leave. */
async function overLoopback(endpoint) {
  const listener = await listen(endpoint, { socketType: "ROUTER" });
  const serving = (async () => {
    for await (const peer of listener) {
      for await (const batch of peer.batches()) if (!peer.sendBatch(batch)) await peer.drained;
      await peer.close();
    }
  })();
  const dealer = await connect(listener.endpoint, { socketType: "DEALER", identity: "asker" });
  same(dealer.peer.socketType ?? "ROUTER", "ROUTER");
  const body = pattern(300_000);
  dealer.send(["question", body]);
  dealer.send("and another");
  const answers = [];
  for await (const answer of dealer) {
    answers.push(answer.map(text).join(" "));
    if (answers.length === 2) break;
  }
  same(answers.join("\n"), `question ${text(body)}\nand another`);
  await dealer.close();
  await listener.close();
  await serving;
  await dealer.closed;
}

const checks = {
  ...universalChecks(monocoque, globalThis.WebAssembly ? "wasm" : "js"),
  "a DEALER and our own ROUTER over tcp://": () => overLoopback("tcp://127.0.0.1:0"),
};
if (pull) checks[`${COUNT} messages through libzmq over tcp://`] = () => throughLibzmq(pull, push);
if (wsPull) checks[`${COUNT} messages through libzmq over ws://`] = () => throughLibzmq(wsPull, wsPush);

// Not process.exit(): that nothing keeps the process alive is one of the things to show.
if (!(await runChecks(checks, console.log))) process.exitCode = 1;

// `npm start`: Monocoque meets a real libzmq. A handshake octet by octet, messages both ways through both codecs with every
// one checked, then the codec on its own. Exits with 1 if one message is wrong or missing.
import { constants } from "node:os";
import { jsCodec, wasmCodec } from "monocoque";
import { Connection } from "./connection.js";
import { measureCodecs } from "./measure.js";
import { startPeer } from "./peer.js";
import { stopBar } from "./progress.js";
import * as report from "./report.js";
import { streamBothWays } from "./stream.js";
import { Watchdog } from "./watchdog.js";

const COUNT = 100_000;
const PLAN = [
  // Code starts cold, and who comes first would pay for it. These are checked, but not timed; by turns, because an engine
  // that has seen one codec only takes its optimizations back when it meets the other.
  { codec: wasmCodec(), count: COUNT / 2, timed: false },
  { codec: jsCodec(), count: COUNT / 2, timed: false },
  { codec: wasmCodec(), count: COUNT / 2, timed: false },
  { codec: jsCodec(), count: COUNT / 2, timed: false },
  { codec: wasmCodec(), count: COUNT, timed: true },
  { codec: jsCodec(), count: COUNT, timed: true },
];

// Whatever goes wrong, and wherever, ends the story here: an Error event, a dead peer, a stall, Ctrl-C.
let fail;
const trouble = new Promise((_, reject) => {
  fail = reject;
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () =>
    fail(Object.assign(new Error(`stopped by ${signal}`), { exitCode: 128 + constants.signals[signal] })),
  );
}

// Nobody reads any more: `npm start | head`.
process.stdout.on("error", () => process.exit(1));

async function tell() {
  const watchdog = new Watchdog(fail);
  const peer = startPeer(watchdog, fail);
  const { version } = await peer.ask("version");

  const results = [];
  for (const { codec, count, timed } of PLAN) {
    const connection = await Connection.open({ peer, codec, watchdog, fail });
    if (results.length === 0) {
      report.handshake(connection.timeline, connection.peerInfo, version);
      report.streamsBegin(COUNT);
    }
    results.push(...(await streamBothWays(connection, count, timed)));
    await connection.close();
  }
  await peer.stop();
  watchdog.stop();

  report.section(3, "The codec alone, in this process");
  report.codecs(await measureCodecs());

  report.section(4, "What the messages cost");
  report.streams(results);
  return report.verdict(results);
}

try {
  process.exitCode = (await Promise.race([tell(), trouble])) ? 0 : 1;
} catch (error) {
  stopBar();
  report.failure(error);
  process.exitCode = error.exitCode ?? 1;
}
// Leaves a connection that stalled, too; the peer goes with us.
process.exit();

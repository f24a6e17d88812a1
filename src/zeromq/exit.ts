/** The end of a process: messages that wait for their peers are delivered first, as long as their sockets linger. */
import { somethingLingers } from "../socket/lingering.js";
import { type OpenSocket, openSockets } from "../socket/open-sockets.js";

/** Milliseconds until somebody who waits for the process to end is told why it does not. */
const EXIT_PATIENCE = 500;

const HINT = " Set 'context.blocky = false' to change this behaviour.";

/** Begins to watch for the end. `process.exit()` waits for nothing: nothing can be sent any more then. */
export function deliverBeforeExit(): void {
  process.on("beforeExit", () => {
    const unsent = [...openSockets].filter((socket) => socket.unsent);
    for (const socket of unsent) socket.close();
    if (somethingLingers()) warnLater(unsent);
  });
}

function warnLater(sockets: readonly OpenSocket[]): void {
  const hint = sockets.some(({ blocky }) => blocky) ? HINT : "";
  const warn = () => {
    if (!somethingLingers()) return;
    process.stderr.write(`(node:${process.pid}) WARNING: Waiting for queued ZeroMQ messages to be delivered.${hint}\n`);
  };
  setTimeout(warn, EXIT_PATIENCE).unref();
}

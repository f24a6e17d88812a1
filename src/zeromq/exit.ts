/** The end of a process: messages that wait for their peers are delivered first, as long as their sockets linger. */
import { somethingLingers } from "../socket/lingering.js";
import { type OpenSocket, openSockets } from "../socket/open-sockets.js";

/** Milliseconds until somebody who waits for the process to end is told why it does not. */
const EXIT_PATIENCE = 500;

const HINT = " Set 'context.blocky = false' to change this behaviour.";

/** What ends, and where it says why it does not yet. */
interface Ending {
  readonly pid: number;
  readonly stderr: { write(text: string): unknown };
  on(event: "beforeExit", act: () => void): unknown;
}

/** Begins to watch for the end. `process.exit()` waits for nothing: nothing can be sent any more then. */
export function deliverBeforeExit(program: Ending = process): void {
  program.on("beforeExit", () => {
    const unsent = [...openSockets].filter((socket) => socket.unsent);
    for (const socket of unsent) socket.close();
    if (somethingLingers()) warnLater(program, unsent);
  });
}

function warnLater({ pid, stderr }: Ending, sockets: readonly OpenSocket[]): void {
  const hint = sockets.some(({ blocky }) => blocky) ? HINT : "";
  const warn = () => {
    if (!somethingLingers()) return;
    stderr.write(`(node:${pid}) WARNING: Waiting for queued ZeroMQ messages to be delivered.${hint}\n`);
  };
  setTimeout(warn, EXIT_PATIENCE).unref();
}

/** A peer in a process of its own, as the soak sees it. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PEER = fileURLToPath(new URL("peer.js", import.meta.url));
const living = new Set();
process.on("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

export class Child {
  /** What it has reported last. */
  last = {};
  heard = () => {};
  #process;
  #killed = false;

  constructor(library, role, lasting = false) {
    this.library = library;
    this.name = `${library}, ${role}`;
    this.lasting = lasting;
    this.#process = fork(PEER, [library, role], { serialization: "advanced", execArgv: [] });
    living.add(this.#process);
    this.#process.on("message", (message) => {
      if (message.totals) this.last = message;
      this.heard(message, this);
    });
    this.#process.once("exit", (code, signal) => {
      living.delete(this.#process);
      if (this.#killed) return;
      console.error(`WRONG: ${this.name} ended: ${signal ?? code}`);
      process.exit(1);
    });
  }

  tell(order) {
    this.#process.send(order);
  }

  /** The ports that it serves at. */
  async serve(keys) {
    this.tell({ serve: { keys } });
    return (await this.#next("ports")).ports;
  }

  /** It tells what it has seen of these streams in all. */
  async closed(streams) {
    this.tell({ close: streams });
    await this.#next("closed");
  }

  async #next(word) {
    for (;;) {
      const [message] = await once(this.#process, "message");
      if (message[word] !== undefined) return message;
    }
  }

  kill() {
    this.#killed = true;
    this.#process.kill("SIGKILL");
  }
}

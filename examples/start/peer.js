// Our end of the wire to libzmq-peer.js: the child process and the questions it answers.
import { fork } from "node:child_process";
import { once } from "node:events";

/** Starts the peer. It ends with us, however we end. */
export function startPeer(watchdog, fail) {
  const child = fork(new URL("./libzmq-peer.js", import.meta.url));
  return new Peer(child, watchdog, fail);
}

class Peer {
  #child;
  #watchdog;
  #stopping = false;
  #answered;
  #fail;
  #onProgress;

  constructor(child, watchdog, fail) {
    this.#child = child;
    this.#watchdog = watchdog;
    this.#fail = fail;
    child.on("message", (message) => this.#hear(message));
    child.on("error", fail);
    child.on("exit", (code, signal) => {
      if (!this.#stopping) fail(new Error(`the libzmq peer died (${signal ?? `exit code ${code}`})`));
    });
    process.on("exit", () => child.kill("SIGKILL"));
  }

  /** Asks one thing; the answer may be long in coming, `onProgress` hears how far it is. One question at a time. */
  ask(request, options = {}, onProgress = () => {}) {
    this.#onProgress = onProgress;
    this.#watchdog.saw(`asked the libzmq peer to ${request}`);
    this.#child.send({ request, ...options });
    return new Promise((resolve) => {
      this.#answered = resolve;
    });
  }

  async stop() {
    this.#stopping = true;
    this.#child.disconnect();
    await once(this.#child, "exit");
  }

  #hear({ progress, answer, error }) {
    if (progress !== undefined) this.#onProgress(progress);
    else if (error !== undefined) this.#fail(new Error(`the libzmq peer: ${error}`));
    else this.#answered(answer);
  }
}

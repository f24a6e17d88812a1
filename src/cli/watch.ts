/** How a peer on the shell ends: by its work, its time, Ctrl-C, a peer it cannot talk to. RFC 37. */
import type { EventType } from "../socket/monitor.js";
import type { Socket } from "../socket/socket.js";
import type { Context } from "./command.js";
import { EXIT, type ExitCode, Failure } from "./exit.js";
import { harmless } from "./harmless.js";

/** What is watched, and for how long. */
export interface Watched {
  readonly socket: Socket;
  readonly url: string;
  readonly listening: boolean;
  /** Seconds until it ends; undefined: as long as it takes. */
  readonly seconds: number | undefined;
}

const REFUSED: readonly EventType[] = ["handshake:error:protocol", "handshake:error:auth", "handshake:error:other"];

/** One peer's life. `close` of the socket is how everybody who waits for it is told to stop. */
export class Watch {
  /** Resolves when a handshake is complete, or when there will be none. */
  readonly reached: Promise<void>;
  /** Resolves when the peer has to stop before its work is done. */
  readonly stopped: Promise<void>;
  #ended: "time" | "interrupt" | "refused" | undefined;
  #met = false;
  #refusal = "";
  /** Lets the process end. */
  readonly release: () => void;

  constructor({ signal, say }: Context, { socket, url, listening, seconds }: Watched) {
    let reach = () => {};
    let stopped = () => {};
    this.reached = new Promise((resolve) => {
      reach = resolve;
    });
    this.stopped = new Promise((resolve) => {
      stopped = resolve;
    });
    const stop = (why: "time" | "interrupt" | "refused") => {
      this.#ended ??= why;
      // Who wants to go does not want to wait for a peer that takes nothing.
      if (why === "interrupt") Object.assign(socket, { linger: 0 });
      socket.close();
      reach();
      stopped();
    };
    socket.events.on("handshake", ({ address }) => {
      this.#met = true;
      say.detail(`met a peer at ${harmless(address)}`);
      reach();
    });
    let waiting = false;
    socket.events.on("connect:retry", () => {
      if (!waiting && !this.#met && this.#refusal === "") say.note(`no connection to ${url} yet: trying on`);
      waiting = true;
    });
    for (const type of REFUSED) {
      socket.events.on(type, (event) => {
        const { message } = (event as { error: Error }).error;
        say.note(`a handshake failed: ${harmless(message)}`);
        if (listening || this.#met) return;
        this.#refusal = message;
        stop("refused");
      });
    }
    const interrupt = () => stop("interrupt");
    signal.addEventListener("abort", interrupt, { once: true });
    // A connection that waits keeps no process alive by itself.
    const timer = setInterval(() => stop("time"), seconds === undefined ? 2 ** 31 - 1 : seconds * 1000);
    this.release = () => {
      signal.removeEventListener("abort", interrupt);
      clearInterval(timer);
    };
  }

  /** Whether it has to stop. */
  get over(): boolean {
    return this.#ended !== undefined;
  }

  /** The exit code, now that it has ended; `done`: whether that is all it was asked for. */
  end(done: boolean): ExitCode {
    if (this.#ended === "refused")
      throw new Failure(EXIT.PROTOCOL, `the peer and we could not agree: ${this.#refusal}`);
    if (this.#ended !== "time" || (done && this.#met)) return EXIT.GOOD;
    if (!this.#met) throw new Failure(EXIT.NOT_REACHED, "nobody was there before the time was over");
    throw new Failure(EXIT.TIMED_OUT, "the time was over before the work was done");
  }
}

/** What comes in at one socket leaves by another: by the run where both can, else message by message. */
import type { SocketCore } from "./core.js";
import type { SentMessage } from "./message.js";
import type { Run } from "./run.js";

/** Messages moved before the event loop has a turn, about. */
const AT_ONCE = 512;

/** Types whose messages come in runs that may be passed on as they are: there is nothing to do to each. */
const GIVERS: readonly string[] = ["PULL", "DEALER", "ROUTER", "SUB", "XSUB", "PAIR"];

/** Types that take such runs. */
const TAKERS: readonly string[] = ["PUSH", "DEALER", "PAIR"];

/** They look at the first frame of each message. In a ROUTER's runs that one is missing: it is the run's `front`. */
const LOOKERS: readonly string[] = ["ROUTER", "PUB", "XPUB"];

/** One way of a proxy. */
export class Relay {
  readonly #from: SocketCore;
  readonly #to: SocketCore;
  readonly #byRun: boolean;
  /** A run that there was no room for, and its first frame that is still here. */
  #run: Run | undefined;
  #at = 0;
  /** A message that there was no room for. */
  #message: SentMessage | undefined;

  constructor(from: SocketCore, to: SocketCore) {
    this.#from = from;
    this.#to = to;
    this.#byRun =
      GIVERS.includes(from.name) && (TAKERS.includes(to.name) || (LOOKERS.includes(to.name) && from.name !== "ROUTER"));
  }

  /** Moves what waits as long as there is room. True if it stopped for the sake of others. */
  move(): boolean {
    for (let moved = 0; moved < AT_ONCE; ) {
      const now = this.#moveSome();
      if (now === 0) return false;
      moved += now;
    }
    return true;
  }

  /** How much could be moved: frames of a run, or one message; 0 if nothing. */
  #moveSome(): number {
    if (!this.#to.pattern.writable) return 0;
    if (this.#byRun) this.#run ??= this.#from.pattern.takeRun();
    return this.#run === undefined ? this.#moveMessage() : this.#moveRun(this.#run);
  }

  #moveRun(run: Run): number {
    const from = this.#at;
    const end = this.#to.pattern.sendRun(run, from);
    this.#at = end;
    if (end === run.length) {
      this.#run = undefined;
      this.#at = 0;
    }
    return end - from;
  }

  #moveMessage(): number {
    const { pattern } = this.#from;
    this.#message ??= pattern.readable ? (pattern.receive() as SentMessage | undefined) : undefined;
    if (this.#message === undefined || !this.#to.pattern.send(this.#message)) return 0;
    this.#message = undefined;
    return 1;
  }
}

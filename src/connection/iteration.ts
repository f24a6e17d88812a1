/** One loop over a connection: messages, or runs of them. Breaking it off leaves the rest to the next loop. */
import type { ZmtpError } from "../error.js";
import { connectionError } from "./fault.js";

/** The link. It counts loops, to know whether anybody reads. */
export interface ReadFrom {
  /** A loop begins, or ends. */
  reading(change: 1 | -1): void;
  /** Whether a call for the next message waits. */
  readonly inbox: { readonly wanted: boolean };
}

/** The loop that asked last, by what it reads from: two at once would get half of the messages each. */
const current = new WeakMap<ReadFrom, object>();

/** The iterator of one loop. */
export class Iteration<T> implements AsyncIterableIterator<T> {
  readonly #source: ReadFrom;
  readonly #next: () => Promise<IteratorResult<T, undefined>>;
  #state: "new" | "reading" | "ended" = "new";

  constructor(source: ReadFrom, next: () => Promise<IteratorResult<T, undefined>>) {
    this.#source = source;
    this.#next = next;
  }

  /**
   * Rejects for one reason alone, which is the caller's: another loop over the same connection waits for its next
   * message.
   */
  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#state === "reading") return this.#ask();
    if (this.#state === "ended") return Promise.resolve({ done: true, value: undefined });
    this.#state = "reading";
    this.#source.reading(1);
    return this.#ask();
  }

  return(): Promise<IteratorResult<T, undefined>> {
    if (this.#state === "reading") this.#source.reading(-1);
    this.#state = "ended";
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #ask(): Promise<IteratorResult<T, undefined>> {
    if (current.get(this.#source) !== this) {
      if (this.#source.inbox.wanted) return Promise.reject(twoLoops());
      current.set(this.#source, this);
    }
    return this.#next();
  }
}

function twoLoops(): ZmtpError {
  return connectionError("TWO_LOOPS", "Another loop over this connection waits for its next message");
}

/** A context: what its sockets share. The inproc names, how many sockets there may be, what new ones begin with. */
import { fault } from "./errno.js";
import { InprocNames } from "./inproc.js";

/** The options of a context, by the names of the `zeromq` package and libzmq's numbers. */
export const CONTEXT_OPTIONS = {
  ioThreads: { id: 1, initial: 1, least: 0 },
  maxSockets: { id: 2, initial: 1023, least: 1 },
  maxSocketsLimit: { id: 3, initial: 65_535, least: 0 },
  maxMessageSize: { id: 5, initial: 2 ** 31 - 1, least: 0 },
  ipv6: { id: 42, initial: 0, least: 0 },
  blocky: { id: 70, initial: 1, least: 0 },
};

/** Threads of the network are not ours to schedule: written and forgotten. */
const THREADS: readonly number[] = [3, 4];

/** @internal What stands behind a `Context`. */
export class ContextCore {
  readonly inproc = new InprocNames();
  readonly #values = new Map<number, number>();
  #sockets = 0;
  /** Hears of each option that is set. */
  changed: ((id: number, value: number) => void) | undefined;

  constructor() {
    for (const { id, initial } of Object.values(CONTEXT_OPTIONS)) this.#values.set(id, initial);
  }

  get(id: number): number {
    const value = this.#values.get(id);
    if (value === undefined) throw fault("EINVAL");
    return value;
  }

  set(id: number, value: number): void {
    if (THREADS.includes(id)) return;
    const option = Object.values(CONTEXT_OPTIONS).find((one) => one.id === id);
    if (option === undefined || value < option.least) throw fault("EINVAL");
    this.#values.set(id, value);
    this.changed?.(id, value);
  }

  /** Counts a new socket. */
  enter(): void {
    if (this.#sockets >= this.get(CONTEXT_OPTIONS.maxSockets.id)) throw fault("EMFILE");
    this.#sockets++;
  }

  /** A socket has been closed. */
  leave(): void {
    this.#sockets--;
  }
}

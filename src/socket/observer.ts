/** Observing a socket: its events one after the other, or by listeners. The two exclude each other. */

import { Fifo } from "../connection/fifo.js";
import { coreOf } from "./core-of.js";
import { fault } from "./errno.js";
import { hold, release } from "./hold.js";
import type { Event, EventOfType, EventType } from "./monitor.js";
import type { Socket } from "./socket.js";

type Listener = (event: Event) => void;

/** Who has listeners. */
export interface EventSubscriber {
  /** Calls `listener` for each event of this type from now on. */
  on<Type extends EventType>(type: Type, listener: (event: EventOfType<Type>) => void): EventSubscriber;
  /** Undoes `on` with the same type and listener. */
  off<Type extends EventType>(type: Type, listener: (event: EventOfType<Type>) => void): EventSubscriber;
}

const LISTENED =
  "Observer is in event emitter mode. " +
  "After a call to events.on() it is not possible to read events with events.receive().";
const BUSY = "Observer is busy reading; only one receive operation may be in progress at any time";

/** The events of one socket. Iterating gives one after the other until the socket is closed. */
export class Observer implements EventSubscriber {
  readonly #events = new Fifo<Event>();
  readonly #listeners = new Map<EventType, Set<Listener>>();
  #reader: ((event: Event) => void) | undefined;
  #listened = false;
  #closed = false;

  /** A socket makes its own: `socket.events`. */
  constructor(socket: Socket) {
    if (typeof socket !== "object" || socket === null) throw new TypeError("Socket must be a socket object");
    coreOf(socket).monitor.observe((event) => this.#add(event));
  }

  /** Whether no event comes any more: the socket has been closed, or the observer. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * The next event.
   *
   * @throws EBUSY while another `receive` waits, EBADF once it is closed, an Error once there are listeners.
   */
  receive(): Promise<Event> {
    if (this.#listened) throw new Error(LISTENED);
    if (this.#closed) throw fault("EBADF");
    if (this.#reader !== undefined) throw fault("EBUSY", undefined, BUSY);
    const event = this.#next();
    if (event !== undefined) return Promise.resolve(event);
    hold();
    return new Promise((resolve) => {
      this.#reader = resolve;
    });
  }

  /** The events one after the other, as `receive` gives them; it ends when the socket or the observer is closed. */
  [Symbol.asyncIterator](): AsyncIterator<Event, undefined> {
    return {
      next: async () => {
        if (this.#closed) return { done: true, value: undefined };
        return { done: false, value: await this.receive() };
      },
    };
  }

  /** Calls `listener` for each event of this type from now on. */
  on<Type extends EventType>(type: Type, listener: (event: EventOfType<Type>) => void): this {
    if (!this.#listened && !this.#closed) {
      this.#listened = true;
      hold();
      queueMicrotask(() => this.#emitAll());
    }
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener as Listener));
    return this;
  }

  /** Undoes `on` with the same type and listener; what was never added is ignored. */
  off<Type extends EventType>(type: Type, listener: (event: EventOfType<Type>) => void): this {
    this.#listeners.get(type)?.delete(listener as Listener);
    return this;
  }

  /** Whoever waits is told that it is the end. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#listened) release();
    this.#answer({ type: "end" });
  }

  #add(event: Event): void {
    if (this.#closed) return;
    this.#events.push(event);
    if (this.#reader !== undefined) this.#answer(this.#next() as Event);
    // Not from inside whatever the socket is doing: a listener may close it.
    else if (this.#listened) queueMicrotask(() => this.#emitAll());
  }

  #answer(event: Event): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    this.#reader = undefined;
    release();
    reader(event);
  }

  #emitAll(): void {
    for (let event = this.#next(); event !== undefined; event = this.#next()) {
      for (const listener of this.#listeners.get(event.type) ?? []) listener(event);
    }
  }

  /** The last event closes. */
  #next(): Event | undefined {
    const event = this.#events.shift();
    if (event?.type === "end") this.close();
    return event;
  }
}

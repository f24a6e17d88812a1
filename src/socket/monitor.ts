/** What happens to a socket's endpoints, told to whoever observes it. Names and contents as in the `zeromq` package. */
import type { ErrnoError } from "./errno.js";

type About<Type extends string, More = unknown> = { type: Type; address: string } & More;

/** One event. */
export type Event =
  | About<"accept">
  | About<"accept:error", { error: ErrnoError }>
  | About<"bind">
  | About<"bind:error", { error: ErrnoError }>
  | About<"connect">
  | About<"connect:delay">
  | About<"connect:retry", { interval: number }>
  | About<"close">
  | About<"close:error", { error: ErrnoError }>
  | About<"disconnect">
  | About<"handshake">
  | About<"handshake:error:protocol", { error: ProtoError }>
  | About<"handshake:error:auth", { error: AuthError }>
  | About<"handshake:error:other", { error: ErrnoError }>
  | { type: "end" }
  | { type: "unknown" };

/** The name of an event, for `socket.events.on`. */
export type EventType = Event["type"];

/** The event of one type. */
export type EventOfType<Type extends EventType = EventType> = Extract<Event, { type: Type }>;

/** The peer broke the protocol in its handshake. */
export interface ProtoError extends Error {
  /** Which rule it broke, as the `zeromq` package calls it: "ERR_ZMTP_…"; "ERR_ZAP_…" if it was the authenticator. */
  code: string;
}

/** The peer was refused, or refused us: 300, 400 or 500. */
export interface AuthError extends Error {
  /** ZAP's status code (RFC 27): 300 cannot tell now, 400 denied, 500 the authenticator failed. */
  status: 300 | 400 | 500;
}

/** @internal Where a socket tells its events; nothing is made of them as long as nobody observes. */
export class Monitor {
  #observer: ((event: Event) => void) | undefined;
  #ended = false;

  /** Whether anybody wants to know. */
  get observed(): boolean {
    return this.#observer !== undefined;
  }

  /** Tells `observer` from now on, in place of the one before. */
  observe(observer: (event: Event) => void): void {
    this.#observer = observer;
    if (this.#ended) observer({ type: "end" });
  }

  /** Something has happened. */
  tell(event: Event): void {
    this.#observer?.(event);
  }

  /** The socket has been closed. */
  end(): void {
    this.#ended = true;
    this.#observer?.({ type: "end" });
    this.#observer = undefined;
  }
}

// biome-ignore-all lint/complexity/noArguments: how many there are is what is checked.
/** `SocketProxy`, `Proxy` to its users: what comes in at one socket leaves by another, both ways. */

import { nextTurn } from "../connection/next-turn.js";
import { refuseMore } from "./arguments.js";
import type { SocketCore } from "./core.js";
import { coreOf } from "./core-of.js";
import { fault } from "./errno.js";
import { hold, release } from "./hold.js";
import { Relay } from "./relay.js";
import type { Socket } from "./socket.js";

/** Not started; running, or paused; over. */
type State = "idle" | "running" | "paused" | "over";

/** Moves messages between two sockets until it is terminated; then both are closed. */
export class SocketProxy<Front extends Socket = Socket, Back extends Socket = Socket> {
  readonly #front: Front;
  readonly #back: Back;
  #state: State = "idle";
  #done: (() => void) | undefined;
  /** Why it ended, unless it was terminated. */
  #failure: unknown;
  #scheduled = false;
  /** One for each way. */
  #relays: readonly Relay[] = [];

  /** @throws A TypeError for what is no socket. */
  constructor(frontEnd: Front, backEnd: Back) {
    if (!isObject(frontEnd)) throw new TypeError("Front-end must be a socket object");
    if (!isObject(backEnd)) throw new TypeError("Back-end must be a socket object");
    refuseMore(arguments.length, 2);
    coreOf(frontEnd);
    coreOf(backEnd);
    this.#front = frontEnd;
    this.#back = backEnd;
  }

  /** The first of the two sockets. */
  get frontEnd(): Front {
    return this.#front;
  }

  /** The second of the two sockets. */
  get backEnd(): Back {
    return this.#back;
  }

  /**
   * Runs; resolves when it has been terminated. Rejects, as libzmq's ends, if a message cannot be passed on: with
   * EHOSTUNREACH at a `mandatory` Router that does not know whom it is for. Either way both sockets are closed.
   *
   * @throws EINVAL if a socket is neither bound nor connected.
   */
  run(): Promise<void> {
    refuseMore(arguments.length, 0);
    const front = coreOf(this.#front);
    const back = coreOf(this.#back);
    for (const [core, name] of [
      [front, "Front-end"],
      [back, "Back-end"],
    ] as const) {
      if (core.endpoints.count === 0) throw fault("EINVAL", undefined, `${name} socket must be bound or connected`);
      core.check();
    }
    return this.#run(front, back);
  }

  /** Moves nothing until `resume`. Throws EBADF unless it runs or is paused. */
  pause(): void {
    refuseMore(arguments.length, 0);
    this.#become("paused");
  }

  /** Moves messages again. Throws EBADF unless it runs or is paused. */
  resume(): void {
    refuseMore(arguments.length, 0);
    this.#become("running");
    this.#pump();
  }

  /** Ends it, and closes both sockets. Throws EBADF unless it runs or is paused. */
  terminate(): void {
    refuseMore(arguments.length, 0);
    this.#become("over");
    this.#done?.();
  }

  #become(state: State): void {
    if (this.#state === "idle" || this.#state === "over") throw fault("EBADF");
    this.#state = state;
  }

  async #run(front: SocketCore, back: SocketCore): Promise<void> {
    this.#state = "running";
    const terminated = new Promise<void>((resolve) => {
      this.#done = resolve;
    });
    hold();
    this.#relays = [new Relay(front, back), new Relay(back, front)];
    front.relay = back.relay = () => this.#schedule();
    const blocked = [front, back].map((core) => core.whileBlocked(() => terminated));
    this.#schedule();
    await Promise.all(blocked);
    front.relay = back.relay = undefined;
    release();
    this.#front.close();
    this.#back.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Not from inside what a pipe tells: a message moved there would be told again. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#state !== "running") return;
    let more = false;
    try {
      for (const relay of this.#relays) more = relay.move() || more;
    } catch (error) {
      this.#failure = error;
      this.terminate();
      return;
    }
    if (more) nextTurn(() => this.#pump());
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

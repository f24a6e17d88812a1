/**
 * What an application sends on a link: messages and subscriptions, and what it is told once nothing is accepted any
 * more.
 */
import type { FrameBatch } from "../codec/batch.js";
import type { Message, Payload } from "../codec/payload.js";
import { isSender, type SocketType } from "../session/socket-type.js";
import { connectionError } from "./fault.js";
import type { Outflow } from "./outflow.js";
import { closedHere } from "./reasons.js";

/**
 * Why nothing is accepted: the link is `over` or about to be, we have `closed` it ourselves, or sockets of our type
 * only receive.
 */
type Mute = "over" | "closed" | "receiver";

/** Says to the peer what the application wants of it. Throws as a session does. */
export interface Commands {
  subscribe(prefix: Payload | undefined): void;
  cancel(prefix: Payload | undefined): void;
  /** A command of the socket's own: JOIN, LEAVE. */
  command(name: string, data: Uint8Array): void;
}

/** The sending half of a link, as the application uses it. */
export class Sender {
  readonly #socketType: SocketType;
  readonly #say: Commands;
  readonly #outflow: Outflow;
  /** Why commands (subscriptions, JOIN, LEAVE) are not accepted; undefined while they are. */
  #commands: Mute | undefined;
  /** Why messages are not accepted; undefined while they are. One field, because every `send` looks at it. */
  #messages: Mute | undefined;
  /** The `taken` that the last call of `drained` was given, once nothing was accepted any more. */
  #taken: number | undefined;

  constructor(socketType: SocketType, say: Commands, outflow: Outflow) {
    this.#socketType = socketType;
    this.#say = say;
    this.#outflow = outflow;
    this.#messages = isSender(socketType) ? undefined : "receiver";
  }

  /**
   * Resolves when there is room again. Once nothing is accepted, there never will be: then whoever waits goes on, but
   * not for ever without a pause. A loop that takes messages and answers each goes on at once, for the messages come to
   * an end. A loop that only sends waits a moment each time: it must not hold the thread.
   *
   * @param taken - The inbox's `taken`: it differs from last time's if messages were taken meanwhile.
   */
  drained(taken: number): Promise<void> {
    if (this.#commands === undefined) return this.#outflow.drained;
    const takes = taken !== this.#taken;
    this.#taken = taken;
    return takes ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Nothing is accepted from here on. Whoever has closed it has to know, whatever became of it before or after. */
  stop(why: "over" | "closed"): void {
    if (this.#commands === "closed") return;
    this.#commands = why;
    if (this.#messages !== "receiver") this.#messages = why;
  }

  /** Whether there is room for more; false and not accepted once it is over. */
  send(message: Message): boolean {
    if (this.#messages !== undefined) return this.#notAccepted(this.#messages);
    this.#outflow.outbox.message(message);
    return this.#outflow.accepted();
  }

  sendBatch(batch: FrameBatch): boolean {
    if (this.#messages !== undefined) return this.#notAccepted(this.#messages);
    if (batch.more(batch.length - 1)) {
      throw connectionError("UNFINISHED_MESSAGE", "The batch ends inside a message: its last frame has MORE set");
    }
    this.#outflow.outbox.batch(batch);
    return this.#outflow.accepted();
  }

  /** Room for a message of one frame, written in place; -1 once it is over. */
  room(length: number): number {
    if (this.#messages !== undefined) {
      this.#notAccepted(this.#messages);
      return -1;
    }
    const at = this.#outflow.outbox.room(length);
    this.#outflow.accepted();
    return at;
  }

  subscribe(prefix?: Payload): void {
    if (this.#takesCommands()) this.#say.subscribe(prefix);
  }

  cancel(prefix?: Payload): void {
    if (this.#takesCommands()) this.#say.cancel(prefix);
  }

  /** A command of the socket's own: JOIN, LEAVE. */
  command(name: string, data: Uint8Array): void {
    if (this.#takesCommands()) this.#say.command(name, data);
  }

  #takesCommands(): boolean {
    if (this.#commands === "closed") throw closedHere();
    return this.#commands === undefined;
  }

  #notAccepted(why: Mute): false {
    if (why === "closed") throw closedHere();
    if (why === "receiver") {
      throw connectionError("NOT_A_SENDER", `A ${this.#socketType} receives and does not send`);
    }
    return false;
  }
}

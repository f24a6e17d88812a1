/**
 * The way out: what was accepted leaves in as few writes as there can be, and never more of it at once than the system
 * takes.
 */
import { zmtpEncoding } from "../session/frame-encoding.js";
import { joined } from "../session/octets.js";
import { Deferred } from "./deferred.js";
import type { Outbox } from "./outbox.js";
import { TickEnd } from "./tick.js";
import type { Transport } from "./transport.js";

/** Octets gathered within a tick that leave without waiting for its end. */
const FLUSH_AT = 128 * 1024;

/**
 * Encrypts chunks of whole messages, in order. What waits in the outbox is always in the clear, so that it may change
 * connections.
 */
export type Seal = (chunks: readonly Uint8Array[]) => readonly Uint8Array[];

/** Hears of what has left. */
export interface OutflowUser {
  /** The system has taken more of it. */
  moved(): void;
}

/** Hands what waits in an outbox to the transport. */
export class Outflow {
  readonly outbox: Outbox;
  readonly #user: OutflowUser;
  readonly #mark: number;
  readonly #tickEnd = new TickEnd(
    () => this.flush(),
    () => this.waiting,
  );
  /**
   * While the outbox holds less, `accepted` has nothing to decide: its end of tick is coming, or the system has to take
   * something first, and the mark is not reached. Nearly every message of a burst is let through by this one number.
   */
  #calm = 0;
  #transport: Transport | undefined;
  /** Commands of the session's own: they leave before the messages that wait, and do not outlive the connection. */
  #commands: Uint8Array[] = [];
  #commandOctets = 0;
  /** Octets that the transport has and the system has not. */
  #inFlight = 0;
  /** What these cost beside their octets, as objects (`ZwsOutbox` counts that). It shrinks in step with them. */
  #overhead = 0;
  /** The system has not taken all of the last write: nothing more is handed over before it has. */
  #blocked = false;
  /** Whether messages may leave: not before the handshake is complete, nor after `withhold`. */
  #open = false;
  #seal: Seal | undefined;
  #drained: Deferred | undefined;
  #empty: Deferred | undefined;

  constructor(outbox: Outbox, mark: number, user: OutflowUser) {
    this.outbox = outbox;
    this.#mark = mark;
    this.#user = user;
  }

  /** Octets that wait for the system. */
  get waiting(): number {
    return this.outbox.length + this.#commandOctets + this.#inFlight + this.#overhead;
  }

  /** Whether there is room below half of the mark again. */
  get roomy(): boolean {
    const { waiting } = this;
    return waiting === 0 || waiting * 2 < this.#mark;
  }

  /** Octets of messages that have not been handed over, or not been taken by the system. */
  get unsent(): number {
    return this.outbox.length + this.#inFlight;
  }

  /** Whether everything has been handed over: a goodbye may follow. */
  get handedOver(): boolean {
    return this.outbox.length === 0 && this.#commandOctets === 0;
  }

  attach(transport: Transport): void {
    this.#transport = transport;
  }

  /** The handshake is complete: messages may leave; `seal` encrypts them on their way, where the mechanism does. */
  open(seal: Seal | undefined): void {
    this.#open = true;
    this.#seal = seal;
    this.#decide();
  }

  /** A session that has failed seals nothing more: messages that it would have to seal stay; commands leave. */
  withhold(): void {
    if (this.#seal !== undefined) this.#open = false;
  }

  /** Something was put into the outbox. Returns false if more waits than the mark allows. */
  accepted(): boolean {
    return this.outbox.length < this.#calm || this.#decide();
  }

  /** A command of the session's own, framed. */
  command(bytes: Uint8Array): void {
    this.#commands.push(bytes);
    this.#commandOctets += bytes.length;
    this.#calm = 0;
    this.#tickEnd.ask();
  }

  /** Hands over what waits, if the system takes more. */
  flush(): void {
    if (this.#blocked) return;
    this.#calm = 0;
    const transport = this.#transport;
    if (transport === undefined) return;
    // Only messages are worth a busy poll. If our PONGs were, a peer could keep us polling for as long as it likes.
    const asking = this.#open && this.outbox.length > 0;
    const chunks = this.#next();
    if (chunks.length === 0) return;
    this.#blocked = !transport.write(chunks);
    if (asking) transport.awaitAnswer?.();
  }

  /**
   * The outbox holds as many messages as it may. While the system takes what it is given, small ones go on gathering:
   * a write of a few kilobytes costs as much as one of many. They count as on their way from here on.
   */
  relieve(): void {
    if (this.#blocked || this.#transport === undefined) return;
    if (this.outbox.length >= FLUSH_AT) this.flush();
    else this.outbox.countAsSent();
  }

  /** So many octets have been taken by the system. */
  sent(octets: number, chunk?: Uint8Array): void {
    if (this.#overhead > 0) this.#overhead *= Math.max(0, 1 - octets / this.#inFlight);
    this.#inFlight -= octets;
    if (chunk !== undefined) this.outbox.recycle?.(chunk);
    if (this.#inFlight <= 0) this.#unblock();
    if (this.waiting === 0) {
      this.#empty?.resolve();
      this.#empty = undefined;
    }
    if (this.#drained !== undefined && this.roomy) {
      this.#drained.resolve();
      this.#drained = undefined;
    }
    this.#user.moved();
  }

  /** Resolves when less than half of the mark waits. */
  get drained(): Promise<void> {
    if (this.roomy) return Promise.resolve();
    this.#drained ??= new Deferred();
    return this.#drained.promise;
  }

  /** Resolves when nothing waits. */
  get empty(): Promise<void> {
    if (this.waiting === 0) return Promise.resolve();
    this.#empty ??= new Deferred();
    return this.#empty.promise;
  }

  /** Nothing can be handed over any more; whoever waits goes on. */
  end(): void {
    this.#transport = undefined;
    this.#drained?.resolve();
    this.#empty?.resolve();
  }

  #decide(): boolean {
    if (!this.#blocked) this.#leave();
    const { length } = this.outbox;
    const roomBelowMark = this.#mark - (this.waiting - length);
    if (this.#blocked) this.#calm = roomBelowMark;
    else if (this.#tickEnd.asked) this.#calm = Math.min(roomBelowMark, FLUSH_AT);
    return length < roomBelowMark;
  }

  #leave(): void {
    if (this.outbox.length >= FLUSH_AT) this.flush();
    else this.#tickEnd.ask();
  }

  #unblock(): void {
    this.#inFlight = 0;
    this.#overhead = 0;
    if (!this.#blocked) return;
    this.#blocked = false;
    this.flush();
  }

  #takeCommands(): readonly Uint8Array[] {
    const commands = this.#commands;
    if (this.#commandOctets === 0) return commands;
    this.#commands = [];
    this.#inFlight += this.#commandOctets;
    this.#commandOctets = 0;
    // Thousands of small chunks, as a flood of PINGs asks for, cost a system many times what one does.
    return this.outbox.encoding === zmtpEncoding ? [joined(commands)] : commands;
  }

  #next(): readonly Uint8Array[] {
    const commands = this.#takeCommands();
    if (!this.#open || this.outbox.length === 0) return commands;
    const { length } = this.outbox;
    const clear = this.outbox.handOver();
    const chunks = this.#seal ? this.#seal(clear) : clear;
    const octets = octetsIn(chunks);
    this.#inFlight += octets;
    this.#overhead += Math.max(0, length - octets);
    return commands.length === 0 ? chunks : [...commands, ...chunks];
  }
}

function octetsIn(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}

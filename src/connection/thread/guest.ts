/** A connection whose application is in another thread: what comes goes into one ring, what leaves comes by another. */
import { type FrameBatch, moveRows } from "../../codec/batch.js";
import { ZmtpError } from "../../error.js";
import { Patience } from "../deadline.js";
import type { Ending } from "../ending.js";
import type { Link } from "../link.js";
import type { LinkUser } from "../link-user.js";
import * as reasons from "../reasons.js";
import type { RingReader, RingWriter, Slot } from "./ring.js";
import { type ErrorFacts, LARGE, type News, RUN } from "./words.js";

/** Tells the application's thread; what is in `moved` goes over to it. */
export type Tell = (news: News, moved?: readonly ArrayBuffer[]) => void;

/** Where a guest stands. `closing`: nothing more is accepted, and some of what was is still on its way to us. */
type Phase = "open" | "closing" | "closed" | "over";

/** What a guest is made of. */
export interface GuestParts {
  readonly inbound: RingWriter;
  readonly outbound: RingReader;
  /** Milliseconds that a closing waits for a peer that takes nothing. */
  readonly linger: number;
  /** Acts at the end of this turn of the event loop, when everything that waits has been read. */
  readonly later: (act: () => void) => void;
  /** Called once the end has been told, last. */
  readonly left: () => void;
}

/** Serves one connection of the other thread. */
export class Guest implements LinkUser {
  readonly #id: number;
  readonly #tell: Tell;
  readonly #inbound: RingWriter;
  readonly #outbound: RingReader;
  readonly #linger: number;
  readonly #later: (act: () => void) => void;
  readonly #left: () => void;
  #link: Link | undefined;
  #phase: Phase = "open";
  /** The run that is being put into the ring, and the first frame that is not in it yet. */
  #run: FrameBatch | undefined;
  #next = 0;
  #ending: Ending | undefined;
  #flushed = false;
  #exhausted = false;
  #destroyed = false;
  #waking = false;
  readonly #patience = new Patience();

  constructor(id: number, tell: Tell, { inbound, outbound, linger, later, left }: GuestParts) {
    this.#id = id;
    this.#tell = tell;
    this.#inbound = inbound;
    this.#outbound = outbound;
    this.#linger = linger;
    this.#later = later;
    this.#left = left;
  }

  // What the link tells.

  opened(link: Link): void {
    this.#link = link;
    // Who reads is in the other thread: a peer that says goodbye is to be answered until they have asked for more.
    link.reading(1);
    const { socketType, identity, version, mechanism, metadata } = link.peer;
    const { remoteAddress } = link.transport ?? {};
    const peer = { socketType, identity, version, mechanism, metadata: [...metadata], remoteAddress };
    this.#tell({ type: "opened", id: this.#id, peer });
  }

  readable(): void {
    this.#bring();
  }

  moved(): void {
    this.#takeAway();
  }

  halfClosed(): void {
    this.#bring();
    this.#tell({ type: "half", id: this.#id });
  }

  command(_: Link, name: string, data: Uint8Array): void {
    this.#tell({ type: "command", id: this.#id, name, data });
  }

  ended(link: Link, ending: Ending): void {
    this.#link = link;
    this.#ending = ending;
    this.#bring();
  }

  // What the other thread tells.

  /** There is something in a ring, or room in one. */
  woken(): void {
    this.#bring();
    this.#takeAway();
  }

  closing(): void {
    if (this.#phase !== "open") return;
    this.#phase = "closing";
    this.#wait();
    this.#takeAway();
  }

  /** The application has taken everything, and asks for more; what it sent before lies in the ring. */
  exhausted(): void {
    this.#exhausted = true;
    this.#takeAway();
  }

  flushed(): void {
    this.#flushed = true;
    this.#takeAway();
  }

  /** The link that is being opened. */
  dialled(link: Link): void {
    this.#link = link;
    if (this.#destroyed) link.destroy();
  }

  /** There is not even a link. */
  failed(error: ZmtpError): void {
    this.#end({ by: "lost", error, unsent: 0 });
  }

  destroy(): void {
    this.#destroyed = true;
    this.#link?.destroy();
  }

  get link(): Link | undefined {
    return this.#link;
  }

  // The way in.

  /** Puts what has come into the ring, as far as there is room. */
  #bring(): void {
    const link = this.#link;
    if (link === undefined || this.#phase === "over") return;
    while (this.#begin(link)) if (!this.#put()) break;
    // Whoever has closed may read what lies in the ring, and is not made to.
    if (this.#run !== undefined && this.#phase === "open") return;
    if (this.#ending !== undefined) this.#end(this.#ending);
  }

  #begin(link: Link): boolean {
    if (this.#run !== undefined) return true;
    this.#run = link.inbox.takeRun();
    this.#next = 0;
    return this.#run !== undefined;
  }

  /** Puts as many messages of the run as fit into a slot. False if no slot is free. */
  #put(): boolean {
    const run = this.#run as FrameBatch;
    const slot = this.#inbound.claim();
    if (slot === undefined) return false;
    const { shape } = this.#inbound;
    const to = run.size <= shape.octets && run.length <= shape.rows ? run.length : endThatFits(run, this.#next, shape);
    if (to > this.#next) fill(slot, run.slice(this.#next, to));
    else this.#putLarge(slot, run);
    this.#next = Math.max(to, this.#next);
    if (this.#next >= run.length) this.#run = undefined;
    if (this.#inbound.publish()) this.#wakeSoon();
    return true;
  }

  #putLarge(slot: Slot, run: FrameBatch): void {
    const end = messageEnd(run, this.#next);
    const { bytes, rows, length, from } = run.slice(this.#next, end).copy();
    this.#next = end;
    slot.kind = LARGE;
    this.#tell({ type: "large", id: this.#id, bytes, table: rows, rows: length, from }, [bytes.buffer]);
  }

  /** All that one turn of the loop reads is told of at once: to wake a thread costs both of them microseconds. */
  #wakeSoon(): void {
    if (this.#waking) return;
    this.#waking = true;
    this.#later(() => {
      this.#waking = false;
      this.#tell(this.#id);
    });
  }

  // The way out.

  /** Takes what is to leave out of the ring, as far as the link has room for it. */
  #takeAway(): void {
    const link = this.#link;
    if (link === undefined || this.#phase === "over" || this.#phase === "closed") return;
    let moved = false;
    while (link.ending !== undefined || link.outflow.roomy) {
      const slot = this.#outbound.peek();
      if (slot === undefined) break;
      if (link.ending === undefined) link.outflow.outbox.octets(slot.bytes.subarray(0, slot.octets), 0);
      moved = true;
      if (this.#outbound.free()) this.#tell(this.#id);
    }
    if (moved) link.outflow.accepted();
    if (this.#exhausted && this.#outbound.filled === 0) link.exhausted();
    if (this.#phase === "closing") this.#closeBehindIt(link, moved);
  }

  #closeBehindIt(link: Link, moved: boolean): void {
    if (moved) this.#wait();
    if (!this.#flushed || this.#outbound.filled > 0) return;
    this.#phase = "closed";
    this.#patience.stop();
    void link.close();
  }

  /** Some of what was accepted has not even reached the link: it has its time, too. */
  #wait(): void {
    this.#patience.wait(this.#linger, () => {
      const link = this.#link;
      link?.fail(reasons.lingerExpired(link.outflow.unsent, this.#linger), "timeout");
    });
  }

  #end({ by, error, unsent }: Ending): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    this.#patience.stop();
    for (let slot = this.#outbound.peek(); slot !== undefined; slot = this.#outbound.peek()) {
      unsent += slot.octets;
      this.#outbound.free();
    }
    this.#tell({ type: "ended", id: this.#id, by, error: factsOf(error), unsent });
    this.#left();
  }
}

function fill(slot: Slot, run: FrameBatch): void {
  const apart = run.from < 0;
  const first = apart ? run.start(0) : run.from;
  slot.kind = RUN;
  slot.octets = run.size;
  slot.rows = run.length;
  slot.from = apart ? -1 : 0;
  slot.bytes.set(run.bytes.subarray(first, first + run.size));
  moveRows(run.rows, slot.table, 0, -first);
}

/** Behind the last whole message from frame `from` on that fits; `from` if not even one does. */
function endThatFits(run: FrameBatch, from: number, { octets, rows }: { octets: number; rows: number }): number {
  const first = run.from < 0 ? run.start(from) : from === 0 ? run.from : run.end(from - 1);
  let fits = from;
  for (let end = from; end < run.length; fits = end) {
    end = messageEnd(run, end);
    if (end - from > rows || run.end(end - 1) - first > octets) break;
  }
  return fits;
}

function messageEnd(run: FrameBatch, from: number): number {
  let i = from;
  while (run.more(i)) i++;
  return i + 1;
}

function factsOf(error: unknown): ErrorFacts | undefined {
  if (error === undefined) return undefined;
  if (!(error instanceof ZmtpError)) {
    const message = error instanceof Error ? error.message : String(error);
    const facts = {
      offset: undefined,
      section: undefined,
      hint: undefined,
      blame: "network",
      cause: undefined,
    } as const;
    return { code: "CONNECTION_LOST", message, ...facts };
  }
  const { code, message, offset, section, hint, blame, cause } = error;
  return { code, message, offset, section, hint, blame, cause: cause instanceof Error ? plainCause(cause) : undefined };
}

/** An error of the system, with what can be cloned of it. */
function plainCause(cause: Error): object {
  const { code, errno, syscall, address, port } = cause as unknown as Record<string, unknown>;
  return { message: cause.message, code, errno, syscall, address, port };
}

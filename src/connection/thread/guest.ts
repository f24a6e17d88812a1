/** A connection whose application is in another thread: what comes goes into one ring, what leaves comes by another. */
import type { FrameDecoder } from "../../codec/decoder.js";
import type { ZmtpError } from "../../error.js";
import { Patience } from "../deadline.js";
import type { Ending } from "../ending.js";
import type { Link } from "../link.js";
import type { LinkUser } from "../link-user.js";
import type { Outbox } from "../outbox.js";
import * as reasons from "../reasons.js";
import { Reception } from "../reception.js";
import type { Copier, Equipment, Tell, Untold } from "./equipment.js";
import { factsOf } from "./error-facts.js";
import { type ReaderEnd, SLOT_CHUNK, SLOT_OCTETS, type WriterEnd } from "./ring.js";
import type { RingReceptionUser } from "./ring-reception.js";
import { Waker } from "./waker.js";
import type { Passing } from "./words.js";

/** Where a guest stands. `closing`: nothing more is accepted, and some of what was is still on its way to us. */
type Phase = "open" | "closing" | "closed" | "over";

/** What a guest is made of. */
export interface GuestParts {
  readonly equipment: Equipment;
  /** Milliseconds that a closing waits for a peer that takes nothing. */
  readonly linger: number;
  /** What reads the frames that are to leave, one by one; undefined if their octets leave as they are. */
  readonly frames: FrameDecoder | undefined;
  /** Acts at the end of this turn of the event loop, when everything that waits has been read. */
  readonly later: (act: () => void) => void;
  /** Called once the end has been told, last. */
  readonly left: () => void;
}

/** Serves one connection of the other thread. */
export class Guest implements LinkUser, RingReceptionUser {
  readonly #id: number;
  readonly #tell: Tell;
  readonly #inbound: WriterEnd;
  readonly #outbound: ReaderEnd;
  readonly #copier: Copier;
  readonly #untold: Untold;
  readonly #equipment: Equipment;
  readonly #linger: number;
  readonly #frames: FrameDecoder | undefined;
  readonly #waker: Waker;
  readonly #left: () => void;
  #link: Link | undefined;
  #phase: Phase = "open";
  #ending: Ending | undefined;
  #flushed = false;
  #exhausted = false;
  #destroyed = false;
  readonly #patience = new Patience();

  constructor(id: number, tell: Tell, { equipment, linger, frames, later, left }: GuestParts) {
    this.#id = id;
    this.#tell = tell;
    this.#equipment = equipment;
    this.#inbound = equipment.inbound;
    this.#outbound = equipment.outbound;
    this.#copier = equipment.copier;
    this.#untold = equipment.untold;
    this.#linger = linger;
    this.#frames = frames;
    this.#waker = new Waker({ publish: () => this.#untold.publish(), wake: () => tell(id), later });
    this.#left = left;
  }

  // What the link tells.

  opened(link: Link): void {
    this.#link = link;
    // Who reads is in the other thread: a peer that says goodbye is to be answered until they have asked for more.
    link.reading(1);
    const { metadata, userId, publicKey, ...rest } = link.peer;
    const { remoteAddress } = link.transport ?? {};
    const peer = { ...rest, metadata: [...metadata], userId, publicKey, remoteAddress };
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
    if (this.#untold.refused) this.publish();
    this.#bring();
    this.#takeAway();
  }

  /** The other thread has passed something over, or given it back. */
  hear(passing: Passing): void {
    this.#equipment.hear?.(passing);
    this.woken();
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

  /** Takes in what the transport tells. */
  readonly makeReception = (...parts: ConstructorParameters<typeof Reception>): Reception =>
    this.#equipment.makeReception?.(this, parts) ?? new Reception(...parts);

  get straight(): boolean {
    const link = this.#link;
    return link?.hearing === true && !this.#copier.busy && !link.inbox.readable;
  }

  arrived(): void {
    this.#waker.arrived();
    this.#hurryIfFull();
  }

  publish(): void {
    if (this.#untold.publish()) this.#waker.owe();
    this.#hurryIfFull();
  }

  /** Puts what has come into the ring, as far as there is room. */
  #bring(): void {
    const link = this.#link;
    if (link === undefined || this.#phase === "over") return;
    if (!this.#copier.gathers) this.publish();
    while (this.#copier.takeFrom(link.inbox) && this.#copier.put()) {
      if (this.#copier.gathers) this.#waker.arrived();
      else if (this.#inbound.publish()) this.#waker.owe();
      this.#hurryIfFull();
    }
    if (this.#ending !== undefined) this.#endBehindIt(this.#ending);
  }

  /** Whoever has closed may read what lies in the ring, and is not made to. */
  #endBehindIt(ending: Ending): void {
    this.publish();
    if (this.#phase !== "open" || !(this.#copier.busy || this.#untold.ready)) this.#end(ending);
  }

  /** A reader that sleeps is to have begun before there is no more room. */
  #hurryIfFull(): void {
    const { shape, filled } = this.#inbound;
    if (filled * 2 >= shape.slots || this.#inbound.used * 2 >= shape.chunks) this.#waker.hurry();
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
      const { bytes } = this.#outbound.chunks[slot[SLOT_CHUNK]];
      if (link.ending === undefined) this.#hand(link.outflow.outbox, bytes.subarray(0, slot[SLOT_OCTETS]));
      moved = true;
      if (this.#outbound.free()) this.#tell(this.#id);
    }
    if (moved) {
      link.outflow.accepted();
      this.#waker.prompt();
    }
    if (this.#exhausted && this.#outbound.filled === 0) link.exhausted();
    if (this.#phase === "closing") this.#closeBehindIt(link, moved);
  }

  /** A slot may end inside a frame; whoever seals one wants all of it. */
  #hand(outbox: Outbox, octets: Uint8Array): void {
    if (this.#frames === undefined) outbox.octets(octets, 0);
    else for (const batch of this.#frames.push(octets)) outbox.batch(batch);
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
      // Where nothing waits for the peer, it is the application's thread that has not handed over the rest yet.
      if (link?.outflow.unsent === 0) this.#wait();
      else link?.fail(reasons.lingerExpired(link.outflow.unsent, this.#linger), "timeout");
    });
  }

  #end({ by, error, unsent }: Ending): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    this.#patience.stop();
    unsent += this.#frames?.pending ?? 0;
    for (let slot = this.#outbound.peek(); slot !== undefined; slot = this.#outbound.peek()) {
      unsent += slot[SLOT_OCTETS];
      this.#outbound.free();
    }
    this.#tell({ type: "ended", id: this.#id, by, error: factsOf(error), unsent });
    this.#left();
  }
}

/**
 * What a socket tells a connection whose application is in another thread: octets of messages land in the ring itself,
 * where that can be; else they take the way of all others, through the session.
 *
 * | way | octets land | from there |
 * |---|---|---|
 * | straight | in a chunk of the ring | scanned in place, told of as slots |
 * | through the session | in the codec's landing | to the inbox, and from there copied into the ring |
 *
 * A connection begins with the second way. Before each read it looks whether it may change to the first: traffic in
 * the clear, between two messages, nothing that waits elsewhere, room in the ring. It goes back for whatever is not a
 * message frame of at most the headroom, and while the ring is full.
 */
import type { ZmtpSession } from "../../session/session.js";
import { isPublisher } from "../../session/socket-type.js";
import type { EventHandler } from "../event-handler.js";
import { Reception, type ReceptionUser } from "../reception.js";
import type { ChunkFiller } from "./chunk-filler.js";

/** The guest, as the reception sees it. */
export interface RingReceptionUser {
  /** Whether messages are wanted, and none waits outside of the ring. */
  readonly straight: boolean;
  /** There are whole messages to tell of. */
  arrived(): void;
  /** Tell of them now. */
  publish(): void;
}

/** Takes in what the socket of one guest tells. */
export class RingReception extends Reception {
  readonly #link: ReceptionUser;
  readonly #session: ZmtpSession;
  readonly #incoming: EventHandler;
  readonly #filler: ChunkFiller;
  readonly #user: RingReceptionUser;
  readonly #headroom: number;
  #straight = false;

  /** @param headroom - Octets of an unfinished frame that a chunk has room for. */
  constructor(
    parts: ConstructorParameters<typeof Reception>,
    filler: ChunkFiller,
    headroom: number,
    user: RingReceptionUser,
  ) {
    super(...parts);
    [this.#link, this.#session, this.#incoming] = parts;
    this.#filler = filler;
    this.#headroom = headroom;
    this.#user = user;
  }

  override get landing(): () => Uint8Array {
    return () => this.#place();
  }

  override landed(length: number): void {
    if (!this.#straight) {
      super.landed(length);
      return;
    }
    if (this.#link.over) return;
    this.#incoming.heard();
    this.#count(this.#filler.landed(length));
    if (!this.#filler.understood || !this.#user.straight) this.#leave();
  }

  override ended(): void {
    if (this.#straight) this.#leave();
    super.ended();
  }

  /** Where the next octets are to land. */
  #place(): Uint8Array {
    if (!this.#straight) this.#enter();
    while (this.#straight) {
      const { room } = this.#filler;
      if (room !== undefined) return room;
      this.#goOn();
    }
    return this.#session.landing;
  }

  #enter(): void {
    const unfinished = this.#user.straight ? this.#release() : undefined;
    if (unfinished === undefined) return;
    this.#straight = this.#filler.begin(unfinished);
    if (!this.#straight && unfinished.length > 0) super.received(unfinished);
  }

  /**
   * The octets of an unfinished frame, taken from the session: it stands between two messages, and would pass them on
   * unchanged. Undefined if we cannot go on from here.
   */
  #release(): Uint8Array | undefined {
    const { phase, socketType, insideMessage, incoming } = this.#session.protocol;
    const { pending, unread } = incoming.decoder;
    if (phase.at !== "active" || phase.traffic !== undefined || insideMessage || isPublisher(socketType))
      return undefined;
    const { state, length, tail } = unread;
    // A large frame is put together elsewhere.
    if (pending !== length || length > this.#headroom || (state !== "idle" && state !== "waiting")) return undefined;
    const octets = tail.peek(length).slice();
    unread.discard();
    return octets;
  }

  /** So many octets more of the stream have been read. */
  #skip(octets: number): void {
    const { incoming, limits } = this.#session.protocol;
    incoming.decoder.expect(limits, incoming.position + octets);
  }

  /** The chunk is full: what is unfinished in it moves on to the next. */
  #goOn(): void {
    this.#user.publish();
    const { rest, ready } = this.#filler;
    if (ready || rest.length > this.#headroom || !this.#filler.begin(rest)) this.#leave();
    else {
      // A table that was full has left whole messages behind.
      this.#count(this.#filler.octets);
      if (!this.#filler.understood) this.#leave();
    }
  }

  /** So many octets of the stream are whole messages in the ring. */
  #count(octets: number): void {
    this.#skip(octets);
    if (this.#filler.ready) this.#user.arrived();
  }

  /** Whole messages are told of, as far as there are slots, and what is behind them goes to the session. */
  #leave(): void {
    this.#straight = false;
    this.#user.publish();
    const { rest, ready, octets } = this.#filler;
    if (ready) this.#skip(-octets);
    this.#filler.close();
    if (rest.length > 0) super.received(rest);
  }
}

/** What a guest has to move messages with: its ends of the two rings, and what fills the one that leads away. */
import type { FrameBatch } from "../../codec/batch.js";
import type { Inbox } from "../inbox.js";
import type { Reception } from "../reception.js";
import type { ReaderEnd, WriterEnd } from "./ring.js";
import type { RingReceptionUser } from "./ring-reception.js";
import type { News, OpenOrder, Passing } from "./words.js";

/** Tells the application's thread; what is in `moved` goes over to it. */
export type Tell = (news: News, moved?: readonly ArrayBuffer[]) => void;

/** Moves what waits in an inbox into a ring. */
export interface Copier {
  /** Whether some of it waits for room. */
  readonly busy: boolean;
  /** Whether a slot is told of later, with what else has come. Otherwise each is to be told of by itself. */
  readonly gathers: boolean;
  /** Takes what is next, if nothing waits. False if there is nothing either. */
  takeFrom(inbox: Inbox): boolean;
  /** Puts it into the ring, or as much of it as makes one slot. False if there is no room. */
  put(): boolean;
}

/** What lies in the ring and is not told of yet. */
export interface Untold {
  /** Whether there is something. */
  readonly ready: boolean;
  /** Whether the last try found no slot, and nobody but us will try again. */
  readonly refused?: boolean;
  /** Tells of it. Returns true if the reader has to be woken; false also if no slot is free. */
  publish(): boolean;
}

/** All of it. */
export interface Equipment {
  readonly inbound: WriterEnd;
  readonly outbound: ReaderEnd;
  readonly copier: Copier;
  readonly untold: Untold;
  /** Whether frames leave one by one, and not as the octets that they come in. */
  readonly framed?: boolean;
  /** Takes in what the transport tells; default: a plain one. */
  readonly makeReception?: (user: RingReceptionUser, parts: ConstructorParameters<typeof Reception>) => Reception;
  /** What the other thread has passed over or given back, where the two share no memory. */
  readonly hear?: (passing: Passing) => void;
}

/** Makes it for one connection. */
export type Equip = (opening: OpenOrder, tell: Tell) => Equipment;

/** Tells of a message that is too large for a slot; its memory goes along. */
export function tellLarge(id: number, tell: Tell): (run: FrameBatch) => void {
  return ({ bytes, rows, length, from }) => {
    tell({ type: "large", id, bytes, table: rows, rows: length, from }, [bytes.buffer]);
  };
}

/** How often a socket answers at once before the event loop has a turn, so that others run as well. */
import { nextTurn } from "../connection/next-turn.js";
import type { SentMessage } from "./message.js";

/** So many messages at most are received within one turn, and so many small ones sent. */
const PER_TURN = 512;
/**
 * So many octets that are sent count as one message more: about a mebibyte is sent within a turn, or one larger
 * message. More would only pile up here until the system can take it, leave the processor's caches, and live long
 * enough to be moved by the garbage collector.
 */
const OCTETS_OF_ONE = 2048;

/** The answer to every send that had room: one promise for all. */
export const SENT: Promise<void> = Promise.resolve();

/** Counts the messages of one socket within a turn of the event loop. */
export class AtOnce {
  #received = 0;
  #sent = 0;
  #turn: Promise<void> | undefined;

  /** Whether one more message may be received within this turn. */
  use(): boolean {
    return this.#received++ < PER_TURN;
  }

  /** The event loop has its turn now: the count begins again. */
  renew(): void {
    this.#received = 0;
    this.#sent = 0;
  }

  /** The answer to a message that was sent: at once, or from time to time after a turn of the event loop. */
  sent(message: SentMessage): Promise<void> {
    this.#sent += weightOf(message);
    if (this.#sent <= PER_TURN) return SENT;
    this.#turn ??= new Promise((resolve) =>
      nextTurn(() => {
        this.renew();
        this.#turn = undefined;
        resolve();
      }),
    );
    return this.#turn;
  }
}

/** A message that is large counts as several. */
function weightOf(message: SentMessage): number {
  if (typeof message === "string" || message instanceof Uint8Array)
    return 1 + Math.floor(message.length / OCTETS_OF_ONE);
  let weight = 0;
  for (const frame of message) weight += weightOf(frame);
  return weight;
}

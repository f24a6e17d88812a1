/**
 * A closing in order: what was accepted leaves first, and a peer that takes nothing of it is not waited for endlessly.
 */
import { Patience } from "./deadline.js";
import type { EndedBy } from "./ending.js";
import type { Outflow } from "./outflow.js";
import type { Transport } from "./transport.js";

/** The closing of one link. */
export class Goodbye {
  /** Who began it. */
  readonly by: EndedBy;
  readonly #outflow: Outflow;
  readonly #transport: Transport;
  readonly #linger: number;
  readonly #lingered: (left: number) => void;
  #said = false;
  readonly #patience = new Patience();
  /** `untaken` of the transport when the waiting began: less of it later is progress. */
  #untaken: number | undefined;

  /** @param lingered - The peer has taken nothing for `linger` milliseconds, and so many octets are left. */
  constructor(by: EndedBy, outflow: Outflow, transport: Transport, linger: number, lingered: (left: number) => void) {
    this.by = by;
    this.#outflow = outflow;
    this.#transport = transport;
    this.#linger = linger;
    this.#lingered = lingered;
    // What still comes is read and dropped: a socket closed with octets unread resets the connection, and what we sent
    // is lost.
    transport.resume();
    outflow.flush();
    this.goOn();
  }

  /** Whether it has been said: nothing can be sent behind it. */
  get said(): boolean {
    return this.#said;
  }

  /** Something has left. Each sign of progress gives the peer the whole of its time again. */
  goOn(): void {
    this.#wait();
    if (this.#said || !this.#outflow.handedOver) return;
    this.#said = true;
    this.#transport.finish();
  }

  stop(): void {
    this.#patience.stop();
  }

  #wait(): void {
    this.#untaken = this.#transport.untaken;
    this.#patience.wait(this.#linger, () => this.#judge());
  }

  /** One large write is reported when all of it has been taken, which may be long: a part of it is progress, too. */
  #judge(): void {
    if ((this.#transport.untaken ?? 0) < (this.#untaken ?? 0)) this.#wait();
    else this.#lingered(this.#outflow.waiting);
  }
}

/** REP: hears a request, and answers whoever asked. RFC 28, "The REP Socket Type". */

import { fault } from "../errno.js";
import { FairQueue } from "../fair-queue.js";
import type { SentMessage } from "../message.js";
import { partsOf } from "../message.js";
import { Pattern, type Received } from "../pattern.js";
import type { Pipe } from "../pipe.js";
import type { Settings } from "../settings.js";

/** Whom the answer is for, and the envelope that leads it there: every frame up to the empty one. */
interface Asked {
  readonly pipe: Pipe;
  readonly envelope: readonly Uint8Array[];
}

class Reply extends Pattern {
  readonly #queue: FairQueue;
  #asked: Asked | undefined;

  constructor(settings: Settings) {
    const queue = new FairQueue();
    super("REP", settings, { incoming: queue });
    this.#queue = queue;
  }

  override get readable(): boolean {
    return this.#asked === undefined && this.#queue.readable;
  }

  override get writable(): boolean {
    return this.#asked !== undefined;
  }

  override receive(): Received | undefined {
    if (this.#asked !== undefined) throw fault("EFSM");
    for (let message = this.#queue.next(); message !== undefined; message = this.#queue.next()) {
      const delimiter = message.findIndex(({ length }) => length === 0);
      // "SHALL discard" what is no request: it has no delimiter, or nothing behind it.
      if (delimiter < 0 || delimiter === message.length - 1) continue;
      this.#asked = { pipe: this.#queue.from as Pipe, envelope: message.slice(0, delimiter + 1) };
      return message.slice(delimiter + 1);
    }
    return undefined;
  }

  override send(message: SentMessage): boolean {
    if (this.#asked === undefined) throw fault("EFSM");
    const { pipe, envelope } = this.#asked;
    this.#asked = undefined;
    // "SHALL silently discard the reply" if the peer is gone, or takes none.
    if (pipe.writable) pipe.send([...envelope, ...partsOf(message)]);
    return true;
  }
}

export const reply = (settings: Settings): Pattern => new Reply(settings);

/** PAIR: two peers and nobody else. RFC 31. */
import { OnePeer } from "../one-peer.js";
import { Pattern } from "../pattern.js";
import type { Pipe } from "../pipe.js";
import type { Settings } from "../settings.js";

class Pair extends Pattern {
  readonly #peer: OnePeer;

  constructor(settings: Settings) {
    const peer = new OnePeer();
    super("PAIR", settings, { incoming: peer, outgoing: peer });
    this.#peer = peer;
  }

  override attached(pipe: Pipe): void {
    // "SHALL consider itself connected to at most one peer": the next one is shown the door.
    if (!this.#peer.attach(pipe)) pipe.close(0);
  }
}

export const pair = (settings: Settings): Pattern => new Pair(settings);

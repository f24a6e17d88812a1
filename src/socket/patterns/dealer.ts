/** DEALER: sends to all its peers in turn and hears them all. RFC 28, "The DEALER Socket Type". */
import { FairQueue } from "../fair-queue.js";
import { Pattern } from "../pattern.js";
import type { Pipe } from "../pipe.js";
import { RoundRobin } from "../round-robin.js";
import type { Settings } from "../settings.js";

/** What tells a ROUTER that somebody is there. */
const PROBE = new Uint8Array(0);

class Dealer extends Pattern {
  constructor(settings: Settings) {
    super("DEALER", settings, { incoming: new FairQueue(), outgoing: new RoundRobin() });
  }

  override attached(pipe: Pipe): void {
    probe(pipe, this.settings);
    super.attached(pipe);
  }
}

/** @internal Lets a ROUTER know of us, if we are to. */
export function probe(pipe: Pipe, settings: Settings): void {
  if (settings.probeRouter && pipe.writable) pipe.send(PROBE);
}

export const dealer = (settings: Settings): Pattern => new Dealer(settings);

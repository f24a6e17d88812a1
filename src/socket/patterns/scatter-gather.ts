/** SCATTER and GATHER: PUSH and PULL for messages of one frame. RFC 49. Draft. */

import { FairQueue } from "../fair-queue.js";
import type { SentMessage } from "../message.js";
import { Pattern } from "../pattern.js";
import { RoundRobin } from "../round-robin.js";
import type { Settings } from "../settings.js";
import { refuseParts } from "./one-frame.js";

class Scatter extends Pattern {
  constructor(settings: Settings) {
    super("SCATTER", settings, { outgoing: new RoundRobin() });
  }

  override send(message: SentMessage): boolean {
    refuseParts(message);
    return super.send(message);
  }
}

export const scatter = (settings: Settings): Pattern => new Scatter(settings);
export const gather = (settings: Settings): Pattern => new Pattern("GATHER", settings, { incoming: new FairQueue() });

/** PUSH and PULL: work handed out to whoever has room, and collected fairly. RFC 30. */
import { FairQueue } from "../fair-queue.js";
import { Pattern } from "../pattern.js";
import { RoundRobin } from "../round-robin.js";
import type { Settings } from "../settings.js";

export const push = (settings: Settings): Pattern => new Pattern("PUSH", settings, { outgoing: new RoundRobin() });

export const pull = (settings: Settings): Pattern => new Pattern("PULL", settings, { incoming: new FairQueue() });

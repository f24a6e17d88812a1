/** What a guest over a socket has: memory that both threads share, and a scan that works in it. RFC 37. */
import { limitsFor } from "../../codec/frame.js";
import { sharedScan } from "../../codec/shared-scan.js";
import { Reception } from "../reception.js";
import type { MessageLimits } from "../whole-messages.js";
import { ChunkFiller } from "./chunk-filler.js";
import { type Equip, tellLarge } from "./equipment.js";
import { bufferOf, RingReader, RingWriter } from "./ring.js";
import { RingReception } from "./ring-reception.js";
import { INBOUND, OUTBOUND } from "./ring-shapes.js";
import { RunCopier } from "./run-copier.js";
import type { SharedMemory } from "./words.js";

export const equipStraight: Equip = ({ id, options, shared }, tell) => {
  const { inbound: memory, outbound } = shared as SharedMemory;
  const inbound = new RingWriter(bufferOf(memory), INBOUND);
  const filler = new ChunkFiller(inbound, sharedScan(memory), limitsFor(options.maxFrameSize).maxFrameSize);
  const { headroom, octets, rows } = INBOUND;
  const { maxMessageSize, maxMessageFrames } = options as MessageLimits;
  // Straight into the ring, where no message that fits there could be too large.
  const straight = maxMessageSize >= headroom + octets && maxMessageFrames >= rows;
  return {
    inbound,
    outbound: new RingReader(outbound, OUTBOUND),
    copier: new RunCopier(inbound, tellLarge(id, tell)),
    untold: filler,
    makeReception: (user, parts) =>
      straight ? new RingReception(parts, filler, headroom, user) : new Reception(...parts),
  };
};

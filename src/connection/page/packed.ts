/** How messages of a WebSocket get from a worker to its page and back: by shared memory, or posted where none is. */
import { type Equip, tellLarge } from "../thread/equipment.js";
import { MessagePacker } from "../thread/message-packer.js";
import { type Passage, sharedPassage } from "../thread/passage.js";
import { hearingBoth, type Post, PostedReader, PostedWriter } from "../thread/posted.js";
import { bufferOf, RingReader, RingWriter, ringMemory } from "../thread/ring.js";
import { OUTBOUND, PACKED } from "../thread/ring-shapes.js";
import { mayShare } from "./platform.js";

/** The page's ends. */
export function packedPassage(id: number, post: Post): Passage {
  if (mayShare()) return sharedPassage({ inbound: ringMemory(PACKED), outbound: ringMemory(OUTBOUND) }, PACKED);
  const inbound = new PostedReader(id, PACKED, post);
  const outbound = new PostedWriter(id, OUTBOUND, post);
  return { inbound, outbound, shared: undefined, hear: hearingBoth(inbound, outbound) };
}

/** The worker's ends. */
export const equipPacked: Equip = ({ id, shared }, tell) => {
  if (shared !== undefined) {
    const inbound = new RingWriter(bufferOf(shared.inbound), PACKED);
    return { inbound, outbound: new RingReader(shared.outbound, OUTBOUND), framed: true, ...packing(inbound) };
  }
  const inbound = new PostedWriter(id, PACKED, tell);
  const outbound = new PostedReader(id, OUTBOUND, tell);
  return { inbound, outbound, framed: true, hear: hearingBoth(outbound, inbound), ...packing(inbound) };

  function packing(ring: RingWriter | PostedWriter) {
    const packer = new MessagePacker(ring, tellLarge(id, tell));
    return { copier: packer, untold: packer };
  }
};

/** The way to another thread and back for one connection, as the application's thread has it. */
import { bufferOf, type ReaderEnd, RingReader, type RingShape, RingWriter, type WriterEnd } from "./ring.js";
import { INBOUND, OUTBOUND } from "./ring-shapes.js";
import type { Passing, SharedMemory } from "./words.js";

/** The application's ends of the two rings. */
export interface Passage {
  readonly inbound: ReaderEnd;
  readonly outbound: WriterEnd;
  /** What the other thread is given of it; undefined where the two share no memory. */
  readonly shared: SharedMemory | undefined;
  /** What the other thread has passed over or given back, where they share none. */
  readonly hear?: (passing: Passing) => void;
}

/** Through memory that both have. */
export function sharedPassage(shared: SharedMemory, shape: RingShape = INBOUND): Passage {
  return {
    inbound: new RingReader(bufferOf(shared.inbound), shape),
    outbound: new RingWriter(shared.outbound, OUTBOUND),
    shared,
  };
}

/** Runs that came through the session, copied into the ring. */
import { type FrameBatch, moveRows } from "../../codec/batch.js";
import type { Inbox } from "../inbox.js";
import type { Copier } from "./equipment.js";
import { SLOT_CHUNK, SLOT_FROM, SLOT_KIND, SLOT_OCTETS, SLOT_ROW, SLOT_ROWS, type WriterEnd } from "./ring.js";
import { LARGE, RUN } from "./ring-shapes.js";

/** Puts one run after another into the ring, as far as there is room. */
export class RunCopier implements Copier {
  readonly gathers = false;
  readonly #ring: WriterEnd;
  readonly #large: (run: FrameBatch) => void;
  /** The run that is being put there, and the first frame that is not there yet. */
  #run: FrameBatch | undefined;
  #next = 0;

  /** @param large - Called with a message that is too large for a chunk, when a slot that stands for it is filled. */
  constructor(ring: WriterEnd, large: (run: FrameBatch) => void) {
    this.#ring = ring;
    this.#large = large;
  }

  /** Whether some of a run waits for room. */
  get busy(): boolean {
    return this.#run !== undefined;
  }

  /** Takes the next run, if none waits. False if there is none either. */
  takeFrom(inbox: Inbox): boolean {
    if (this.#run === undefined) {
      this.#run = inbox.takeRun();
      this.#next = 0;
    }
    return this.busy;
  }

  /** Fills a slot with as many of its messages as fit into a chunk. False if there is no room. */
  put(): boolean {
    const run = this.#run as FrameBatch;
    const { shape } = this.#ring;
    const to = run.size <= shape.octets && run.length <= shape.rows ? run.length : endThatFits(run, this.#next, shape);
    const large = to === this.#next;
    const end = large ? messageEnd(run, to) : to;
    const messages = run.slice(this.#next, end);
    if (!(large ? this.#putLarge(messages) : this.#copy(messages))) return false;
    this.#next = end;
    if (end === run.length) this.#run = undefined;
    return true;
  }

  #copy(run: FrameBatch): boolean {
    const slot = this.#ring.claim();
    const chunk = slot === undefined ? -1 : this.#ring.claimChunk();
    if (slot === undefined || chunk < 0) return false;
    const { bytes, table } = this.#ring.chunks[chunk];
    const apart = run.from < 0;
    const first = apart ? run.start(0) : run.from;
    slot[SLOT_KIND] = RUN;
    slot[SLOT_OCTETS] = run.size;
    slot[SLOT_ROWS] = run.length;
    slot[SLOT_FROM] = apart ? -1 : 0;
    slot[SLOT_ROW] = 0;
    slot[SLOT_CHUNK] = chunk;
    bytes.set(run.bytes.subarray(first, first + run.size));
    moveRows(run.rows, run.length, table, 0, -first);
    return true;
  }

  #putLarge(run: FrameBatch): boolean {
    const slot = this.#ring.claim();
    if (slot === undefined) return false;
    slot[SLOT_KIND] = LARGE;
    slot[SLOT_CHUNK] = -1;
    this.#large(run.copy());
    return true;
  }
}

/** Behind the last whole message from frame `from` on that fits; `from` if not even one does. */
function endThatFits(run: FrameBatch, from: number, { octets, rows }: { octets: number; rows: number }): number {
  const first = run.from < 0 ? run.start(from) : from === 0 ? run.from : run.end(from - 1);
  let fits = from;
  for (let end = from; end < run.length; fits = end) {
    end = messageEnd(run, end);
    if (end - from > rows || run.end(end - 1) - first > octets) break;
  }
  return fits;
}

function messageEnd(run: FrameBatch, from: number): number {
  let i = from;
  while (run.more(i)) i++;
  return i + 1;
}

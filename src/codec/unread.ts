/** Octets that have come and have not been read: in the window, in a chunk of our own, or waiting in the tail. */
import type { Engine, Tenant } from "./engine.js";
import { HEADROOM, INPUT, INPUT_SIZE } from "./layout.js";
import type { Octets } from "./payload.js";
import { Tail } from "./tail.js";

/** Octets of the tail that are laid in the window at once: up to the part of LANDING, where sockets write. */
const LOAD = INPUT + INPUT_SIZE;

/**
 * Where the unread octets are, and where they go when more come.
 *
 * "backlog, then": what is unread goes to the tail first. After that the row "backlog" applies.
 *
 * | state   | unread octets                                          | more octets come                      |
 * |---------|--------------------------------------------------------|---------------------------------------|
 * | idle    | none                                                   | window, or chunk if they are ours     |
 * | waiting | in the tail: fewer than the `needed` ones of one frame | tail; window once they are enough     |
 * | backlog | in the tail, then in the chunk behind it               | tail; window if all of them fit there |
 * | window  | in the window and nowhere else                         | backlog, then                         |
 * | mirror  | as backlog, and the window repeats the first of them   | backlog, then                         |
 * | chunk   | in a chunk that is ours; the tail is empty             | backlog, then                         |
 *
 * Another decoder that needs the window turns window and mirror into backlog. Reading turns backlog into mirror, and
 * what has been read to its end into what follows: backlog, chunk or idle.
 */
export type UnreadState = "idle" | "waiting" | "backlog" | "window" | "mirror" | "chunk";

/** The unread octets of one decoder. */
export class Unread implements Tenant {
  readonly #engine: Engine;
  /** Window, mirror and chunk: bytes[at, to) is unread, and not empty. */
  state: UnreadState = "idle";
  bytes: Octets;
  at = 0;
  to = 0;
  /** Waiting: how many octets the tail must hold before another look at them is worth it; else 0. */
  #needed = 0;
  readonly tail: Tail;
  /** Backlog and mirror: what follows the tail in a chunk that is ours. */
  #behind: Octets | undefined;
  /** Octets of the window that were lent for the next `commit`; -1 for none. */
  #reserved = -1;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.bytes = engine.window;
    this.tail = new Tail(engine.spare);
  }

  /** How many there are. */
  get length(): number {
    const elsewhere = this.state === "mirror" ? 0 : this.to - this.at;
    return this.tail.length + elsewhere + (this.#behind?.length ?? 0);
  }

  /** Whether any unread octets lie in a chunk that we own. Frames made of them must be owned, too. */
  get owned(): boolean {
    return this.state === "chunk" || this.#behind !== undefined;
  }

  /** Makes the window ours to write to. */
  occupy(): void {
    this.vacate();
    this.#engine.occupy(this);
    this.#reserved = -1;
  }

  /** Takes out of the window what is unread there: it is needed for something else. */
  vacate(): void {
    if (this.state === "window" || this.state === "mirror") this.#leave();
  }

  /** Lends the first octets of the input region. */
  reserve(size: number): Octets {
    this.occupy();
    this.#reserved = size;
    return this.#engine.window.subarray(INPUT, INPUT + size);
  }

  /** How many octets are lent; -1 for none, or if the window was used for others since. */
  get reserved(): number {
    return this.#engine.occupiedBy(this) ? this.#reserved : -1;
  }

  /** What was lent is lent no more. */
  unreserve(): void {
    this.#reserved = -1;
  }

  /** Adds chunk[start, …), not ours to keep. `place` says where in the window the chunk lies already, if it does. */
  add(chunk: Uint8Array, start: number, place: number | undefined): void {
    this.#setAside();
    const bytes = start === 0 ? chunk : chunk.subarray(start);
    const waiting = this.tail.length;
    const enough = waiting + bytes.length >= this.#needed;
    if (!enough || waiting > HEADROOM || bytes.length > INPUT_SIZE) {
      this.tail.append(bytes);
      if (enough) this.#hide("backlog");
      return;
    }
    const { window } = this.#engine;
    this.#engine.occupy(this);
    const from = place === undefined ? INPUT : place + start;
    if (place === undefined) window.set(bytes, INPUT);
    if (waiting > 0) this.tail.moveTo(window, from - waiting);
    this.#enter("window", 0, from - waiting, from + bytes.length, window);
  }

  /** Adds chunk[start, …), which is ours from now on. */
  addOwned(chunk: Octets, start: number): void {
    this.#setAside();
    if (this.tail.length === 0) {
      this.#enter("chunk", 0, start, chunk.length, chunk);
      return;
    }
    this.#behind = chunk.subarray(start);
    this.#hide("backlog");
  }

  /** Backlog: lays the first of them in the window, to be read there; they stay in the tail until that is done. */
  load(): void {
    this.occupy();
    const waiting = this.tail.peek(LOAD);
    this.#engine.window.set(waiting);
    this.#enter("mirror", 0, 0, waiting.length, this.#engine.window);
  }

  /** The next `count` of bytes[at, to) have been read. */
  consume(count: number): void {
    this.at += count;
    if (this.state === "mirror") this.tail.drop(count);
    if (this.at === this.to) this.#follow();
  }

  /** Gives octets to `fill`, which says how many it took, until it takes none or there are none to be seen. */
  pour(fill: (bytes: Uint8Array, from: number, to: number) => number): void {
    for (;;) {
      if (this.state === "chunk") {
        const count = fill(this.bytes, this.at, this.to);
        if (count === 0) return;
        this.consume(count);
      } else if (this.state === "backlog") {
        const waiting = this.tail.peek(this.tail.length);
        const count = fill(waiting, 0, waiting.length);
        if (count === 0) return;
        this.tail.drop(count);
        this.#follow();
      } else return;
    }
  }

  /** bytes[at, to) belong to one frame of `needed` octets, which is more: nothing to read before there are so many. */
  wait(needed: number): undefined {
    this.#toTail();
    const missing = needed - this.tail.length;
    if (missing > 0 && this.#behind !== undefined) {
      this.tail.append(this.#behind.subarray(0, missing));
      this.#behind = this.#behind.length > missing ? this.#behind.subarray(missing) : undefined;
    }
    if (this.tail.length < needed) this.#hide("waiting", needed);
    else this.#hide("backlog");
  }

  /** Throws the unread octets away. */
  discard(): void {
    this.#behind = undefined;
    this.tail.drop(this.tail.length);
    this.#hide("idle");
  }

  /** The one place where the state changes, and all that belongs to it. */
  #enter(state: UnreadState, needed: number, at: number, to: number, bytes: Octets): void {
    this.state = state;
    this.#needed = needed;
    this.at = at;
    this.to = to;
    this.bytes = bytes;
  }

  /** Nothing is to be seen: what there is lies in the tail, and then in what is behind it. */
  #hide(state: "idle" | "waiting" | "backlog", needed = 0): void {
    this.#enter(state, needed, 0, 0, this.#engine.window);
  }

  /** Goes on with what follows octets that have all been read. */
  #follow(): void {
    const behind = this.#behind;
    if (this.tail.length > 0) this.#hide("backlog");
    else if (behind === undefined) this.#hide("idle");
    else {
      this.#behind = undefined;
      this.#enter("chunk", 0, 0, behind.length, behind);
    }
  }

  #leave(): void {
    this.#toTail();
    this.#hide("backlog");
  }

  /** Takes bytes[at, to) to the tail, if they are not there already. */
  #toTail(): void {
    if (this.state !== "mirror") this.tail.append(this.bytes, this.at, this.to);
  }

  /** Takes all of them to the tail, so that others may follow. */
  #setAside(): void {
    if (this.at < this.to) this.#leave();
    if (this.#behind === undefined) return;
    this.tail.append(this.#behind);
    this.#behind = undefined;
  }
}

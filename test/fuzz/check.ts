/** Runs a case with both codecs and holds what comes of it to what the oracle says. */
import {
  type Codec,
  type FrameBatch,
  FrameDecoder,
  FrameEncoder,
  type Mechanism,
  plainClient,
  plainServer,
  type SessionBatchEvent,
  type SessionEvent,
  type SocketType,
  ZmtpError,
  ZmtpSession,
} from "../../src/index.js";
import { type Fault, type Frames, readFrames } from "../oracle/framing.js";
import { PASSWORD, type PlainRole, USERNAME } from "../oracle/plain.js";
import { type Conversation, converse, type OracleEvent } from "../oracle/session.js";
import type { Case, Peer, Step, Way } from "./case.js";
import { poison, restore, trespass } from "./guards.js";
import { engines, joinBatches } from "./internals.js";

/** What differs from the oracle. */
export class Difference extends Error {}

function differ(what: string, expected: unknown, got: unknown): never {
  throw new Difference(`${what}: expected ${show(expected)}, got ${show(got)}`);
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_, part) =>
    part instanceof Uint8Array ? Buffer.from(part).toString("hex") : part,
  );
  return text === undefined ? "nothing" : text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  if (a.length > 64) return Buffer.compare(a, b) === 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A range of two memories. */
function sameRange(a: Uint8Array, aFrom: number, b: Uint8Array, bFrom: number, length: number): boolean {
  if (length > 64) return same(a.subarray(aFrom, aFrom + length), b.subarray(bFrom, bFrom + length));
  for (let i = 0; i < length; i++) if (a[aFrom + i] !== b[bFrom + i]) return false;
  return true;
}

/** What sockets read into: it holds other octets as soon as they have been taken in. */
const scratch = new Uint8Array(1 << 23);

/** One of the parties to a case: something that octets go into. */
interface Party {
  step(step: Step, inside: () => void): void;
  finish(): void;
}

/** Takes octets in by way of `reserve` and `commit`; false if they were refused because the region was used meanwhile. */
function committed(refuses: boolean, commit: () => void): boolean {
  try {
    commit();
    return true;
  } catch (error) {
    if (refuses && error instanceof Error && !(error instanceof ZmtpError)) return false;
    throw error;
  }
}

const MOST_RESERVED = 1 << 20;

/** As `push` of what the caller gives away for good: transports have it. */
interface Taker {
  takeOwned(chunk: Uint8Array): unknown;
}

class DecoderParty implements Party {
  readonly #stream: Uint8Array;
  readonly #expected: Frames;
  readonly #decoder: FrameDecoder;
  readonly #encoder: FrameEncoder;
  readonly #forward: number;
  /** Frames that went through the encoder, by their number. */
  readonly #forwarded: number[] = [];
  readonly #owned: (readonly [first: number, batch: FrameBatch])[] = [];
  #taken = 0;
  #delivered = 0;
  #failed = false;
  #ended = false;

  constructor({ stream, limit, forward }: Peer, codec: Codec, expected: Frames) {
    this.#stream = stream;
    this.#expected = expected;
    this.#decoder = new FrameDecoder({ codec, maxFrameSize: limit });
    this.#encoder = new FrameEncoder({ codec });
    this.#forward = forward;
  }

  step({ take, way, read }: Step, inside: () => void): void {
    const chunk = this.#stream.subarray(this.#taken, this.#taken + take);
    try {
      if (!this.#enter(chunk, way, inside)) return;
    } catch (error) {
      this.#fault(error);
      return;
    }
    this.#pending();
    this.#read(read, way === "late" ? () => {} : inside);
  }

  finish(): void {
    const unread = this.#taken % 2 === 1;
    if (unread) this.#end(false);
    this.#read(-1, () => {});
    for (const [first, batch] of this.#owned) this.#compare(batch, first);
    this.#join();
    this.#encoded(this.#encoder.flush());
    if (!unread) this.#end(true);
  }

  /** Owned batches as one: the same frames in the same order. */
  #join(): void {
    const runs = this.#owned.filter(([, batch]) => !batch.command(0));
    if (runs.length < 2) return;
    const whole = joinBatches(runs.map(([, batch]) => batch));
    let at = 0;
    for (const [first, batch] of runs) {
      this.#compare(whole.slice(at, at + batch.length), first);
      at += batch.length;
    }
    if (at !== whole.length) differ("frames of a joined batch", at, whole.length);
  }

  #enter(chunk: Uint8Array, way: Way, inside: () => void): boolean {
    if (way === "owned") (this.#decoder as unknown as Taker).takeOwned(chunk.slice());
    else if (way === "push" || way === "batches" || chunk.length === 0 || chunk.length > MOST_RESERVED) {
      scratch.set(chunk);
      this.#decoder.push(scratch.subarray(0, chunk.length));
      scratch.fill(0xee, 0, chunk.length);
    } else {
      const memory = this.#decoder.reserve(chunk.length);
      if (memory.length !== chunk.length) differ("octets reserved", chunk.length, memory.length);
      memory.set(chunk);
      if (way === "late") {
        const before = this.#taken;
        inside();
        // Its own octets have moved on: these no longer follow.
        if (this.#taken !== before) return false;
      }
      if (!committed(way === "late", () => this.#decoder.commit(chunk.length))) return false;
    }
    this.#taken += chunk.length;
    return true;
  }

  #read(most: number, inside: () => void): void {
    let left = most;
    try {
      for (;;) {
        if (left-- === 0) return;
        const { done, value } = this.#decoder.next();
        if (done) break;
        this.#deliver(value);
        inside();
        inside = () => {};
      }
    } catch (error) {
      this.#fault(error);
      return;
    }
    const { frames, fault } = this.#expected;
    const next = frames[this.#delivered];
    if (next !== undefined && next.end <= this.#taken)
      differ(`frame ${this.#delivered} of ${this.#taken} octets`, next, undefined);
    const told = fault !== undefined && fault.offset < this.#taken ? fault : this.#ending();
    if (told !== undefined) differ("a fault", told, undefined);
    this.#pending();
  }

  #deliver(batch: FrameBatch): void {
    const first = this.#delivered;
    this.#compare(batch, first);
    this.#delivered += batch.length;
    if (this.#delivered > 0 && this.#expected.frames[this.#delivered - 1].end > this.#taken) {
      differ("a frame before its octets", this.#taken, this.#expected.frames[this.#delivered - 1]);
    }
    this.#pending();
    if (this.#forward !== 0) this.#encode(batch, first);
    if (first % 5 === 0) this.#owned.push([first, batch.toOwned()]);
  }

  #compare(batch: FrameBatch, first: number): void {
    const { length, bytes } = batch;
    if (length < 1) differ("frames of a batch", "at least one", length);
    for (let i = 0; i < length; i++) {
      const frame = this.#expected.frames[first + i];
      if (frame === undefined) differ(`frame ${first + i}`, undefined, batch.frame(i));
      const start = batch.start(i);
      const size = batch.end(i) - start;
      const alike =
        size === frame.end - frame.start && batch.more(i) === frame.more && batch.command(i) === frame.command;
      if (!alike) differ(`frame ${first + i}`, frame, { start, size, more: batch.more(i), command: batch.command(i) });
      if (!sameRange(bytes, start, this.#stream, frame.start, size)) {
        differ(`octets of frame ${first + i}`, this.#stream.slice(frame.start, frame.end), batch.payload(i).slice());
      }
      if (frame.command && length > 1) differ("frames beside a command", 1, length);
    }
  }

  /** What the encoder made of them: the same frames. Their headers may be shorter than they came. */
  #encoded(octets: Uint8Array): void {
    const { frames, fault } = readFrames(octets, 0x7fffffff);
    if (fault !== undefined) differ("a fault in what was encoded", undefined, fault);
    if ((frames.at(-1)?.end ?? 0) !== octets.length)
      differ("octets of encoded frames", frames.at(-1)?.end, octets.length);
    if (frames.length !== this.#forwarded.length) differ("frames encoded", this.#forwarded.length, frames.length);
    frames.forEach(({ start, end, more, command }, i) => {
      const original = this.#expected.frames[this.#forwarded[i]];
      const size = original.end - original.start;
      const alike = end - start === size && more === original.more && command === original.command;
      if (!alike || !sameRange(octets, start, this.#stream, original.start, size)) {
        differ(`frame ${i} of what was encoded`, original, { start, end, more, command });
      }
    });
  }

  #encode(batch: FrameBatch, first: number): void {
    if (this.#forward === 255 || this.#forward === 1) {
      // As it came, headers and all; or what is left of it when its first frame has been dealt with.
      const from = this.#forward === 1 && batch.length > 1 ? 1 : 0;
      this.#encoder.batch(batch.slice(from));
      for (let i = from; i < batch.length; i++) this.#forwarded.push(first + i);
      return;
    }
    const kept = (i: number) => ((this.#forward >> ((first + i) & 7)) & 1) === 1;
    const some = batch.filter((_, i) => kept(i));
    if (some !== undefined) this.#encoder.batch(some);
    for (let i = 0; i < batch.length; i++) if (kept(i)) this.#forwarded.push(first + i);
  }

  /** "Octets taken in and not delivered yet". */
  #pending(): void {
    if (this.#failed) return;
    const delivered = this.#delivered === 0 ? 0 : this.#expected.frames[this.#delivered - 1].end;
    const { pending } = this.#decoder;
    if (pending !== this.#taken - delivered)
      differ(`pending after ${this.#taken} octets`, this.#taken - delivered, pending);
  }

  #fault(error: unknown): void {
    if (!(error instanceof ZmtpError)) throw error;
    const { fault } = this.#expected;
    const { code, offset } = error;
    const expected = fault !== undefined && fault.offset < this.#taken ? fault : this.#ending();
    if (expected === undefined) differ("a fault", undefined, { code, offset });
    sameFault(expected, error);
    if (this.#delivered !== this.#visible()) differ("frames before the fault", this.#visible(), this.#delivered);
    this.#failed = true;
  }

  /** The stream ends: an error now, or behind what has not been read, if that is inside a frame. */
  #end(read: boolean): void {
    if (this.#failed) return;
    this.#ended = true;
    try {
      this.#decoder.end();
    } catch (error) {
      this.#fault(error);
      return;
    }
    if (read && this.#ending() !== undefined) differ("the end", this.#ending(), undefined);
  }

  /** What it is for the stream to have ended; undefined if that is between two frames. */
  #ending(): Fault | undefined {
    const count = this.#visible();
    const whole = count === 0 ? 0 : this.#expected.frames[count - 1].end;
    return !this.#ended || whole === this.#taken ? undefined : { code: "TRUNCATED", offset: this.#taken };
  }

  /** How many frames are complete by now. */
  #visible(): number {
    const { frames } = this.#expected;
    let count = this.#delivered;
    while (count < frames.length && frames[count].end <= this.#taken) count++;
    return count;
  }
}

function sameFault(expected: Fault, { code, offset, section, hint }: ZmtpError): void {
  if (code !== expected.code || offset !== expected.offset) differ("a fault", expected, { code, offset });
  if (!section || !hint) differ(`section and hint of ${code}`, "both", { section, hint });
}

/** Both sides of PLAIN, as the oracle knows them. */
const MECHANISMS: Record<PlainRole, Mechanism> = {
  client: plainClient({ username: USERNAME, password: PASSWORD }),
  server: plainServer((username, password) => username === USERNAME && password === PASSWORD),
};

class SessionParty implements Party {
  readonly #peer: Peer;
  readonly #expected: Conversation;
  readonly #session: ZmtpSession;
  #taken = 0;
  #told = 0;
  #active = false;

  constructor(peer: Peer, codec: Codec, expected: Conversation) {
    this.#peer = peer;
    this.#expected = expected;
    const { limit: maxFrameSize, plain } = peer;
    const mechanism = plain && MECHANISMS[plain];
    this.#session = new ZmtpSession({ socketType: peer.ours as SocketType, maxFrameSize, codec, mechanism });
  }

  step({ take, way, read }: Step, inside: () => void): void {
    const chunk = this.#peer.stream.subarray(this.#taken, this.#taken + take);
    const events = this.#enter(chunk, way, inside);
    if (events !== undefined) this.#read(events, read, way === "late" ? () => {} : inside);
  }

  /** The peer closes: what has not been asked for yet is told first, then the verdict. */
  finish(): void {
    if (this.#taken % 2 === 0) this.#read(this.#session.receive(new Uint8Array(0)), -1, () => {});
    const { events, end } = converse(this.#peer.stream.subarray(0, this.#taken), ours(this.#peer));
    const verdicts: SessionEvent[] = [];
    for (const event of this.#session.end()) {
      if (this.#told < events.length) this.#event(event, "at the end");
      else verdicts.push(event);
    }
    if (this.#told !== events.length) differ("events in all", events.length, this.#told);
    const [verdict] = verdicts;
    if (verdicts.length > (end === undefined ? 0 : 1)) differ("the end", end, verdicts);
    if (end === undefined) return;
    if (verdict?.type !== "Error") differ("the end", end, verdict);
    sameFault(end, verdict.error);
    if (this.#session.error !== verdict.error) differ("the session's error", verdict.error, this.#session.error);
  }

  #enter(chunk: Uint8Array, way: Way, inside: () => void): Iterable<SessionEvent | SessionBatchEvent> | undefined {
    let events: Iterable<SessionEvent | SessionBatchEvent> | undefined;
    if (way === "owned" && chunk.length > 0) {
      (this.#session as unknown as Taker).takeOwned(chunk.slice());
      events = this.#session.receiveBatches(new Uint8Array(0));
    } else if (way === "push" || way === "batches" || chunk.length === 0 || this.#session.error) {
      scratch.set(chunk);
      const octets = scratch.subarray(0, chunk.length);
      events = way === "push" ? this.#session.receive(octets) : this.#session.receiveBatches(octets);
      scratch.fill(0xee, 0, chunk.length);
    } else {
      this.#session.reserve(chunk.length).set(chunk);
      if (way === "late") {
        const before = this.#taken;
        inside();
        if (this.#taken !== before) return undefined;
      }
      const done = committed(way === "late", () => {
        events = this.#session.commit(chunk.length);
      });
      if (!done) return undefined;
    }
    this.#taken += chunk.length;
    return events;
  }

  #read(events: Iterable<SessionEvent | SessionBatchEvent>, most: number, inside: () => void): void {
    let left = most;
    const iterator = events[Symbol.iterator]();
    for (;;) {
      if (left-- === 0) return;
      const { done, value } = iterator.next();
      if (done) break;
      if (value.type === "Frames") this.#frames(value.batch);
      else this.#event(value);
      inside();
      inside = () => {};
    }
    const next = this.#expected.events[this.#told];
    if (next !== undefined && next.at <= this.#taken)
      differ(`event ${this.#told} of ${this.#taken} octets`, next, undefined);
    this.#state();
  }

  #frames(batch: FrameBatch): void {
    for (let i = 0; i < batch.length; i++) {
      this.#event({ type: "Frame", frame: batch.frame(i) }, `frame ${i} of ${batch.length}`);
    }
  }

  #event(event: SessionEvent, where = ""): void {
    const expected = this.#expected.events[this.#told];
    if (expected === undefined || expected.at > this.#taken) differ(`event ${this.#told} ${where}`, undefined, event);
    if (!alike(expected, event, this.#peer.stream)) differ(`event ${this.#told} ${where}`, expected, event);
    this.#told++;
    if (event.type === "HandshakeComplete") this.#active = true;
  }

  /** State, peer and error agree with what has been told. */
  #state(): void {
    const last = this.#expected.events[this.#told - 1];
    const { error, peer } = this.#session;
    if ((last?.type === "Error") !== (error !== undefined)) differ("error", last, error?.code);
    if (this.#active !== (peer !== undefined)) differ("peer", this.#active, peer);
  }
}

function ours(peer: Peer) {
  return { socketType: peer.ours as string, limit: peer.limit, handshakeLimit: HANDSHAKE_LIMIT, plain: peer.plain };
}

/** What the session allows a stranger to send before the handshake is over. */
const HANDSHAKE_LIMIT = 65536;

function alike(expected: OracleEvent, got: SessionEvent, stream: Uint8Array): boolean {
  if (expected.type === "SendError") return got.type === "SendBytes" && isError(got.bytes);
  if (expected.type !== got.type) return false;
  switch (expected.type) {
    case "SendBytes":
      return same(expected.bytes, (got as { bytes: Uint8Array }).bytes);
    case "Frame": {
      const { payload, more, command } = (got as { frame: { payload: Uint8Array; more: boolean; command: boolean } })
        .frame;
      const size = expected.end - expected.start;
      return (
        more === expected.more &&
        !command &&
        payload.length === size &&
        sameRange(payload, 0, stream, expected.start, size)
      );
    }
    case "Command":
      return got.type === "Command" && got.name === expected.name && same(got.data, expected.data);
    case "Error":
      if (got.type !== "Error") return false;
      sameFault(expected, got.error);
      return true;
    case "HandshakeComplete": {
      if (got.type !== "HandshakeComplete") return false;
      const { peer } = got;
      // Whoever has been let in by name is called so, whatever it calls itself.
      const userId = expected.plain === "server" ? USERNAME : undefined;
      const said = expected.properties.filter(({ name }) => userId === undefined || name.toLowerCase() !== "user-id");
      return (
        peer.socketType === expected.socketType &&
        peer.mechanism === (expected.plain ? "PLAIN" : "NULL") &&
        peer.userId === userId &&
        peer.version.major === expected.version.major &&
        peer.version.minor === expected.version.minor &&
        same(peer.identity, expected.identity) &&
        peer.metadata.size === said.length + (userId === undefined ? 0 : 1) &&
        said.every(({ name, value }) => {
          const found = peer.metadata.get(name.toUpperCase());
          return found !== undefined && same(found, value) && [...peer.metadata.keys()].includes(name);
        })
      );
    }
  }
}

/** ERROR with a reason of printable characters. */
function isError(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString("latin1");
  return (
    text.startsWith("\x04") &&
    text.startsWith("\x05ERROR", 2) &&
    bytes[1] === bytes.length - 2 &&
    bytes[8] === bytes.length - 9 &&
    /^[!-~]*$/.test(text.slice(9))
  );
}

let poisoned = false;

/** Runs a case; throws a {@link Difference}, or whatever the library threw that it should not. */
export function check({ peers, steps }: Case): void {
  if (!poisoned) {
    for (const engine of engines) poison(engine);
    poisoned = true;
  }
  const expected = peers.map((peer) => ({
    frames: peer.ours === undefined ? readFrames(peer.stream, peer.limit) : undefined,
    conversation: peer.ours === undefined ? undefined : converse(peer.stream, ours(peer)),
  }));
  for (const first of [0, 1]) {
    const parties = peers.map((peer, i): Party => {
      const codec = engines[peer.other ? 1 - first : first];
      const { frames, conversation } = expected[i];
      if (frames !== undefined) return new DecoderParty(peer, codec, frames);
      return new SessionParty(peer, codec, conversation as Conversation);
    });
    const run = (step: Step) => parties[step.peer].step(step, () => step.inside !== undefined && run(step.inside));
    for (const step of steps) run(step);
    for (const party of parties) party.finish();
    const where = trespass();
    if (where !== undefined) {
      restore();
      differ("memory that nobody may write to", "untouched", where);
    }
  }
}

/**
 * One side of a ZMTP connection: its greeting, then its frames, by the same decoder and session that peers use. RFC 37.
 */
import type { FrameBatch } from "../codec/batch.js";
import { FrameDecoder } from "../codec/decoder.js";
import { limitsFor } from "../codec/frame.js";
import { GREETING_SIZE } from "../codec/layout.js";
import { ZmtpError } from "../error.js";
import { parseCommand } from "../session/command.js";
import { type Greeting, parseGreeting } from "../session/greeting.js";
import { ZmtpSession } from "../session/session.js";
import type { SocketType } from "../session/socket-type.js";
import { COMMANDS, commandFields, FRAMING, GRAMMAR, greetingFields, headerFields } from "./fields.js";
import { MessageMaker, sealedEntry, ZMTP_FRAMES } from "./message.js";
import { OpenHeader } from "./open-header.js";
import { isSealed } from "./security-fields.js";
import { type Entry, PREVIEW, type Side } from "./shape.js";
import { moved, seenIn } from "./told-error.js";

/** Octets of one piece at most: what a decoder copies at once. */
const PIECE = 1 << 16;
/** What stands in for octets that a capture has lost. */
const LOST = new Uint8Array(PIECE);

/**
 * Reads one side's octets. It holds the greeting, a frame that is not complete (in the decoder), and the first octets
 * of the frames of a message that is not. After a fault it tells nothing more; nor after a gap, unless all that is
 * missing lies inside one frame.
 */
export class Half {
  greeting: Greeting | undefined;
  readonly #side: Side;
  readonly #decoder: FrameDecoder;
  readonly #messages: MessageMaker;
  readonly #header = new OpenHeader();
  /** What has come of a greeting that is not complete. */
  #beginning: Uint8Array = new Uint8Array(0);
  /** Octets that have come. */
  #seen = 0;
  #ready = false;
  #over = false;
  /** Where a gap ends, if one ended the telling. */
  #gap: number | undefined;

  /** @param maxFrameSize - Longest payload accepted, in octets; default 64 MiB. */
  constructor(side: Side, maxFrameSize?: number) {
    this.#side = side;
    this.#decoder = new FrameDecoder({ maxFrameSize });
    // Frames begin behind the greeting: so the offsets of faults count from its first octet.
    this.#decoder.expect(limitsFor(maxFrameSize), GREETING_SIZE);
    this.#messages = new MessageMaker(side, ZMTP_FRAMES);
  }

  /** What these octets completed. */
  read(octets: Uint8Array, entries: Entry[]): void {
    this.#seen += octets.length;
    if (this.#over) return;
    try {
      const frames = this.greeting === undefined ? this.#readGreeting(octets, entries) : octets;
      for (let at = 0; at < frames.length; at += PIECE) this.#readFrames(frames.subarray(at, at + PIECE), entries);
    } catch (error) {
      if (!(error instanceof ZmtpError)) throw error;
      entries.push(this.#fault(error));
    }
  }

  /** Octets were lost. */
  gap(missing: number, entries: Entry[]): void {
    const start = this.#seen;
    if (this.#over) {
      this.#seen += missing;
      return;
    }
    const inside = this.#header.payloadLeft >= missing;
    const after = inside ? "all inside one frame, where zeros stand for them" : "this side is not told any further";
    const title = `A gap: the capture lost ${missing} octets, ${start} to ${start + missing - 1}; ${after}`;
    const gap = { side: this.#side, start, end: start + missing, title, section: FRAMING, fields: [] };
    entries.push({ ...gap, kind: "gap" });
    if (inside) {
      for (let left = missing; left > 0; left -= PIECE) this.read(LOST.subarray(0, left), entries);
      return;
    }
    this.#seen += missing;
    this.#over = true;
    this.#gap = this.#seen;
  }

  /** The side has closed; says what it left unfinished. */
  end(entries: Entry[]): void {
    if (this.#gap !== undefined) entries.push(...behind(this.#side, this.#gap, this.#seen));
    this.#gap = undefined;
    if (this.#over) return;
    this.#over = true;
    const next = this.#next;
    const open = this.#messages.open;
    if (next === this.#seen && open === undefined) return;
    const end = this.#seen;
    const where = this.greeting === undefined ? "its greeting" : next < end ? "a frame" : "a message";
    const error = new ZmtpError("TRUNCATED", `The stream ends inside ${where}`, { offset: end });
    const title = `Ends inside ${where}`;
    const start = open ?? next;
    entries.push({ side: this.#side, start, end, kind: "end", title, section: FRAMING, fields: [], error });
  }

  get #mechanism(): string | undefined {
    return this.greeting?.mechanism;
  }

  /** Where what is not told yet begins. */
  get #next(): number {
    return this.greeting === undefined ? 0 : this.#decoder.position;
  }

  /** Returns what comes after the greeting. */
  #readGreeting(octets: Uint8Array, entries: Entry[]): Uint8Array {
    const before = this.#beginning.length;
    const wanted = octets.subarray(0, GREETING_SIZE - before);
    const known = new Uint8Array(before + wanted.length);
    known.set(this.#beginning);
    known.set(wanted, before);
    this.#beginning = known;
    if (known.length < GREETING_SIZE) {
      judge(known);
      return new Uint8Array(0);
    }
    const greeting = parseGreeting(known);
    const { version, mechanism } = greeting;
    this.greeting = greeting;
    const title = `Greeting: ZMTP ${version.major}.${version.minor}, ${mechanism}`;
    const fields = greetingFields(greeting);
    entries.push({ side: this.#side, start: 0, end: GREETING_SIZE, kind: "greeting", title, section: GRAMMAR, fields });
    return octets.subarray(wanted.length);
  }

  #readFrames(octets: Uint8Array, entries: Entry[]): void {
    let at = this.#decoder.position;
    const before = at;
    for (const batch of this.#decoder.push(octets)) {
      const next = this.#decoder.position;
      if (batch.command(0)) this.#command(batch.payload(0).slice(), at, next, entries);
      else this.#frames(batch, at, next, entries);
      at = next;
    }
    this.#header.follow(octets, at - before);
  }

  /** The frames of a batch are octets `from` to `to` of the stream. */
  #frames(batch: FrameBatch, from: number, to: number, entries: Entry[]): void {
    // A large frame lies apart from its header: only from the last end can all offsets be counted.
    const shift = to - batch.end(batch.length - 1);
    let start = from;
    for (let i = 0; i < batch.length; i++) {
      const payload = batch.start(i);
      const length = batch.end(i) - payload;
      const end = batch.end(i) + shift;
      const preview = batch.bytes.slice(payload, payload + Math.min(length, PREVIEW));
      const frame = { start, end, length, more: batch.more(i), preview };
      const sealed = this.#mechanism === "CURVE" && isSealed(preview, length);
      if (sealed) entries.push(sealedEntry(this.#side, frame, ZMTP_FRAMES));
      else this.#messages.add(frame, entries);
      start = end;
    }
  }

  #command(body: Uint8Array, start: number, end: number, entries: Entry[]): void {
    const header = end - start - body.length;
    const flags = header > 2 ? 6 : 4;
    const command = parseCommand(body, start + header);
    const { name } = command;
    if (name === "READY" && this.#mechanism === "NULL") this.#judgeReady(flags, body, start);
    const fields = [
      ...headerFields(start, start + header, flags, body.length),
      ...commandFields(command, start + header, this.#mechanism),
    ];
    entries.push({ side: this.#side, start, end, kind: "command", title: name, section: COMMANDS, name, fields });
  }

  /** Has a session of the package judge the first READY. What it is to the session's own type is no fault of it. */
  #judgeReady(flags: number, body: Uint8Array, at: number): void {
    if (this.#ready) return;
    this.#ready = true;
    const ours: SocketType = "PAIR";
    const session = new ZmtpSession({ socketType: ours });
    for (const octets of [session.start(), headerOf(flags, body.length), body]) {
      for (const event of session.receive(octets)) {
        if (event.type !== "Error" || event.error.code === "SOCKET_TYPE_MISMATCH") continue;
        throw moved(event.error, at - GREETING_SIZE);
      }
    }
  }

  #fault(error: ZmtpError): Entry {
    this.#over = true;
    const next = this.#next;
    const start = Math.min(next, error.offset ?? next);
    const title = seenIn(error);
    const section = error.section ?? FRAMING;
    return { side: this.#side, start, end: this.#seen, kind: "fault", title, section, fields: [], error };
  }
}

/** What came behind a gap, in one entry. */
function behind(side: Side, start: number, end: number): Entry[] {
  if (start === end) return [];
  const title = `${end - start} octets behind the gap are not told: where a frame begins is not known`;
  return [{ side, start, end, kind: "gap", title, section: FRAMING, fields: [] }];
}

/** The header of a frame, short or long as `flags` says. */
function headerOf(flags: number, length: number): Uint8Array {
  if ((flags & 2) === 0) return Uint8Array.of(flags, length);
  const header = new DataView(new ArrayBuffer(9));
  header.setUint8(0, flags);
  header.setBigUint64(1, BigInt(length));
  return new Uint8Array(header.buffer);
}

/** Throws what is wrong with the beginning of a greeting; that it is not whole yet is no fault. */
function judge(beginning: Uint8Array): void {
  try {
    parseGreeting(beginning);
  } catch (error) {
    if (error instanceof ZmtpError) throw error;
  }
}

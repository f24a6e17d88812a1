/** One side of a ZMTP connection: its greeting, then its frames, by the same decoder and session that peers use. RFC 37. */
import { FrameDecoder } from "../codec/decoder.js";
import { limitsFor } from "../codec/frame.js";
import { ZmtpError } from "../error.js";
import { parseCommand } from "../session/command.js";
import { type Greeting, parseGreeting } from "../session/greeting.js";
import { ZmtpSession } from "../session/session.js";
import type { SocketType } from "../session/socket-type.js";
import { COMMANDS, commandFields, FRAMING, GRAMMAR, greetingFields } from "./fields.js";
import { MessageMaker } from "./message.js";
import type { Entry, Side } from "./shape.js";

const GREETING = 64;
/** Octets of one piece at most: what a decoder copies at once. */
const PIECE = 1 << 16;

/** Reads one side's octets. After a fault it says nothing more. */
export class Half {
  greeting: Greeting | undefined;
  readonly #side: Side;
  readonly #decoder: FrameDecoder;
  readonly #messages: MessageMaker;
  /** What has come and is in no entry yet. Joined only when something is complete, so that the work stays linear. */
  #pieces: Uint8Array[] = [];
  /** Where they begin in the stream. */
  #start = 0;
  #ready = false;
  #over = false;

  /** @param maxFrameSize - Longest payload accepted, in octets; default 64 MiB. */
  constructor(side: Side, maxFrameSize?: number) {
    this.#side = side;
    this.#decoder = new FrameDecoder({ maxFrameSize });
    // Frames begin behind the greeting: so the offsets of faults count from its first octet.
    this.#decoder.expect(limitsFor(maxFrameSize), GREETING);
    this.#messages = new MessageMaker(side);
  }

  /** What these octets completed. */
  read(octets: Uint8Array, entries: Entry[]): void {
    if (this.#over) return;
    try {
      for (let at = 0; at < octets.length; at += PIECE) this.#readPiece(octets.subarray(at, at + PIECE), entries);
    } catch (error) {
      if (!(error instanceof ZmtpError)) throw error;
      entries.push(this.#fault(error));
    }
  }

  /** The side has closed; says what it left unfinished. */
  end(entries: Entry[]): void {
    if (this.#over) return;
    this.#over = true;
    const length = this.#pieces.reduce((sum, piece) => sum + piece.length, 0);
    const open = this.#messages.open;
    if (length === 0 && open === undefined) return;
    const start = open ?? this.#start;
    const end = this.#start + length;
    const where = this.greeting === undefined ? "its greeting" : length > 0 ? "a frame" : "a message";
    const error = new ZmtpError("TRUNCATED", `The stream ends inside ${where}`, { offset: end });
    const title = `Ends inside ${where}`;
    entries.push({ side: this.#side, start, end, kind: "end", title, section: FRAMING, fields: [], error });
  }

  #readPiece(octets: Uint8Array, entries: Entry[]): void {
    this.#pieces.push(octets);
    const rest = this.greeting === undefined ? this.#readGreeting(entries) : octets;
    if (rest.length > 0) this.#readFrames(rest, entries);
  }

  /** Returns what comes after the greeting. */
  #readGreeting(entries: Entry[]): Uint8Array {
    const known = this.#joined();
    if (known.length < GREETING) {
      judge(known);
      return new Uint8Array(0);
    }
    const greeting = parseGreeting(known.subarray(0, GREETING));
    const { version, mechanism } = greeting;
    this.greeting = greeting;
    const title = `Greeting: ZMTP ${version.major}.${version.minor}, ${mechanism}`;
    const fields = greetingFields(greeting);
    entries.push({ side: this.#side, start: 0, end: GREETING, kind: "greeting", title, section: GRAMMAR, fields });
    return this.#drop(known, GREETING);
  }

  #readFrames(octets: Uint8Array, entries: Entry[]): void {
    let known: Uint8Array | undefined;
    let at = 0;
    try {
      for (const batch of this.#decoder.push(octets)) {
        known ??= this.#joined();
        // Judging a READY decodes on this thread, which makes the batch stale: it is read before anything is said.
        const isCommand = batch.length > 0 && batch.command(0);
        const lengths = Array.from({ length: batch.length }, (_, i) => batch.end(i) - batch.start(i));
        for (const length of lengths) {
          const header = known[at] & 2 ? 9 : 2;
          const frame = known.subarray(at, at + header + length);
          if (isCommand) this.#command(frame, header, this.#start + at, entries);
          else this.#messages.add(frame, header, this.#start + at, entries);
          at += frame.length;
        }
      }
    } finally {
      if (known !== undefined) this.#drop(known, at);
    }
  }

  #command(frame: Uint8Array, header: number, start: number, entries: Entry[]): void {
    const body = frame.subarray(header);
    const command = parseCommand(body, start + header);
    const { name } = command;
    if (name === "READY" && this.greeting?.mechanism === "NULL") this.#judgeReady(frame);
    const fields = this.#messages.header(frame, header, start);
    const rest = commandFields(command, start + header);
    entries.push({
      side: this.#side,
      start,
      end: start + frame.length,
      kind: "command",
      title: name,
      section: COMMANDS,
      name,
      fields: [...fields, ...rest],
    });
  }

  /** Has a session of the package judge the first READY. What it is to the session's own type is no fault of it. */
  #judgeReady(frame: Uint8Array): void {
    if (this.#ready) return;
    this.#ready = true;
    const ours: SocketType = "PAIR";
    const session = new ZmtpSession({ socketType: ours });
    const start = session.start();
    for (const octets of [start, frame]) {
      for (const event of session.receive(octets)) {
        if (event.type !== "Error" || event.error.code === "SOCKET_TYPE_MISMATCH") continue;
        throw moved(event.error, this.#start - GREETING);
      }
    }
  }

  #fault(error: ZmtpError): Entry {
    this.#over = true;
    const known = this.#joined();
    const start = Math.min(this.#start, error.offset ?? this.#start);
    const end = this.#start + known.length;
    const title = error.message.split(" (octet")[0];
    const section = error.section ?? FRAMING;
    return { side: this.#side, start, end, kind: "fault", title, section, fields: [], error };
  }

  #joined(): Uint8Array {
    if (this.#pieces.length === 1) return this.#pieces[0];
    const length = this.#pieces.reduce((sum, piece) => sum + piece.length, 0);
    const joined = new Uint8Array(length);
    let at = 0;
    for (const piece of this.#pieces) {
      joined.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [joined];
    return joined;
  }

  #drop(known: Uint8Array, count: number): Uint8Array {
    const rest = known.subarray(count);
    this.#pieces = rest.length > 0 ? [rest] : [];
    this.#start += count;
    return rest;
  }
}

/** Throws what is wrong with the beginning of a greeting; that it is not whole yet is no fault. */
function judge(beginning: Uint8Array): void {
  try {
    parseGreeting(beginning);
  } catch (error) {
    if (error instanceof ZmtpError) throw error;
  }
}

/** The same error, `by` octets further on. */
function moved(error: ZmtpError, by: number): ZmtpError {
  const { code, message, offset = 0, section, hint } = error;
  return new ZmtpError(code, message.split(" (octet")[0], { offset: offset + by, section, hint });
}

/** What one side of a tapped connection says, frame by frame: read by the library's own decoder. RFC 37. */
import { FrameDecoder } from "../codec/decoder.js";
import { ZmtpError } from "../error.js";
import { parseCommand } from "../session/command.js";
import { GREETING_SIZE, parseGreeting } from "../session/greeting.js";
import { quote } from "./quote.js";

/** One thing that was said: whole. */
export interface Said {
  readonly kind: "greeting" | "command" | "message" | "fault";
  /** A command's name, a greeting's mechanism. */
  readonly name?: string;
  /** The octets of each frame's payload. */
  readonly lengths?: readonly number[];
  /** The first octets of each frame, quoted. */
  readonly frames?: readonly string[];
  readonly error?: ZmtpError;
}

/** Octets of a frame that are shown, and frames of a message. */
const PREVIEW = 64;
const MOST_FRAMES = 16;

/** Reads one side. After a fault it says nothing more. */
export class SideReader {
  readonly #decoder = new FrameDecoder({ maxFrameSize: 0x7fffffff });
  #greeting: Buffer | undefined = Buffer.alloc(0);
  #lengths: number[] = [];
  #frames: string[] = [];
  #over = false;

  /** What these octets complete. */
  read(octets: Uint8Array): Said[] {
    if (this.#over) return [];
    const said: Said[] = [];
    try {
      this.#read(octets, said);
    } catch (error) {
      if (!(error instanceof ZmtpError)) throw error;
      this.#over = true;
      said.push({ kind: "fault", error });
    }
    return said;
  }

  #read(octets: Uint8Array, said: Said[]): void {
    let rest = octets;
    if (this.#greeting !== undefined) {
      const before = this.#greeting.length;
      this.#greeting = Buffer.concat([this.#greeting, octets.subarray(0, GREETING_SIZE - before)]);
      // What is no greeting shows in its first octet, and need not be waited for.
      if (this.#greeting.length < GREETING_SIZE && this.#greeting[0] === 0xff) return;
      const { mechanism } = parseGreeting(this.#greeting);
      said.push({ kind: "greeting", name: mechanism });
      this.#greeting = undefined;
      rest = octets.subarray(GREETING_SIZE - before);
    }
    for (const batch of this.#decoder.push(rest)) {
      for (let i = 0; i < batch.length; i++) {
        if (batch.command(i)) said.push(commandSaid(batch.payload(i)));
        else this.#frame(batch.payload(i), batch.more(i), said);
      }
    }
  }

  #frame(payload: Uint8Array, more: boolean, said: Said[]): void {
    if (this.#lengths.length < MOST_FRAMES) {
      this.#frames.push(quote(payload.subarray(0, PREVIEW)) + (payload.length > PREVIEW ? "…" : ""));
      this.#lengths.push(payload.length);
    }
    if (more) return;
    said.push({ kind: "message", lengths: this.#lengths, frames: this.#frames });
    this.#lengths = [];
    this.#frames = [];
  }
}

function commandSaid(payload: Uint8Array): Said {
  const { name, data } = parseCommand(payload);
  return { kind: "command", name, lengths: [data.length] };
}
